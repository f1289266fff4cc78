"""How likely a cramp is tonight, as a page, from a demo diary."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.web.forms import Page
from tests.web.found_pages import (
    FORECAST,
    TONIGHT,
    client,
    demo,
    foretell,
    half_a_year,
    said,
)

__all__ = ["client", "demo", "half_a_year"]


def test_the_risk_is_told_with_its_interval_and_the_own_average(demo: TestClient) -> None:
    foretell(TONIGHT)
    words = said(demo, "/risk").replace("\u00a0", " ")
    assert "41 % chance of a cramp tonight" in words
    assert "It lies between 30 % and 52 %, with a chance of 90 %. Your own average: a cramp in 29 %" in words
    assert "It was tried on 90 nights that it had not seen, 28 of them with a cramp. It did better" in words
    assert "30 % 28 % 17 % to 43 % 30" in words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.3, 0.52, "More likely than on"),
        (0.2, 0.52, "may be no different from"),
        (0.1, 0.28, "Less likely than on"),
    ],
)
def test_the_risk_is_compared_with_the_average_only_where_the_interval_allows_it(
    demo: TestClient, low: float, high: float, words: str
) -> None:
    foretell(replace(TONIGHT, tonight=replace(FORECAST, low=low, high=high)))
    assert f"{words} your average night." in said(demo, "/risk")


def test_a_risk_that_beats_no_average_is_hidden_with_its_reason(demo: TestClient) -> None:
    why = "On nights that it had not seen it did no better than your own average."
    assert TONIGHT.skill
    foretell(
        replace(
            TONIGHT,
            tonight=replace(FORECAST, shown=False, why=why),
            skill=replace(TONIGHT.skill, gain=-0.01, low=-0.03),
            what_if=(),
        )
    )
    words = said(demo, "/risk").replace("\u00a0", " ")
    assert f"Not shown. {why}" in words
    assert "41 %" not in words
    assert "Your own average: a cramp in 29 % of known nights." in words


def test_a_risk_of_nights_that_are_over_is_not_shown_for_tonight(demo: TestClient) -> None:
    old = tuple(replace(FORECAST, date=f"2026-11-{day}") for day in (10, 11, 12))
    foretell(replace(TONIGHT, tonight=old[0], next_nights=old[1:]))
    words = said(demo, "/risk")
    assert "chance of a cramp tonight" not in words
    assert "Nothing was written in the last week." in words


def test_what_if_works_without_a_script_and_speaks_of_what_went_together(demo: TestClient) -> None:
    foretell(TONIGHT)
    form = next(form for form in Page(demo.get("/risk").text).forms if form.fields.get("what") == "alcohol")
    assert ("step", "1") in form.buttons
    words = said(demo, "/risk?what=alcohol&step=1").replace("\u00a0", " ")
    assert "With “3 drinks” the chance was 55 % on days like this." in words
    assert "It does not say that doing so brings or stops a cramp." in words


@pytest.mark.parametrize(
    "query", ["what=alcohol&step=9", "what=nothing&step=1", "what=alcohol&step=x", "step=-1"]
)
def test_a_what_if_that_makes_no_sense_chooses_nothing(demo: TestClient, query: str) -> None:
    foretell(TONIGHT)
    assert "the chance was" not in said(demo, f"/risk?{query}")
