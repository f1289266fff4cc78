"""What goes with the cramps, one trigger by itself, and tonight's risk: as pages, from a demo diary."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.web.forms import HERE, Page
from tests.web.test_looking_back import note
from uncramp.actions import analysis, exposures, forecast, home, triggers
from uncramp.actions.demo import make_demo
from uncramp.actions.risk import risk_table
from uncramp.core.finding import (
    Confused,
    Contrast,
    Fakes,
    Finding,
    Findings,
    Follows,
    Ghosts,
    More,
    Range,
    Spread,
)
from uncramp.core.finding import UnknownNights as Unknown
from uncramp.core.foretold import Forecast, Skill, Step, Third, Tonight, WhatIf
from uncramp.web.app import create_app

if TYPE_CHECKING:
    from uncramp.core.risk import RiskTable

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PLAIN = Finding(
    trigger="heat", name="Heat and humid air", of="trigger",
    contrast=Contrast(0, 1, "", "days that were not hot", "hot days", ""),
    probability=0.11, raises=0.08, lowers=0.03, prior=0.2, rate_ratio=Spread(1.3, 0.7, 2.1),
    diary_alone=Range(0.6, 1.9), interval=0.9, from_diary=0.8, odds_moved=0.5,
    lag={"0": 0.1, "1": 0.7, "2": 0.2}, attributable_per_30=Spread(1.2, -0.4, 2.9), smallest_detectable=2.1,
    confused_with=(), verdict="cannot_tell", why="few", known_rows=150,
    curve=(More(30, 0.2), More(90, 0.5), More(365, 0.9)), nights_needed=None, unknown_nights=None,
    follows_cramps=None, ghosts=Ghosts(0.08, 0.4, Range(0.7, 1.4)),
)  # fmt: skip
RAISES = replace(
    PLAIN, trigger="alcohol", name="Drinks with alcohol in them", verdict="raises", why="", probability=0.97,
    contrast=Contrast(0, 3, "", "days with little alcohol or none", "days with more alcohol", "drinks"),
    raises=0.97, lowers=0.0, prior=0.25, rate_ratio=Spread(2.3, 1.7, 3.2), nights_needed=0,
)  # fmt: skip
LOWERS = replace(
    RAISES, trigger="bedtime_stretch", name="Stretch before bed", of="remedy", verdict="lowers", raises=0.0,
    lowers=0.98, rate_ratio=Spread(0.4, 0.3, 0.6), attributable_per_30=Spread(-2.4, -3.5, -1.1),
    contrast=Contrast(0, 1, "", "days without a stretch", "days with a stretch", ""),
)  # fmt: skip
SAME = replace(
    RAISES, trigger="poor_sleep", name="Poor or short sleep", verdict="no_important_difference",
    diary_alone=Range(0.9, 1.1), probability=0.04,
)  # fmt: skip
SOON = replace(
    PLAIN,
    trigger="long_sitting",
    name="Sitting for a long time",
    nights_needed=60,
    probability=0.7,
    raises=0.69,
)
SILENT = replace(
    PLAIN, trigger="diabetes", name="If you have diabetes", why="never_written", rate_ratio=None,
    diary_alone=None, lag={}, attributable_per_30=None, curve=(), ghosts=None, smallest_detectable=None,
)  # fmt: skip
FORECAST = Forecast("2026-11-22", 0.41, 0.3, 0.52, 0.9, 0.29, True, "")
TONIGHT = Tonight(
    FORECAST,
    tuple(replace(FORECAST, date=f"2026-11-{day}", probability=0.3) for day in range(23, 29)),
    Skill(90, 28, 0.03, 0.01, 0.05, 0.1, (Third(0.1, 0.12, 30), Third(0.3, 0.28, 30), Third(0.6, 0.61, 30))),
    (WhatIf("alcohol", "Drinks with alcohol in them", "drinks", False, 1, (Step(0, 0.2), Step(3, 0.55))),),
)  # fmt: skip


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The program at noon of 22 November 2026, with an empty diary behind it; it may begin nothing."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    home.close_diaries()
    client = TestClient(create_app(clock=lambda: NOW), base_url=HERE, raise_server_exceptions=False)
    monkeypatch.setattr(analysis, "begin", lambda *asked: client.headers.update({"begun": str(asked[:3])}))
    yield client
    home.close_diaries()


@pytest.fixture(scope="module")
def half_a_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The diary of somebody made up, made once."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNCRAMP_HOME", str(folder))
        make_demo(folder, NOW, lambda _: 0, np.random.default_rng(7))
        home.close_diaries()
    return folder / home.FILE


@pytest.fixture
def demo(client: TestClient, tmp_path: Path, half_a_year: Path) -> TestClient:
    """The same with the half year of somebody made up."""
    shutil.copy(half_a_year, tmp_path / home.FILE)
    return client


def owner() -> str:
    return home.owner(NOW)


def know(*found: Finding, fakes: Fakes | None = None) -> RiskTable:
    """As if this had been worked out from the diary as it is."""
    table = risk_table(home.diary(), owner())
    told = Findings("rest", "2026-05-26", "2026-11-21", 180, 144, 64, found, fakes or Fakes(17, 0.36, 0))
    analysis.keep(analysis.key_of(table, triggers.WHAT, triggers.SEED), triggers._written(told))
    return table


def foretell(told: Tonight) -> None:
    from pydantic import TypeAdapter

    key = analysis.key_of(risk_table(home.diary(), owner()), forecast.WHAT, forecast.SEED)
    analysis.keep(key, TypeAdapter(Tonight).dump_json(told).decode())


def said(client: TestClient, path: str) -> str:
    """What a page says, in one line, without its drawings."""
    page = client.get(path)
    assert page.status_code == 200
    html = re.sub(r"<svg.*?</svg>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def lines(client: TestClient, path: str = "/triggers") -> list[str]:
    """The first line of each card."""
    found = re.findall(r'<span class="found-line">(.*?)</span>', client.get(path).text)
    return [unescape(re.sub(r"<[^>]*>", "", one)) for one in found]


# ---- nothing, little, not yet ----------------------------------------------------------------------


def test_an_empty_diary_is_told_what_to_write_and_for_how_long(client: TestClient) -> None:
    for path in ("/triggers", "/risk"):
        words = said(client, path)
        assert "Nothing is written of any night yet." in words
        assert "About 45 cramps Enough to see what makes cramps three times as many." in words
        assert "About 140 cramps Enough to see what makes them twice as many." in words
        assert "What you leave out stays unknown" in words
        assert "begun" not in client.headers


def test_a_little_diary_is_told_how_far_it_is_and_nothing_is_begun(client: TestClient) -> None:
    from tests.web.test_looking_back import cramp, put

    for number in range(1, 8):
        put(client, number, note(f"2026-11-{number:02}"))
    put(client, 10, cramp("2026-11-10"))
    assert "So far there are 1 cramp in 8 known nights." in said(client, "/triggers")
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


# ---- all of them -----------------------------------------------------------------------------------


def test_the_first_line_of_each_card_says_it_all(demo: TestClient) -> None:
    know(RAISES, LOWERS, SOON, SAME, PLAIN, SILENT)
    assert lines(demo) == [
        "More cramps followed days with more alcohol: probably.",
        "Fewer cramps followed days with a stretch: probably.",
        "Sitting for a long time: cannot tell yet. About 60 more nights.",
        "Poor or short sleep: hardly any difference.",
        "Heat and humid air: cannot tell yet. Even three more years may not show it.",
    ]


def test_a_verdict_has_a_symbol_a_word_and_a_class_for_its_colour(demo: TestClient) -> None:
    know(RAISES, LOWERS, SAME, PLAIN)
    html = demo.get("/triggers").text
    for verdict, symbol, word in (
        ("raises", "▲", "More"), ("lowers", "▼", "Fewer"),
        ("no_important_difference", "≈", "Hardly any difference"),
        ("cannot_tell", "?", "Cannot tell"),
    ):  # fmt: skip
        pattern = (
            rf'<span class="found-verdict is-{verdict}"><span [^>]*>{re.escape(symbol)}</span> {word}</span>'
        )
        assert re.search(pattern, html), verdict


def test_what_cannot_be_told_is_folded_under_one_heading_with_its_count(demo: TestClient) -> None:
    know(RAISES, PLAIN, SILENT)
    html = demo.get("/triggers").text
    assert '<h2 id="g-open">Cannot tell (2)</h2>' in html
    folded = html[html.index('<h2 id="g-open">') :]
    assert "Heat and humid air: cannot tell yet." in folded
    assert "If you have diabetes: never written down." in folded
    assert not re.search(r'<details class="found-fold" open', html)


def test_how_do_you_know_opens_the_numbers_with_and_without_the_diary(demo: TestClient) -> None:
    know(RAISES)
    words = said(demo, "/triggers").replace("\u00a0", " ")
    assert "About 2.3 times as many (from 1.7 to 3.2) than after days with little alcohol or none." in words
    assert "The chance that it matters is 97 %. Without your diary it would be 25 %." in words
    assert "For you that is 3 instead of 0 drinks." in words
    assert "one night later (70 %); two nights later (20 %); in the night of that day (10 %)" in words
    assert "About 1.2 more cramps in 30 nights go with it (from -0.4 to 2.9)." in words
    assert "2.1 times as many. A weaker thing would most likely have been missed." in words
    assert (
        "The same days in another order reached 8 %. Of all such fakes, 40 % looked as strong as this."
        in words
    )


def test_fewer_is_told_in_percent_and_never_as_less_than_nothing(demo: TestClient) -> None:
    know(LOWERS)
    words = said(demo, "/triggers").replace("\u00a0", " ")
    assert "About 60 % fewer (from 40 to 70 %) than after days without a stretch." in words
    assert "About 2.4 fewer cramps in 30 nights go with it (from 1.1 to 3.5)." in words


def test_what_speaks_against_a_finding_stands_on_its_card_unfolded(demo: TestClient) -> None:
    know(
        replace(
            RAISES,
            follows_cramps=Follows("same_day", 0.6, 7),
            confused_with=(Confused("heat", "Heat and humid air", "instead", 0.9, 0.1),),
            unknown_nights=Unknown(36, 0.9, 4.0),
        )
    )
    html = demo.get("/triggers").text
    card = html[html.index('<article class="found') :]
    open_part = unescape(card[: card.index("<details")]).replace("\u00a0", " ")
    assert "on 7 days it was written after the first cramp" in open_part
    assert (
        "It may be this instead: Heat and humid air. One of the two matters with a chance of 90 %."
        in open_part
    )
    assert "The unknown nights could move it to anything from 0.90 to 4.0 times." in open_part


def test_what_may_come_after_the_cramps_gets_no_verdict_and_says_why(demo: TestClient) -> None:
    follows = Follows("several", 1.1, 30)
    know(replace(RAISES, verdict="cannot_tell", why="may_be_consequence", follows_cramps=follows))
    assert lines(demo) == [
        "More cramps went with days with more alcohol, but nobody can tell which came first."
    ]
    html = demo.get("/triggers").text
    assert '<h2 id="g-which_first">Nobody can tell which came first</h2>' in html
    card = html[html.index('<article class="found') :]
    assert "It may come after the cramps and not before" in card[: card.index("<details")]


def test_the_page_says_how_often_a_fake_would_have_looked_as_strong(demo: TestClient) -> None:
    know(RAISES)
    assert "None of them looked real. The strongest reached 36\u00a0%" in demo.get("/triggers").text
    know(RAISES, fakes=Fakes(17, 0.97, 2))
    assert "2 of them looked real. So read all of this with doubt." in said(demo, "/triggers")


def test_unknown_nights_are_named_and_count_for_nothing(demo: TestClient) -> None:
    know(RAISES)
    words = said(demo, "/triggers")
    assert "This rests on 180 nights, 144 of them known, with 64 cramps." in words
    assert "36 nights are unknown and count for nothing." in words


def test_the_plot_has_each_interval_its_ghost_and_the_same_as_a_table(demo: TestClient) -> None:
    know(RAISES, PLAIN, SILENT)
    html = demo.get("/triggers").text
    svg = html[html.index('<svg class="chart forest"') :]
    svg = svg[: svg.index("</svg>")]
    assert svg.count('class="ghost"') == 2
    assert svg.count('class="mark ') == 2
    assert "Days with more alcohol" in svg
    table = html[html.index('<table class="numbers forest-table"') :]
    row = unescape(re.sub(r"<[^>]*>", " ", table[table.index("Hot days") : table.index("</table>")]))
    assert " ".join(row.split()).replace("\u00a0", " ") == "Hot days ? Cannot tell 0.60 to 1.9 11 % 8 %"


def test_no_page_says_that_anything_causes_cramps(demo: TestClient) -> None:
    know(RAISES, LOWERS, SAME, PLAIN, SILENT)
    foretell(TONIGHT)
    for path in ("/triggers", "/risk"):
        words = said(demo, path).lower()
        assert not re.search(r"\b(causes?|caused|because of your|leads to|trigger(s|ed))\b", words), path
        assert "does not" in words


def test_rest_and_effort_are_apart(demo: TestClient) -> None:
    know(RAISES)
    demo.get("/triggers")
    words = said(demo, "/triggers?outcome=effort")
    assert "More cramps" not in words
    assert "Being worked out" in words
    assert demo.headers["begun"] == str(("triggers", owner(), "effort"))


# ---- one of them -----------------------------------------------------------------------------------


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


# ---- tonight's risk --------------------------------------------------------------------------------


def test_the_risk_is_told_with_its_interval_and_the_own_average(demo: TestClient) -> None:
    foretell(TONIGHT)
    words = said(demo, "/risk").replace("\u00a0", " ")
    assert "41 % chance of a cramp tonight" in words
    assert "It lies between 30 % and 52 %, with a chance of 90 %. Your own average: a cramp in 29 %" in words
    assert "It was tried on 90 nights that it had not seen, 28 of them with a cramp. It did better" in words
    assert "30 % 28 % 30" in words


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


# ---- the real thing --------------------------------------------------------------------------------


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
