"""One trigger by itself, as a page: the diary, the studies, the days, the hours before each cramp."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.web.forms import Page
from tests.web.found_pages import (
    PLAIN,
    RAISES,
    client,
    demo,
    half_a_year,
    know,
    owner,
    said,
)
from uncramp.actions import exposures, home
from uncramp.actions.risk import risk_table
from uncramp.core.finding import (
    Contrast,
    More,
)

__all__ = ["client", "demo", "half_a_year"]


def test_a_trigger_has_the_studies_beside_the_own_finding(demo: TestClient) -> None:
    know(RAISES)
    words = said(demo, "/triggers/alcohol")
    assert "Your diary ▲ More More cramps followed days with more alcohol: probably." in words
    assert "Studies more cramps" in words
    assert "Night cramps were linked with alcohol in people of 60 and over" in words
    assert 'href="/why/alcohol"' in demo.get("/triggers/alcohol").text


@pytest.mark.parametrize("remedy", ["magnesium_supplement", "bedtime_stretch"])
def test_a_remedy_shows_what_a_study_found_and_not_only_what_it_is(demo: TestClient, remedy: str) -> None:
    from uncramp.actions import evidence

    known = evidence.card(remedy).remedy
    assert known
    first = next(row for row in known.evidence if row.verified)
    assert " ".join(first.finding.split()) in said(demo, f"/triggers/{remedy}")


def test_days_with_and_without_are_counted_among_the_known_ones_only(demo: TestClient) -> None:
    table = risk_table(home.diary(), owner())
    know(PLAIN)
    number = [column.id for column in table.columns].index("heat")
    hot = np.concatenate([[np.nan], table.later[:-1, number]])
    known = np.isfinite(table.cramps)
    with_it, without = known & (hot == 1), known & (hot == 0)
    words = said(demo, "/triggers/heat")
    counts = [f"{int((table.cramps[rows] > 0).sum())} of {int(rows.sum())}" for rows in (with_it, without)]
    assert f"One night later {counts[0]} {counts[1]} 70" in words
    unsaid = int((known & np.isnan(hot)).sum())
    assert f"Of {unsaid} known nights nobody wrote whether it was so." in words


def test_a_strip_shows_the_two_days_before_a_cramp_and_what_is_unknown_is_hatched(client: TestClient) -> None:
    from tests.web.test_looking_back import cramp, exposure, put

    put(client, 1, cramp("2026-11-10"))
    wine = exposure("2026-11-10", "alcohol", 2)
    timed = {
        **wine,
        "start": "2026-11-10T21:00:00.000Z",
        "body": {"exposure": "alcohol", "day": "2026-11-10", "value": 2},
    }
    put(client, 2, timed)
    html = client.get("/triggers/alcohol").text
    assert "6 hours before: 2 drinks; partly unknown" in said(client, "/triggers/alcohol")
    svg = html[html.index('aria-labelledby="strips-title') :]
    svg = svg[: svg.index("</svg>")]
    assert svg.count('class="moment"') == 1
    # The ninth and the evening of the eighth: nobody wrote of the alcohol there.
    assert svg.count('class="nights-unknown"') == 2


def test_more_nights_are_drawn_only_where_they_would_show_something(demo: TestClient) -> None:
    know(PLAIN)
    assert "More nights Chance of an answer 30 20" in said(demo, "/triggers/heat")
    know(replace(PLAIN, curve=(More(30, 0.0), More(365, 0.01))))
    assert "Chance of an answer" not in said(demo, "/triggers/heat")


def test_a_trigger_of_exercise_alone_needs_no_hint_which_cramps_are_meant(demo: TestClient) -> None:
    assert "Cramps during exercise" in said(demo, "/triggers/no_warm_up")


def test_what_nobody_has_is_not_found(demo: TestClient) -> None:
    reply = demo.get("/triggers/own.nothing_like_it")
    assert reply.status_code == 404
    assert "There is nothing called" in reply.text


def test_a_word_of_one_s_own_is_kept_apart_and_written_harmlessly(demo: TestClient) -> None:
    made = exposures.add_own(home.diary(), owner(), "<b>wild</b> tea")
    own = replace(
        RAISES, trigger=made.id, name=made.short, of="own",
        contrast=Contrast(0, 1, "", f"days without: {made.short}", f"days with: {made.short}", ""),
    )  # fmt: skip
    know(own)
    html = demo.get("/triggers").text
    assert "More cramps followed days with: <bdi>&lt;b&gt;wild&lt;/b&gt; tea</bdi>: probably." in html
    assert "<b>wild" not in html
    [link] = {link for link in Page(html).links if link.startswith("/triggers/own")}
    assert demo.get(link).status_code == 200
