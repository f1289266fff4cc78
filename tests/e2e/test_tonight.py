"""The screen of every day, on a phone: few taps, few seconds, the right night, and nothing lost."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from starlette.staticfiles import StaticFiles

from tests.conftest import free_port
from tests.e2e.conftest import NO_WORKER, PHONE, Phone
from tests.e2e.far import Killable
from uncramp.actions import home
from uncramp.actions.entries import as_json, put
from uncramp.actions.evening import recent
from uncramp.actions.exposures import OPEN, add_own, choose_questions
from uncramp.core import nights
from uncramp.model import Entry, EntryKind
from uncramp.web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = pytest.mark.browser

SECONDS = 5.0
PATIENCE = 30.0
"""How long is waited for what comes by itself: no promise, only so long that a busy machine does not fail."""
MORNING = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
"""A Sunday. In Berlin it is 7:30."""
LAST, TODAY = "2026-11-21", "2026-11-22"
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass
class House:
    """An uncramp on loopback with an empty diary, and the phones of who lives there."""

    browser: Browser
    address: str
    app: Any
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def phone(self, now: datetime = MORNING, zone: str = "Europe/Berlin", **settings: Any) -> Page:
        context = self.browser.new_context(
            **{"viewport": PHONE, "timezone_id": zone, **NO_WORKER, **settings}
        )
        self.contexts.append(context)
        return self.tab(context, now)

    def tab(self, context: BrowserContext, now: datetime = MORNING) -> Page:
        page = context.new_page()
        page.clock.set_fixed_time(now)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self.complaints.append(m.text) if "Security Policy" in m.text else None)
        return page

    def open(self, page: Page, path: str = "/tonight") -> Page:
        page.goto(self.address + path)
        expect(page.get_by_role("button", name="Quiet")).to_be_visible()
        return page

    def versions(self) -> list[Entry]:
        return list(recent(home.diary(), home.owner(MORNING), LONG_AGO))

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """What holds now of that kind, in the diary on the server."""
        versions = self.versions()
        replaced = {entry.replaces for entry in versions}
        return [
            as_json(e)
            for e in versions
            if e.kind == kind and e.id not in replaced and not nights.is_deleted(e)
        ]

    def until(self, kind: str, count: int) -> list[dict[str, Any]]:
        """Those rows, as soon as there are that many."""
        deadline = time.monotonic() + PATIENCE
        while len(found := self.rows(kind)) != count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(found) == count
        return found

    def keep(self, number: int, kind: str, start: str, body: dict[str, Any], **more: Any) -> str:
        """As if another device had written it."""
        entry_id = str(UUID(int=0x01A20000_0000_7000_8000_000000000000 + number))
        raw = {
            "kind": kind, "start": start, "end": None, "offset_minutes": 60, "origin": "page",
            "recorded": "2026-11-22T05:00:00.000Z", "replaces": None, "body": body, **more,
        }  # fmt: skip
        assert put(home.diary(), home.owner(MORNING), entry_id, raw)
        return entry_id


@contextmanager
def a_house(browser: Browser) -> Iterator[House]:
    """In the folder that UNCRAMP_HOME names."""
    app, port = create_app(clock=lambda: MORNING), free_port()
    server = Killable(uvicorn.Config(app, "127.0.0.1", port, log_config=None, ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    home.owner(MORNING)
    there = House(browser, f"http://127.0.0.1:{port}", app)
    try:
        yield there
    finally:
        for context in there.contexts:
            context.close()
        server.should_exit = True
        thread.join()
        home.close_diaries()
    assert there.complaints == []


@pytest.fixture
def house(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    with a_house(browser) as there:
        yield there


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds: what is tapped reaches the server a moment later."""
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def state(page: Page) -> str | None:
    return page.locator(".tn-state").get_attribute("data-state")


def status(page: Page) -> str:
    return page.get_by_role("status").first.inner_text()


NAMES = """all => all.map(one => one.getAttribute("aria-label")
    || document.getElementById(one.getAttribute("aria-labelledby"))?.textContent)"""
NOT_A_TREMBLE = 450
"""Milliseconds after which the same button is meant once more."""


def tap(page: Page, name: str, nth: int = 0) -> None:
    page.locator("#tonight").get_by_role("button", name=name, exact=True).nth(nth).click()


def question(page: Page, words: str) -> Any:
    return page.get_by_role("group", name=words)


def yesterday_s(house: House) -> None:
    noon = "2026-11-21T11:00:00.000Z"
    for number, (exposure, value) in enumerate([("hard_exercise", False), ("alcohol", 2)]):
        body = {"exposure": exposure, "day": LAST, "value": value, "timed": False}
        house.keep(number + 1, "exposure", noon, body)


# ---- taps and seconds ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "kind", "expected"),
    [
        ("Quiet", "day_note", [{"night": LAST, "word": "quiet"}]),
        ("Cramp", "day_note", [{"night": LAST, "word": "cramp"}]),
        (
            "Same as yesterday",
            "exposure",
            [
                {"exposure": "hard_exercise", "day": TODAY, "value": False, "timed": False},
                {"exposure": "alcohol", "day": TODAY, "value": 2, "timed": False, "unit": "drinks"},
            ],
        ),
    ],
)
def test_it_takes_one_tap_and_less_than_five_seconds(
    browser: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    button: str,
    kind: str,
    expected: list[dict[str, Any]],
) -> None:
    """From the opening of the page to the row on the server's disk; the best of three on a busy machine."""
    best = PATIENCE
    for attempt in range(3):
        monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path / str(attempt)))
        with a_house(browser) as house:
            best = min(best, one_tap(house, button, kind, expected))
        if best < SECONDS:
            break
    print(f"\n{button}: 1 tap, {best:.2f} s")  # noqa: T201
    assert best < SECONDS


def one_tap(house: House, button: str, kind: str, expected: list[dict[str, Any]]) -> float:
    yesterday_s(house)
    before = len(house.rows(kind))
    page = house.phone()
    begin = time.monotonic()
    house.open(page)
    if kind == "exposure":
        expect(page.get_by_text("Hard training: No · Alcohol: 2 (drinks)")).to_be_visible()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status").first).to_contain_text("rom" if kind == "exposure" else "Written")
    rows = house.until(kind, before + len(expected))
    seconds = time.monotonic() - begin
    assert [row["body"] for row in rows][before:] == expected
    assert len(house.rows("day_note")) == (1 if kind == "day_note" else 0)
    assert house.rows("episode") == []
    return seconds


def test_a_quiet_night_is_a_note_of_the_evening_by_the_clock_of_the_place(house: House) -> None:
    page = house.open(house.phone())
    tap(page, "Quiet")
    (row,) = house.until("day_note", 1)
    assert (row["start"], row["offset_minutes"]) == ("2026-11-21T21:00:00.000Z", 60)
    assert status(page) == "Written: a quiet night, Saturday to Sunday."
    assert page.get_by_role("button", name="Quiet").get_attribute("aria-pressed") == "true"
    assert page.get_by_role("button", name="Cramp").get_attribute("aria-pressed") == "false"


def test_a_second_tap_of_a_trembling_thumb_writes_nothing_more(house: House) -> None:
    page = house.open(house.phone())
    page.get_by_role("button", name="Quiet").dblclick()
    house.until("day_note", 1)
    assert len(house.versions()) == 1
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_a_slow_server_holds_up_no_tap_and_the_questions_come_from_the_phone(house: House) -> None:
    page = house.phone()
    held: list[Route] = []
    page.route("**/today.json*", lambda route: held.append(route))
    page.route("**/api/v1/**", lambda route: held.append(route))
    house.open(page)
    tap(page, "Quiet")
    expect(page.get_by_role("status").first).to_contain_text("Written")
    expect(question(page, "Did you train hard today?")).to_be_visible()
    for route in held:
        route.abort()


# ---- without a network --------------------------------------------------------------------------


def test_without_a_network_it_is_kept_and_then_stored_once(phone: Phone) -> None:
    page = phone.installed("/tonight")
    phone.cut_off()
    try:
        page.goto(phone.far.address + "/tonight")
        tap(page, "Quiet")
        expect(page.get_by_role("status").first).to_contain_text("Written")
        slept = question(page, "Did you sleep badly in the night that ended this morning?")
        expect(slept).to_be_visible()
        slept.get_by_role("button", name="Yes").click()
        expect(page.get_by_text("Kept on this phone. It is sent")).to_be_visible()
        page.reload()
        expect(page.locator(".tn-state")).to_have_attribute("data-state", "quiet")
    finally:
        phone.back()
    page.reload()
    page.evaluate("() => uncramp.store.flush()")
    page.evaluate(
        """async () => {
            for (let turn = 0; turn < 100 && await uncramp.store.waiting(); turn += 1)
                await new Promise(done => setTimeout(done, 50));
        }"""
    )
    diary = phone.far.diary
    assert sorted(row["kind"] for row in diary.rows.values()) == ["day_note", "exposure"]
    # Sent again where the reload cut the answer off: the server knows it by its id.
    assert set(diary.puts) == set(diary.rows)


def use_without_a_server(page: Page, kept: str) -> None:
    assert page.locator("#tonight a").first.get_attribute("href") in ("check.html", "#/check")
    tap(page, "Quiet")
    expect(page.get_by_role("status").first).to_contain_text("Written")
    alcohol = question(page, "How many drinks")
    alcohol.get_by_role("button", name="More: Alcohol").click()
    expect(alcohol.locator(".tn-number")).to_contain_text("1")
    page.reload()
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "quiet")
    expect(alcohol.locator(".tn-number")).to_contain_text("1")
    page.goto(kept)
    expect(page.locator("[data-entry]")).to_have_count(2)
    expect(page.get_by_text(": quiet")).to_be_visible()
    expect(page.get_by_text("Alcohol: 1 drinks")).to_be_visible()
    found = page.evaluate("() => uncramp.store.exportEntries()")
    assert [entry["kind"] for entry in found["entries"]] == ["day_note", "exposure"]
    assert page.evaluate("() => uncramp.store.waiting()") == 0


def test_it_works_in_the_folder(phone: Phone, folder: Path) -> None:
    phone.far.app = StaticFiles(directory=folder, html=True)  # type: ignore[assignment]
    page = phone.installed("/tonight.html")
    phone.cut_off()
    try:
        page.goto(phone.far.address + "/tonight.html")
        use_without_a_server(page, phone.far.address + "/kept.html")
        page.goto(phone.far.address + "/index.html")
        expect(page.locator("#tonight .tn-state")).to_have_attribute("data-state", "quiet")
    finally:
        phone.back()


def test_it_works_in_the_single_file(browser: Browser, one_file: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.goto(f"{one_file.as_uri()}#/tonight")
    use_without_a_server(page, f"{one_file.as_uri()}#/kept")
    page.goto(f"{one_file.as_uri()}#/")
    expect(page.locator("#tonight .tn-state")).to_have_attribute("data-state", "quiet")
    context.close()
    assert complaints == []


# ---- what is more than a cramp -------------------------------------------------------------------


def test_a_cramp_and_a_stomach_upset_lead_to_the_check_and_nothing_else_does(house: House) -> None:
    choose_questions(home.diary(), home.owner(MORNING), ["sick_stomach"])
    page = house.open(house.phone())
    stomach = question(page, "Did you vomit or have diarrhoea today?")
    links = page.locator("#tonight a:visible")
    expect(stomach).to_be_visible()
    expect(links).to_have_count(0)
    stomach.get_by_role("button", name="Yes").click()
    expect(stomach.get_by_text("With cramps, this needs a doctor's advice today.")).to_be_visible()
    stomach.get_by_role("button", name="No", exact=True).click()
    expect(links).to_have_count(0)
    tap(page, "Cramp")
    expect(page.get_by_text("More than 10 minutes, a pop, or is the leg still painful")).to_be_visible()
    links.click()
    expect(page).to_have_url(re.compile("/check$"))


# ---- three values -------------------------------------------------------------------------------


def test_not_written_no_and_none_are_kept_apart(house: House) -> None:
    page = house.open(house.phone())
    trained, alcohol = question(page, "Did you train hard"), question(page, "How many drinks")
    assert trained.get_attribute("data-state") == "unknown"
    assert alcohol.get_attribute("data-state") == "unknown"
    assert alcohol.locator(".tn-number").inner_text().strip() == "Not written"
    trained.get_by_role("button", name="No", exact=True).click()
    alcohol.get_by_role("button", name="None").click()
    bodies = {row["body"]["exposure"]: row["body"]["value"] for row in house.until("exposure", 2)}
    assert bodies == {"hard_exercise": False, "alcohol": 0}
    assert bodies["hard_exercise"] is False
    expect(alcohol.locator(".tn-number")).to_contain_text("None")
    expect(alcohol.get_by_text("None is an answer.")).to_be_visible()
    page.reload()
    expect(alcohol).to_have_attribute("data-state", "none")
    trained.get_by_role("button", name="Not written").click()
    alcohol.get_by_role("button", name="Not written").click()
    house.until("exposure", 0)
    expect(trained).to_have_attribute("data-state", "unknown")
    expect(alcohol.get_by_text("None is an answer.")).to_be_hidden()
    assert question(page, "Did you sleep badly").get_attribute("data-state") == "unknown"


def test_a_number_is_counted_in_portions_each_tap_for_itself(house: House) -> None:
    page = house.open(house.phone())
    alcohol = question(page, "How many drinks")
    alcohol.get_by_role("button", name="Less: Alcohol").click(force=True)
    assert house.versions() == []
    for _ in range(3):
        alcohol.get_by_role("button", name="More: Alcohol").click()
    alcohol.get_by_role("button", name="Less: Alcohol").click()
    expect(alcohol.locator(".tn-number")).to_contain_text("2")
    (row,) = house.until("exposure", 1)
    until(lambda: [one["body"]["value"] for one in house.rows("exposure")] == [2])
    assert row["body"]["unit"] == "drinks"


def test_what_was_written_by_the_hour_is_added_up_and_one_more_changes_only_the_last(house: House) -> None:
    for number, hour in enumerate((9, 10)):
        body = {"exposure": "alcohol", "day": TODAY, "value": 1, "unit": "drinks", "timed": True}
        house.keep(number + 1, "exposure", f"2026-11-22T{hour:02}:00:00.000Z", body,
                   recorded=f"2026-11-22T{hour:02}:01:00.000Z")  # fmt: skip
    page = house.open(house.phone(datetime(2026, 11, 22, 20, tzinfo=UTC)))
    alcohol = question(page, "How many drinks")
    expect(alcohol.locator(".tn-number")).to_contain_text("2")
    alcohol.get_by_role("button", name="More: Alcohol").click()
    expect(alcohol.locator(".tn-number")).to_contain_text("3")
    until(lambda: [row["body"]["value"] for row in house.rows("exposure")] == [1, 2])


def test_a_night_that_nobody_wrote_of_is_shown_as_such(house: House) -> None:
    page = house.open(house.phone())
    assert state(page) == "unknown"
    expect(page.get_by_text("Not written yet. How was it?")).to_be_visible()
    for name in ("Quiet", "Cramp"):
        assert page.get_by_role("button", name=name).get_attribute("aria-pressed") == "false"


def test_the_question_of_the_morning_is_not_asked_where_a_cramp_was_written(house: House) -> None:
    start, end = "2026-11-22T02:10:00.000Z", "2026-11-22T02:12:00.000Z"
    bouts = [{"start": start, "end": end, "released": True}]
    body = {"muscle": "calf", "side": "left", "protocol": "bed", "bouts": bouts, "asleep": True}
    house.keep(1, "episode", start, body, end=end)
    page = house.open(house.phone())
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "cramp")
    expect(page.get_by_text("How was it?")).to_have_count(0)
    expect(page.get_by_text("In the diary: a cramp at 3:10")).to_be_visible()
    tap(page, "Quiet")
    expect(page.get_by_role("status").first).to_contain_text("stays a night with a cramp")
    assert house.rows("day_note") == []


# ---- a cramp after the fact ---------------------------------------------------------------------


def test_more_of_a_cramp_is_one_tap_each_and_the_note_stays(house: House) -> None:
    page = house.open(house.phone())
    tap(page, "Cramp")
    house.until("day_note", 1)
    assert house.rows("episode") == []
    tap(page, "Left")
    (row,) = house.until("episode", 1)
    assert row["body"] == {
        "side": "left", "asleep": None, "muscle": "hamstring", "timed": False,
        "bouts": [{"start": "2026-11-22T02:00:00.000Z", "end": None, "released": True}],
    }  # fmt: skip
    assert (row["start"], row["replaces"]) == ("2026-11-22T02:00:00.000Z", None)
    tap(page, "Yes, it woke me")
    tap(page, "5 AM")
    expect(page.get_by_role("button", name="5 AM")).to_have_attribute("aria-pressed", "true")
    tap(page, "Calf")
    expect(page.get_by_role("button", name="Calf")).to_have_attribute("aria-pressed", "true")
    until(lambda: house.rows("episode")[0]["body"]["muscle"] == "calf")
    (row,) = house.rows("episode")
    told = row["body"]
    assert (told["side"], told["asleep"], told["timed"], told["muscle"]) == ("left", True, True, "calf")
    assert row["start"] == "2026-11-22T04:00:00.000Z" == told["bouts"][0]["start"]
    assert [note["body"]["word"] for note in house.rows("day_note")] == ["cramp"]


def test_an_hour_that_would_be_of_another_night_cannot_be_chosen(house: House) -> None:
    page = house.open(house.phone())
    tap(page, "Cramp")
    tap(page, "5 AM")
    house.until("episode", 1)
    tap(page, "No, I was awake")
    expect(page.get_by_role("button", name="5 AM")).to_be_hidden()
    until(lambda: house.rows("episode")[0]["body"]["timed"] is False)
    (entry,) = [e for e in house.versions() if e.id == house.rows("episode")[0]["id"]]
    assert nights.night_of_entry(entry) == date(2026, 11, 21)
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "cramp")


def test_quiet_after_all_takes_the_told_cramp_away_and_one_undo_brings_both_back(house: House) -> None:
    page = house.open(house.phone())
    tap(page, "Cramp")
    tap(page, "Right")
    house.until("episode", 1)
    tap(page, "Quiet")
    house.until("episode", 0)
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "quiet")
    tap(page, "Undo")
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "cramp")
    (row,) = house.until("episode", 1)
    assert row["body"]["side"] == "right"
    assert [one["body"]["word"] for one in house.rows("day_note")] == ["cramp"]


# ---- taking back --------------------------------------------------------------------------------


def test_undo_takes_back_and_undo_of_that_brings_back_and_nothing_is_asked(house: House) -> None:
    page = house.open(house.phone())
    page.on("dialog", lambda dialog: house.complaints.append(dialog.message))
    tap(page, "Quiet")
    house.until("day_note", 1)
    tap(page, "Undo")
    house.until("day_note", 0)
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "unknown")
    page.wait_for_timeout(NOT_A_TREMBLE)
    tap(page, "Undo that")
    (row,) = house.until("day_note", 1)
    assert row["body"] == {"night": LAST, "word": "quiet"}
    page.wait_for_timeout(NOT_A_TREMBLE)
    tap(page, "Undo")
    house.until("day_note", 0)
    assert len(house.versions()) == 4


def test_undo_stays_for_ten_seconds_and_more(house: House) -> None:
    page = house.open(house.phone())
    tap(page, "Quiet")
    page.wait_for_timeout(10_500)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_undo_of_same_as_yesterday_takes_back_all_that_it_copied(house: House) -> None:
    yesterday_s(house)
    page = house.open(house.phone())
    expect(page.get_by_text("Hard training: No · Alcohol: 2 (drinks)")).to_be_visible()
    page.get_by_role("button", name="Same as yesterday").click()
    house.until("exposure", 4)
    tap(page, "Undo")
    assert {row["body"]["day"] for row in house.until("exposure", 2)} == {LAST}


def test_same_as_yesterday_leaves_what_is_answered_and_says_so_where_there_is_nothing(house: House) -> None:
    page = house.open(house.phone())
    page.get_by_role("button", name="Same as yesterday").click()
    expect(page.get_by_role("status").first).to_have_text("Nothing to copy from yesterday.")
    yesterday_s(house)
    page.reload()
    question(page, "How many drinks").get_by_role("button", name="None").click()
    page.get_by_role("button", name="Same as yesterday").click()
    rows = house.until("exposure", 4)
    assert {row["body"]["exposure"]: row["body"]["value"] for row in rows if row["body"]["day"] == TODAY} == {
        "alcohol": 0,
        "hard_exercise": False,
    }


# ---- the right night ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "zone", "night", "start"),
    [
        # Before four the day that ends is still today, and last night is the one before.
        ("2026-11-22T02:59:00Z", "Europe/Berlin", "2026-11-20", "2026-11-20T21:00:00.000Z"),
        ("2026-11-22T03:01:00Z", "Europe/Berlin", "2026-11-21", "2026-11-21T21:00:00.000Z"),
        # The nights in which the clocks are changed.
        ("2026-03-29T06:00:00Z", "Europe/Berlin", "2026-03-28", "2026-03-28T21:00:00.000Z"),
        ("2026-10-25T06:00:00Z", "Europe/Berlin", "2026-10-24", "2026-10-24T20:00:00.000Z"),
        ("2026-03-08T12:00:00Z", "America/New_York", "2026-03-07", "2026-03-08T03:00:00.000Z"),
        # The other side of the date line, and a leap day.
        ("2026-11-21T20:00:00Z", "Pacific/Kiritimati", "2026-11-21", "2026-11-21T08:00:00.000Z"),
        ("2024-02-29T20:00:00Z", "Asia/Tokyo", "2024-02-29", "2024-02-29T13:00:00.000Z"),
    ],
)
def test_last_night_is_the_right_one(house: House, now: str, zone: str, night: str, start: str) -> None:
    page = house.open(house.phone(datetime.fromisoformat(now), zone))
    tap(page, "Quiet")
    (row,) = house.until("day_note", 1)
    assert row["body"]["night"] == night
    assert row["start"] == start
    evening = datetime.fromisoformat(row["start"]).astimezone(ZoneInfo(zone))
    assert (evening.date().isoformat(), evening.hour) == (night, 22)
    assert row["offset_minutes"] == evening.utcoffset() / timedelta(minutes=1)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("now", "zone"),
    [("2026-03-29T06:00:00Z", "Europe/Helsinki"), ("2026-03-29T06:00:00Z", "Europe/Berlin")],
)
def test_a_cramp_in_the_night_without_its_third_hour_stays_in_its_night(
    house: House, now: str, zone: str
) -> None:
    page = house.open(house.phone(datetime.fromisoformat(now), zone))
    tap(page, "Cramp")
    tap(page, "No, I was awake")
    house.until("episode", 1)
    (entry,) = [entry for entry in house.versions() if entry.kind == "episode"]
    assert nights.night_of_entry(entry) == date(2026, 3, 28)


def test_after_a_flight_the_night_written_before_it_is_still_that_night(house: House) -> None:
    first = house.open(house.phone())
    tap(first, "Quiet")
    house.until("day_note", 1)
    there = house.open(house.phone(MORNING + timedelta(hours=8), "America/Los_Angeles"))
    expect(there.locator(".tn-state")).to_have_attribute("data-state", "quiet")
    expect(there.get_by_text("Saturday to Sunday").first).to_be_visible()


def test_the_phone_and_the_diary_agree_on_nights_and_days(house: House) -> None:
    """Vectors by core/nights.py, replayed by the script."""
    chance = random.Random(4)
    walls = [datetime(2026, 11, 22, hour, minute, tzinfo=UTC) for hour in range(24) for minute in (0, 59)]
    walls += [
        datetime(1999, 12, 31, tzinfo=UTC) + timedelta(minutes=chance.randrange(60 * 24 * 20_000))
        for _ in range(400)
    ]
    vectors = [
        [wall.isoformat()[:19], asleep, change, nights.day_of(wall, change).isoformat(),
         nights.night_of(wall, asleep, change).isoformat()]
        for wall in walls for asleep in (True, False, None) for change in (0, 3, 4, 6)
    ]  # fmt: skip
    differing = house.open(house.phone()).evaluate(
        """vectors => vectors.filter(([wall, asleep, change, day, night]) => {
            const at = Date.parse(`${wall}Z`);
            const { dayOf, nightOf } = uncramp.nights;
            return dayOf(at, change) !== day || nightOf(at, asleep, change) !== night;
        })""",
        vectors,
    )
    assert len(vectors) == 5376
    assert differing == []


def test_the_phone_and_the_diary_agree_on_the_word_of_a_night(house: House) -> None:
    chance = random.Random(11)
    page = house.open(house.phone())
    for _ in range(40):
        entries = [some_entry(chance, number) for number in range(chance.randint(0, 6))]
        night = nights.nights(entries, date(2026, 11, 21), date(2026, 11, 21))[0]
        found = page.evaluate(
            "entries => { const night = uncramp.nights.night(entries, '2026-11-21', 4);"
            " return [night.word, night.note && night.note.id, night.episodes.length]; }",
            [as_json(entry) for entry in entries],
        )
        assert found == [night.word, night.note and night.note.id, len(night.episodes)]


def some_entry(chance: random.Random, number: int) -> Entry:
    moment = datetime(2026, 11, 21, 18, tzinfo=UTC) + timedelta(hours=chance.randrange(16))
    kind = chance.choice([EntryKind.DAY_NOTE, EntryKind.DAY_NOTE, EntryKind.EPISODE])
    body: dict[str, Any] = {"asleep": chance.choice([True, False, None])}
    if kind is EntryKind.DAY_NOTE:
        body = {"night": chance.choice([LAST, TODAY]), "word": chance.choice(["quiet", "cramp"])}
    if chance.random() < 0.3:
        body = {"deleted": True}
    recorded = MORNING + timedelta(minutes=chance.randrange(3))
    return Entry(str(UUID(int=number)), "p", kind, moment, None, 60, body, "phone", recorded, None)


# ---- several devices ----------------------------------------------------------------------------


def test_two_tabs_show_the_same_and_write_one_night(house: House) -> None:
    first = house.open(house.phone())
    second = house.open(house.tab(first.context))
    tap(first, "Quiet")
    expect(second.locator(".tn-state")).to_have_attribute("data-state", "quiet")
    tap(second, "Cramp")
    expect(first.locator(".tn-state")).to_have_attribute("data-state", "cramp")
    page = house.open(house.tab(first.context))
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "cramp")
    until(lambda: [row["body"]["word"] for row in house.rows("day_note")] == ["cramp"])


def test_what_another_device_wrote_is_shown_and_a_tap_replaces_it(house: House) -> None:
    there = house.keep(1, "day_note", "2026-11-21T21:00:00.000Z", {"night": LAST, "word": "quiet"})
    page = house.open(house.phone())
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "quiet")
    tap(page, "Cramp")
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "cramp")
    until(lambda: house.rows("day_note")[0]["replaces"] == there)
    assert [row["body"]["word"] for row in house.rows("day_note")] == ["cramp"]


def test_what_another_device_took_away_is_gone_here_too(house: House) -> None:
    page = house.open(house.phone())
    tap(page, "Quiet")
    (row,) = house.until("day_note", 1)
    house.keep(9, "day_note", str(row["start"]), {"deleted": True}, replaces=row["id"])
    page.reload()
    expect(page.locator(".tn-state")).to_have_attribute("data-state", "unknown")


# ---- home, and for all eyes ---------------------------------------------------------------------


def test_at_home_the_panel_is_there_once_there_is_a_diary(house: House) -> None:
    page = house.phone()
    page.goto(house.address + "/")
    page.wait_for_timeout(1500)
    expect(page.locator("#tonight")).to_be_hidden()
    page.get_by_role("link", name="Write down a night").click()
    tap(page, "Quiet")
    house.until("day_note", 1)
    house.open(page, "/")
    first = page.locator(".door-now").bounding_box()
    panel = page.locator("#tonight").bounding_box()
    after = page.locator("a.door").first.bounding_box()
    assert first is not None
    assert panel is not None
    assert after is not None
    assert first["y"] < panel["y"] < after["y"]


@pytest.mark.parametrize("later", [(), ("magnesium",)])
def test_what_a_person_added_has_its_name_among_what_the_phone_has_kept(
    house: House, later: tuple[str, ...]
) -> None:
    """Also once it is no longer asked for."""
    own = add_own(home.diary(), home.owner(MORNING), "Decaf coffee")
    choose_questions(home.diary(), home.owner(MORNING), [own.id])
    page = house.open(house.phone())
    question(page, "Decaf coffee?").get_by_role("button", name="Yes").click()
    house.until("exposure", 1)
    if later:
        choose_questions(home.diary(), home.owner(MORNING), later)
    page.goto(house.address + "/kept")
    expect(page.locator("#kept")).to_contain_text("Decaf coffee")
    expect(page.locator("#kept")).not_to_contain_text("own.")
    page.route("**/*.json*", lambda route: route.abort())
    page.reload()
    expect(page.locator("#kept")).to_contain_text("decaf coffee")


def test_the_questions_stay_the_same_while_they_are_answered_and_after(house: House) -> None:
    choose_questions(home.diary(), home.owner(MORNING), [OPEN])
    page = house.open(house.phone())
    groups = page.locator("#tonight [role=group]")
    expect(groups.get_by_role("button", name="Yes").first).to_be_visible()
    asked = groups.evaluate_all(NAMES)
    groups.get_by_role("button", name="Yes").first.click()
    house.until("exposure", 1)
    house.open(page)
    expect(groups.get_by_role("button", name="Yes").first).to_be_visible()
    assert groups.evaluate_all(NAMES) == asked


def test_the_two_legs_share_the_width_of_their_door_on_a_desk(house: House) -> None:
    page = house.phone(viewport={"width": 1280, "height": 900})
    page.goto(house.address)
    left, right, start = (box["width"] for one in page.locator(".start").all() if (box := one.bounding_box()))
    assert left == pytest.approx(right, abs=1)
    assert left + right == pytest.approx(start, abs=16)


def test_the_sign_of_a_cramp_stands_out_in_the_dark(house: House) -> None:
    """At least 3 to 1 (WCAG 2.2, 1.4.11)."""
    page = house.open(house.phone(color_scheme="dark"))
    rgb = page.evaluate(
        """() => { const button = document.querySelector('.tn-cramp');
            const look = getComputedStyle(button), sign = getComputedStyle(button.querySelector('svg'));
            return [sign.color, look.borderTopColor, look.backgroundColor]
                .map(one => one.match(/[0-9.]+/g).slice(0, 3).map(Number)); }"""
    )
    sign, edge, ground = (light(one) for one in rgb)
    assert min(sign, edge) / ground >= 3


def light(rgb: list[float]) -> float:
    """The relative luminance, with what is added to it in a ratio of contrast."""
    parts = [one / 255 for one in rgb]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True)) + 0.05


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/tonight", "/"])
def test_axe_finds_nothing_whatever_is_written(house: House, scheme: Any, path: str) -> None:
    house.keep(1, "day_note", "2026-11-10T21:00:00.000Z", {"night": "2026-11-10", "word": "quiet"})
    page = house.open(house.phone(color_scheme=scheme, reduced_motion="reduce"), path)
    expect(question(page, "Did you train hard")).to_be_visible()
    found = Axe().run(page).response["violations"]
    for name in ("Cramp", "Left", "Quiet"):
        tap(page, name)
        page.wait_for_timeout(500)
        found += Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"][:140] for n in v["nodes"]][:3]) for v in found] == []


def test_it_is_large_fits_a_small_screen_and_large_type(house: House) -> None:
    page = house.open(house.phone(viewport={"width": 320, "height": 640}))
    expect(question(page, "Did you train hard")).to_be_visible()
    tap(page, "Cramp")
    heights = page.evaluate(
        "() => [...document.querySelectorAll('.tn-big')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 72
    small = page.evaluate(
        """() => [...document.querySelectorAll('#tonight button')].filter(e => e.checkVisibility())
            .map(e => e.getBoundingClientRect()).filter(e => e.height < 44 || e.width < 44).length"""
    )
    assert small == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 640, "height": 900})
    page.evaluate("document.documentElement.style.setProperty('font-size', '225%')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_the_links_at_the_top_fit_a_phone_in_one_row(house: House) -> None:
    page = house.open(house.phone(viewport={"width": 360, "height": 740}))
    tops = page.evaluate(
        """() => [...document.querySelectorAll('.top a')].map(e => e.getBoundingClientRect())
            .map(e => e.top + e.height / 2)"""
    )
    assert max(tops) - min(tops) < 12
    expect(page.get_by_role("navigation").get_by_role("link", name="Tonight")).to_be_visible()


def test_with_the_keyboard_alone_the_focus_stays_and_the_words_are_said(house: House) -> None:
    page = house.open(house.phone())
    page.get_by_role("button", name="Quiet").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Written")
    assert page.evaluate("document.activeElement.textContent") == "Quiet"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Cramp"


def test_the_states_differ_in_more_than_colour(house: House) -> None:
    page = house.open(house.phone(forced_colors="active"))
    looks: dict[str, Callable[[], None]] = {
        "unknown": lambda: None, "quiet": lambda: tap(page, "Quiet"), "cramp": lambda: tap(page, "Cramp"),
    }  # fmt: skip
    seen = set()
    for name, act in looks.items():
        act()
        expect(page.locator(".tn-state")).to_have_attribute("data-state", name)
        seen.add((
            page.locator(".tn-state .tn-word").inner_text(),
            page.locator(".tn-state svg:not([hidden]) path").get_attribute("d"),
        ))  # fmt: skip
    assert len(seen) == len({words for words, _ in seen}) == len({drawn for _, drawn in seen}) == 3
