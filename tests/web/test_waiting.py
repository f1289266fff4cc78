"""What the pages of triggers and risk say while there is no answer, or an older one, or none will come."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.found_pages import (
    RAISES,
    client,
    demo,
    half_a_year,
    know,
    lines,
    owner,
    said,
)
from tests.web.test_looking_back import note
from uncramp.actions import analysis, home

__all__ = ["client", "demo", "half_a_year"]

# ---- nothing, little, not yet ---------------------------------------------------------------------


def test_an_empty_diary_is_told_what_to_write_and_for_how_long(client: TestClient) -> None:
    for path in ("/triggers", "/risk"):
        words = said(client, path)
        assert "Nothing is written of any night yet." in words
        assert "About 100 cramps Enough to see most things that make cramps three times as many." in words
        assert "About 250 cramps Enough to see most of those that make them twice as many." in words
        assert "What you leave out stays unknown" in words
        assert "begun" not in client.headers


def test_a_little_diary_is_told_how_far_it_is_and_nothing_is_begun(client: TestClient) -> None:
    from tests.web.test_looking_back import cramp, put

    for number in range(1, 8):
        put(client, number, note(f"2026-11-{number:02}"))
    put(client, 10, cramp("2026-11-10"))
    assert "Written down so far: 1 cramp in 8 known nights." in said(client, "/triggers")
    assert "begun" not in client.headers


def test_while_there_is_no_answer_the_page_says_so_and_looks_again_by_itself(demo: TestClient) -> None:
    for path, what in (("/triggers", "triggers"), ("/risk", "forecast")):
        html = demo.get(path).text
        assert '<meta http-equiv="refresh" content="5">' in html
        assert "Being worked out" in html
        assert demo.headers["begun"] == str((what, owner(), "rest"))


def test_a_page_that_was_told_to_stay_does_not_look_again_by_itself(demo: TestClient) -> None:
    html = demo.get("/triggers?stay=1").text
    assert "http-equiv" not in html
    assert "does not look again by itself" in html


@pytest.mark.parametrize(
    ("ended", "words"),
    [("killed", "too little memory"), ("broke", "a fault of this program"), ("lost", "the disk is full"),
     ("late", "longer than a quarter of an hour")],
)  # fmt: skip
def test_where_it_ended_without_an_answer_the_page_says_why_and_waits_no_longer(
    demo: TestClient, monkeypatch: pytest.MonkeyPatch, ended: str, words: str
) -> None:
    monkeypatch.setattr(analysis, "begin", lambda *_, **__: ended)
    for path in ("/triggers", "/risk", "/triggers/heat"):
        told = said(demo, path)
        assert "It could not be worked out" in told
        assert words in told
        html = demo.get(path).text
        assert "http-equiv" not in html
        assert "again=1" in html


def test_an_older_answer_stays_where_the_newer_one_could_not_be_worked_out(
    demo: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = know(RAISES)
    demo.get("/triggers")
    day = str(table.dates[-1] + timedelta(days=1))
    demo.put("/api/v1/entries/019a0000-0000-7000-8000-000000000001", json=note(day))
    monkeypatch.setattr(analysis, "begin", lambda *_, **__: "killed")
    words = said(demo, "/triggers")
    assert "What was written since could not be worked in." in words
    assert lines(demo) == ["More cramps followed days with more alcohol: probably."]


@pytest.mark.parametrize("path", ["/triggers", "/triggers?outcome=effort", "/risk"])
def test_trying_again_asks_once_and_leads_back_to_the_page(demo: TestClient, path: str) -> None:
    reply = demo.get(path + ("&" if "?" in path else "?") + "again=1", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, path)
    assert demo.headers["again"] == "True"
    demo.get(path)
    assert demo.headers["again"] == "False"


def test_an_answer_needs_nothing_to_be_begun_and_no_refresh(demo: TestClient) -> None:
    know(RAISES)
    html = demo.get("/triggers").text
    assert "http-equiv" not in html
    assert "begun" not in demo.headers
    assert "This takes in all that was written until Sun 22 Nov 2026." in said(demo, "/triggers")


def test_an_older_answer_is_shown_with_its_date_and_how_many_nights_are_newer(demo: TestClient) -> None:
    table = know(RAISES)
    demo.get("/triggers")
    last = table.dates[-1]
    for n in (1, 2):
        assert (
            demo.put(
                f"/api/v1/entries/019a0000-0000-7000-8000-00000000000{n}",
                json=note(str(last + timedelta(days=n))),
            ).status_code
            == 201
        )
    words = said(demo, "/triggers")
    assert "This is the answer of Sun 22 Nov 2026. 2 newer nights are being worked in." in words
    assert lines(demo) == ["More cramps followed days with more alcohol: probably."]
    assert "http-equiv" not in demo.get("/triggers").text


def test_an_older_answer_that_is_damaged_counts_as_none(demo: TestClient, tmp_path: Path) -> None:
    table = know(RAISES)
    demo.get("/triggers")
    for path in (tmp_path / analysis.FOLDER).iterdir():
        path.write_text("{", encoding="utf-8")
    demo.put("/api/v1/entries/019a0000-0000-7000-8000-000000000001", json=note(str(table.dates[-1])))
    assert "Being worked out" in said(demo, "/triggers")


# ---- the real thing -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/triggers", "/triggers/heat", "/risk"])
def test_what_is_personal_is_kept_by_nothing_on_the_way(demo: TestClient, path: str) -> None:
    assert demo.get(path).headers["cache-control"] == "no-store"


@pytest.mark.slow
def test_the_page_of_a_real_demo_is_worked_out_behind_and_then_shown(
    demo: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    here = str(home.home())
    monkeypatch.undo()
    monkeypatch.setenv("UNCRAMP_HOME", here)
    begun = time.monotonic()
    while "Being worked out" in (html := demo.get("/triggers").text):
        assert time.monotonic() - begun < 120
        time.sleep(1)
    assert '<svg class="chart forest"' in html
