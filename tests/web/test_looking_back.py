"""Looking back: the calendar, the list that can be searched, an entry by itself, and the counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.diary.entries import uuid
from tests.web.forms import HERE, Page
from tests.web.test_entries import CIRCUMSTANCE, ENTRY, changed
from uncramp.actions import home
from uncramp.diary.connection import open_diary
from uncramp.diary.entries import put_all
from uncramp.diary.people import add_person
from uncramp.model import Entry, EntryKind
from uncramp.web.app import create_app

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The program at noon of 24 November 2026, with an empty diary behind it."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    app = create_app(clock=lambda: NOW)
    yield TestClient(app, base_url=HERE, raise_server_exceptions=False)
    home.close_diaries()


def put(phone: TestClient, number: int, entry: dict[str, Any]) -> str:
    reply = phone.put(f"/api/v1/entries/{uuid(number)}", json=entry)
    assert reply.status_code == 201, reply.text
    return uuid(number)


def note(night: str, word: str = "quiet", **more: str) -> dict[str, Any]:
    start = f"{night}T22:00:00.000Z"
    body = {"night": night, "word": word, **more}
    return {**ENTRY, "kind": "day_note", "start": start, "end": None, "offset_minutes": 0, "body": body}


def exposure(day: str, name: str, value: Any, **more: Any) -> dict[str, Any]:
    body = {"exposure": name, "day": day, "value": value, "timed": False, **more}
    return {
        **ENTRY, "kind": "exposure", "start": f"{day}T12:00:00.000Z", "end": None,
        "offset_minutes": 0, "body": body,
    }  # fmt: skip


def cramp(day: str, **more: Any) -> dict[str, Any]:
    """One out of sleep at 03:00 in the night that begins on `day`."""
    start = (datetime.fromisoformat(day) + timedelta(days=1, hours=3)).isoformat() + ".000Z"
    body = {"muscle": "calf", "side": "right", "asleep": True, "bouts": [{"start": start}], **more}
    return {**ENTRY, "start": start, "end": None, "offset_minutes": 0, "body": body}


def replacing(number: int, entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "replaces": uuid(number), "recorded": "2026-11-23T09:00:00.000Z"}


def words(html: str) -> str:
    """What a page says, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def listed(phone: TestClient, path: str) -> list[str]:
    """The ids of the entries that a list leads to."""
    return re.findall(r'href="/history/([0-9a-f-]{36})"', phone.get(path).text)


# ---- the calendar --------------------------------------------------------------------------------


def test_an_empty_diary_teaches_what_to_do_and_that_unknown_is_not_quiet(phone: TestClient) -> None:
    for path in ("/calendar", "/history", "/counts"):
        page = phone.get(path)
        assert page.status_code == 200
        assert "Nothing yet." in page.text
        assert "never taken for a quiet one" in page.text
        assert 'href="/tonight"' in page.text


def test_a_night_is_drawn_as_cramp_quiet_or_unknown_each_with_words(phone: TestClient) -> None:
    put(phone, 1, note("2026-11-02"))
    put(phone, 2, cramp("2026-11-03"))
    put(phone, 3, cramp("2026-11-03", muscle="foot"))
    page = phone.get("/calendar").text
    cells = re.findall(r'<a class="cell night-(\w+)" href="/history\?day=([\d-]+)"', page)
    assert {day: state for state, day in cells} == {
        **{f"2026-11-{day:02}": "unknown" for day in range(1, 24)},
        "2026-11-02": "quiet",
        "2026-11-03": "cramp",
        **{f"2026-11-{day:02}": "ahead" for day in range(24, 31)},
    }
    said = words(page)
    assert "Mon 2 Nov 2026: 2 Q quiet" in said
    assert "Tue 3 Nov 2026: 3 C ×2 2 cramps" in said
    assert "Wed 4 Nov 2026: 4 ? unknown" in said
    assert "Known nights: 2 of 23. Cramp nights: 1 of these 2." in said


def test_months_lead_to_each_other_and_what_is_no_month_is_this_one(phone: TestClient) -> None:
    page = phone.get("/calendar?month=2024-01").text
    assert "Nights of January 2024" in page
    assert 'href="/calendar?month=2023-12"' in page
    assert 'href="/calendar?month=2024-02"' in page
    for nonsense in ("x", "2026-13", "0000-01", "9999-12", "2026-11-22", "<b>"):
        assert phone.get("/calendar", params={"month": nonsense}).status_code == 200
    assert "Nights of November 2026" in phone.get("/calendar?month=nonsense").text
    assert phone.get("/calendar?month=2024-02").text.count('class="cell night-unknown" href') == 29


# ---- the list ------------------------------------------------------------------------------------


def test_the_list_has_the_newest_first_in_pages_that_neither_skip_nor_repeat(phone: TestClient) -> None:
    # All at the same time, so that only the ids tell one from the other.
    for number in range(1, 76):
        put(phone, number, exposure("2026-11-20", "hot_day", True))
    seen: list[str] = []
    path: str | None = "/history"
    for _ in range(4):
        page = phone.get(path or "").text
        seen += re.findall(r'href="/history/([0-9a-f-]{36})"', page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = unescape(found[1]) if found else None
        if path is None:
            break
        put(phone, 1000 + len(seen), exposure("2026-11-23", "hot_day", False))
    assert path is None
    assert seen == [uuid(number) for number in range(75, 0, -1)]


def test_each_filter_leaves_only_what_fits_and_is_kept_in_the_links(phone: TestClient) -> None:
    left = put(phone, 1, cramp("2026-11-10", side="left", muscle="hamstring", note="after the 100 % hill"))
    right = put(phone, 2, cramp("2026-11-12", timed=False))
    quiet = put(phone, 3, note("2026-11-13", note="Übung am Abend"))
    drinks = put(phone, 4, exposure("2026-11-14", "alcohol", 2))
    effort = {"sport": "trail_running", "minutes": 40}
    run = put(phone, 5, exposure("2026-11-15", "effort", True, effort=effort))
    walked = put(phone, 6, {**ENTRY, "start": "2026-11-01T03:00:00.000Z", "end": "2026-11-01T03:10:00.000Z",
                            "body": {**ENTRY["body"], "bouts": [{
                                "start": "2026-11-01T03:00:00.000Z", "end": "2026-11-01T03:10:00.000Z",
                                "released": True, "technique": "towel"}]}})  # fmt: skip
    wanted = {
        "/history": [run, drinks, quiet, right, left, walked],
        "/history?kind=episode": [right, left, walked],
        "/history?kind=day_note": [quiet],
        "/history?kind=exposure": [drinks],
        "/history?kind=effort": [run],
        "/history?muscle=hamstring": [left, walked],
        "/history?side=right": [right],
        "/history?muscle=hamstring&side=right": [],
        "/history?kind=exposure&side=right": [],
        "/history?from=2026-11-12&to=2026-11-14": [drinks, quiet, right],
        "/history?to=2026-11-10": [left, walked],
        "/history?day=2026-11-12": [right],
        "/history?day=2026-11-13": [quiet],
        "/history?text=100+%25": [left],
        "/history?text=100+x": [],
        "/history?text=_": [],
        "/history?text=%C3%BCBUNG": [quiet],
        "/history?text=alcohol": [drinks],
        "/history?text=trail+run": [run],
        "/history?text=LOOP+A+TOWEL": [walked],
        "/history?text=quiet": [quiet],
    }
    assert {path: listed(phone, path) for path in wanted} == wanted
    page = phone.get("/history?kind=episode&text=calf&side=right")
    assert 'value="calf"' in page.text
    assert '<option value="right" selected>' in page.text
    assert 'href="/history?side=right&amp;text=calf"' in page.text


def test_what_was_changed_or_taken_away_stands_in_no_list(phone: TestClient) -> None:
    put(phone, 1, cramp("2026-11-10", note="wrong"))
    put(phone, 2, replacing(1, cramp("2026-11-10", note="right")))
    put(phone, 3, cramp("2026-11-11"))
    put(phone, 4, {**replacing(3, cramp("2026-11-11")), "body": {"deleted": True}})
    assert listed(phone, "/history") == [uuid(2)]
    assert listed(phone, "/history?text=wrong") == []
    assert "Cramp nights: 1 of these 1." in words(phone.get("/calendar").text)


def test_what_cannot_be_meant_is_said_beside_the_form_and_kept_in_it(phone: TestClient) -> None:
    put(phone, 1, cramp("2026-11-10"))
    page = phone.get("/history?from=soon&muscle=nose&to=2026-11-01&kind=<b>")
    assert page.status_code == 200
    assert "From: this is no day." in page.text
    assert "there is no such place" in page.text
    page = phone.get("/history?from=2026-11-10&to=2026-11-01")
    assert "Swap the two" in page.text
    for query in (
        "before=x",
        "before=20261122T030000.000000_x",
        "day=2026-02-30",
        "text=" + "x" * 5000,
        "day=0001-01-01",
    ):
        assert phone.get(f"/history?{query}").status_code == 200


def test_an_empty_result_says_why_and_how_to_widen(phone: TestClient) -> None:
    put(phone, 1, cramp("2026-11-10"))
    page = phone.get("/history?text=nothing+like+it").text
    assert "Nothing fits." in page
    assert "Take one thing off" in page


def test_the_list_of_a_day_has_its_night_its_exposures_and_what_held(phone: TestClient) -> None:
    put(phone, 1, cramp("2026-11-10"))
    put(phone, 2, exposure("2026-11-10", "hot_day", False))
    put(phone, 3, changed("body.from", "2026-11-01", CIRCUMSTANCE))
    said = words(phone.get("/history?day=2026-11-10").text)
    assert "Tue 10 Nov 2026" in said
    assert "A night with 1 cramp" in said
    assert "A statin · from Sun 1 Nov 2026" in said
    assert "Heat · no" in said
    assert "03:00 Cramp · right calf · asleep" in said
    assert "statin" not in words(phone.get("/history?day=2026-10-31").text)
    assert "Nothing was written of this day." in phone.get("/history?day=2026-11-09").text


# ---- one entry -----------------------------------------------------------------------------------


def test_the_page_of_a_cramp_tells_all_of_it(phone: TestClient) -> None:
    body = {
        **ENTRY["body"],
        "used": ["massage", "heat"],
        "helped": ["heat"],
        "soreness": 4,
        "note": "under the duvet",
        "doing": "sleeping",
    }
    put(phone, 1, changed("body", body))
    put(phone, 2, exposure("2026-11-21", "alcohol", 2))
    put(phone, 3, exposure("2026-11-20", "hot_day", True))
    put(phone, 4, changed("body.from", "2026-11-01", CIRCUMSTANCE))
    page = phone.get(f"/history/{uuid(1)}")
    said = words(page.text)
    # By the clock of the place: one hour ahead of UTC.
    for part in (
        "Sun 22 Nov 2026, 04:10, by the clock of the place (UTC+01:00)", "left hamstring", "2 minutes",
        "Sat 21 Nov 2026 and the night after it.", "In use when it let go", "toes up", "7 of 10", "4 of 10",
        "under the duvet", "sleeping", "What you used", "What you felt helped",
        "Alcohol · drinks: 2", "Heat · yes", "A statin", "phone",
    ):  # fmt: skip
        assert part in said, part
    assert f'href="/edit/{uuid(1)}"' in page.text
    assert Page(page.text).forms[0].action == f"/entries/{uuid(1)}/take-away"
    assert page.headers["cache-control"] == "no-store"


def test_a_cramp_that_came_back_shows_its_bouts_and_no_length_where_one_is_not_known(
    phone: TestClient,
) -> None:
    bouts = [*ENTRY["body"]["bouts"], {"start": "2026-11-22T03:15:00.000Z", "end": None}]
    put(phone, 1, changed("end", None, changed("body.bouts", bouts)))
    said = words(phone.get(f"/history/{uuid(1)}").text)
    assert "It seized 2 times" in said
    assert "How long in all not known" in said


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (note("2026-11-13", "quiet", note="slept"), ("Quiet night", "Fri 13 Nov 2026", "slept")),
        (exposure("2026-11-13", "own.cold_brew", 2, unit="cups"), ("cold brew", "cups: 2")),
        (CIRCUMSTANCE, ("A statin", "Sun 22 Nov 2026", "still")),
        ({**ENTRY, "kind": "walk", "body": {}}, ("Exercises",)),
        (cramp("2026-11-13", timed=False), ("hour not known", "Fri 13 Nov 2026")),
        (exposure("2026-11-13", "effort", True, effort={"sport": "rowing", "minutes": 90, "session_rpe": 7}),
         ("rowing", "90 minutes", "7 of 10")),
    ],
)  # fmt: skip
def test_every_kind_has_a_page(phone: TestClient, entry: dict[str, Any], said: tuple[str, ...]) -> None:
    page = words(phone.get(f"/history/{put(phone, 1, entry)}").text)
    for part in said:
        assert part in page


def test_versions_can_be_read_and_the_older_says_that_it_does_not_count(phone: TestClient) -> None:
    put(phone, 1, cramp("2026-11-10", note="first words"))
    put(phone, 2, replacing(1, cramp("2026-11-10", note="second words")))
    newest, older = (phone.get(f"/history/{uuid(number)}").text for number in (2, 1))
    assert "Changed on Mon 23 Nov 2026, 09:00" in words(newest)
    assert f'href="/history/{uuid(1)}"' in newest
    assert "It does not count any more" in older
    assert f'href="/history/{uuid(2)}"' in older
    assert "/edit/" not in older


def test_what_was_taken_away_says_so_and_can_be_brought_back(phone: TestClient) -> None:
    put(phone, 1, cramp("2026-11-10"))
    put(phone, 2, {**replacing(1, cramp("2026-11-10")), "body": {"deleted": True}})
    for number in (1, 2):
        page = phone.get(f"/history/{uuid(number)}").text
        assert "This was taken away." in page
        assert f'action="/entries/{uuid(2)}/undo"' in page
        assert "/edit/" not in page


def test_an_entry_of_another_person_is_not_there(phone: TestClient, tmp_path: Path) -> None:
    put(phone, 1, cramp("2026-11-10"))
    diary = open_diary(f"sqlite:///{tmp_path / 'diary.sqlite'}")
    other = add_person(diary, "somebody else", NOW + timedelta(days=1))
    body = cramp("2026-11-10")["body"]
    theirs = Entry(uuid(2), other, EntryKind.EPISODE, NOW, None, 0, body, "x", NOW, uuid(1))
    put_all(diary, [theirs])
    diary.close()
    assert phone.get(f"/history/{uuid(2)}").status_code == 404
    assert phone.get("/history/nonsense").status_code == 404
    assert listed(phone, "/history") == [uuid(1)]
    assert "Versions" not in phone.get(f"/history/{uuid(1)}").text


# ---- counts --------------------------------------------------------------------------------------


def test_counts_say_how_many_nights_stand_behind_them(phone: TestClient) -> None:
    put(phone, 1, note("2026-11-10"))
    put(phone, 2, note("2026-11-11"))
    put(phone, 3, cramp("2026-11-12"))
    put(phone, 4, cramp("2026-11-12", timed=False, muscle="foot", side=None))
    said = words(phone.get("/counts").text)
    assert (
        "From Tue 10 Nov 2026 to Mon 23 Nov 2026. Known nights: 3 of 14. Cramp nights: 1 of these 3." in said
    )
    assert "2 cramps in these nights. Behind it stand 3 known nights of 14." in said
    assert "10 Nov 2026 1 3 of 6 3" in said
    assert "16 Nov 2026 0 too few known 0 of 7 7" in said
    assert "03:00 1 hour not known 1" in said
    assert "right 1 both at once 0 not known 1" in said
    assert "calf 1 foot 1" in said


def test_a_week_with_too_few_known_nights_is_drawn_hatched(phone: TestClient) -> None:
    put(phone, 1, note("2026-11-17"))
    page = phone.get("/counts").text
    assert 'class="nights-few"' in page
    assert page.count('<svg class="chart"') == page.count("<desc") == 1
    assert "No cramp was written down. Behind that stand 1 known nights of 7." in words(page)


@pytest.mark.parametrize(
    "query",
    [
        "length=all", "length=52", "length=x", "until=x", "until=2026-11-01&length=26",
        "until=1970-01-01", "until=9999-12-31", "until=0001-01-01",
    ],
)  # fmt: skip
def test_any_stretch_can_be_asked_for(phone: TestClient, query: str) -> None:
    put(phone, 1, cramp("2025-11-10"))
    put(phone, 2, note("2026-11-12"))
    page = phone.get(f"/counts?{query}")
    assert page.status_code == 200
    assert "Known nights:" in page.text


def test_stretches_lead_to_each_other(phone: TestClient) -> None:
    put(phone, 1, cramp("2026-01-10"))
    page = phone.get("/counts").text
    earlier = re.search(r'rel="prev" href="([^"]+)"', page)
    assert earlier is not None
    before = phone.get(unescape(earlier[1])).text
    assert 'rel="next" href="/counts?length=12' in before
    assert "2026 " in words(before)


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>', "{{7*7}}"])
def test_what_looks_like_a_page_is_shown_as_the_text_it_is(phone: TestClient, text: str) -> None:
    put(phone, 1, cramp("2026-11-10", note=text))
    for path in ("/history", f"/history/{uuid(1)}", "/history?text=" + text.replace("&", "%26")):
        page = phone.get(path).text
        assert text not in page or text == escape(text)
