"""What goes with the cramps, as a page, from a demo diary."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from starlette.testclient import TestClient

from tests.web.found_pages import (
    LOWERS,
    PLAIN,
    RAISES,
    SAME,
    SILENT,
    SOON,
    TONIGHT,
    client,
    demo,
    foretell,
    half_a_year,
    know,
    lines,
    owner,
    said,
)
from uncramp.actions import analysis, home, triggers
from uncramp.actions.risk import change_of
from uncramp.core.finding import (
    Confused,
    Fakes,
    Findings,
    Follows,
)
from uncramp.core.finding import UnknownNights as Unknown

__all__ = ["client", "demo", "half_a_year"]


def test_the_first_line_of_each_card_says_it_all(demo: TestClient) -> None:
    know(RAISES, LOWERS, SOON, SAME, PLAIN, SILENT)
    assert lines(demo) == [
        "More cramps followed days with more alcohol: probably.",
        "Fewer cramps followed days with a stretch: probably.",
        (
            "Sitting for a long time: cannot tell yet, perhaps more cramps with it. "
            "It may take about 60 more nights."
        ),
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
    assert "Heat and humid air may be the one instead; one of the two: 90 %." in open_part
    assert "could move it to anything from 0.90 to 4.0 times." in open_part


def test_what_may_come_after_the_cramps_gets_no_verdict_and_says_why(demo: TestClient) -> None:
    follows = Follows("several", 1.1, 30)
    know(replace(RAISES, verdict="cannot_tell", why="may_be_consequence", follows_cramps=follows))
    assert lines(demo) == [
        "More cramps went with days with more alcohol, but nobody can tell which came first."
    ]
    html = demo.get("/triggers").text
    assert '<h2 id="g-which_first">Nobody can tell which came first</h2>' in html
    card = html[html.index('<article class="found') :]
    assert "It may be a consequence" in card[: card.index("<details")]


def test_a_doubt_is_said_in_the_same_words_as_in_the_terminal(demo: TestClient) -> None:
    from uncramp.core.finding_words import doubts

    own = Confused("own.tea", "<i>wild</i> tea", "same", 0.9, 0.8)
    found = replace(RAISES, confused_with=(own,), unknown_nights=Unknown(36, 0.9, 4.0))
    know(found)
    words = said(demo, "/triggers")
    assert all(" ".join(one.split()) in words for one in doubts(found)[1:])
    html = demo.get("/triggers").text
    assert "<bdi>&lt;i&gt;wild&lt;/i&gt; tea</bdi>" in html
    assert "<i>wild" not in html


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


def test_where_all_is_known_nothing_is_said_of_the_unknown(demo: TestClient) -> None:
    table = know(RAISES)
    told = Findings("rest", "2026-05-26", "2026-11-21", 180, 180, 64, (RAISES,), None)
    analysis.keep(analysis.key_of(table, triggers.WHAT, triggers.SEED), triggers._written(told))
    words = said(demo, "/triggers")
    assert "This rests on 180 nights, all of them known, with 64 cramps." in words
    assert "count for nothing" not in words


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
    assert " ".join(row.split()).replace("\u00a0", " ") == "Hot days Cannot tell 0.60 to 1.9 11 % 8 %"


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


def test_who_works_at_night_says_when_the_day_ends_and_all_is_worked_out_anew(demo: TestClient) -> None:
    know(RAISES)
    assert '<option value="4" selected>04:00</option>' in demo.get("/triggers").text
    reply = demo.post("/triggers/day", data={"hour": "16"})
    assert "This is the answer of Sun 22 Nov 2026." in " ".join(unescape(reply.text).split())
    assert '<option value="16" selected>' in reply.text
    assert change_of(home.diary(), owner()) == 16
    demo.post("/triggers/day", data={"hour": "4"})
    assert "This takes in all that was written" in said(demo, "/triggers")


@pytest.mark.parametrize("hour", ["", "24", "-1", "4.5", "9" * 5000, "\u0664"])
def test_an_hour_that_no_clock_shows_is_refused(demo: TestClient, hour: str) -> None:
    reply = demo.post("/triggers/day", data={"hour": hour})
    assert reply.status_code == 422
    assert "choose a whole hour from 0 to 23" in unescape(reply.text)
    assert change_of(home.diary(), owner()) == 4
