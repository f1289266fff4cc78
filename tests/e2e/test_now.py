"""The player at 3 a.m.: one thumb, a dark room, a phone that locks, a tab that dies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import free_port
from tests.e2e.conftest import NO_WORKER, Visit
from uncramp.actions import check, relief
from uncramp.web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser

BED = relief.protocol("bed").steps
SMALL = {"width": 360, "height": 640}

SAYS = "say => document.getElementById('say').textContent === say"

KEPT = "() => uncramp.opened.then(() => uncramp.keep.settled()).then(() => true)"

COUNT_TAPS = """addEventListener("click", e => {
    if (e.isTrusted) sessionStorage.taps = Number(sessionStorage.taps || 0) + 1;
}, true);"""

VOICE = """(() => {
    window.said = [];
    const voices = [{ lang: "en-GB", localService: LOCAL, name: "here" }];
    const stub = {
        speaking: false, getVoices: () => voices, cancel() {},
        speak(u) { window.said.push(u.text); u.onstart?.(); },
    };
    Object.defineProperty(window, "speechSynthesis", { value: stub });
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
})();"""

AWAKE = """(() => {
    window.locks = [];
    const request = async () => {
        const lock = { on: true, addEventListener() {}, async release() { lock.on = false; } };
        window.locks.push(lock);
        return lock;
    };
    Object.defineProperty(navigator, "wakeLock", { value: { request } });
})();"""


class Player:
    """Somebody with the phone in one hand."""

    def __init__(self, v: Visit, *scripts: str) -> None:
        self.v, self.page = v, v.page
        self.page.set_default_timeout(30_000)
        for script in (COUNT_TAPS, *scripts):
            self.page.add_init_script(script)

    def open(self, query: str = "?where=bed&side=left", clock: bool = False) -> Player:
        if clock:
            self.page.clock.install()
        self.v.go(f"/now{query}")
        self.page.wait_for_function(f"() => document.body.dataset.walk {'!=' if query else '=='} 'ready'")
        if query:
            self.kept()
        return self

    def kept(self) -> None:
        """Wait until the rules are here and all is on the disk."""
        self.page.wait_for_function(KEPT)

    def pass_time(self, seconds: float) -> None:
        self.page.clock.fast_forward(int(seconds * 1000))

    def tap(self, name: str) -> Player:
        self.page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()
        self.kept()
        return self

    @property
    def says(self) -> str:
        return self.page.locator("#say").inner_text()

    @property
    def screen(self) -> str:
        return self.page.locator("#player").get_attribute("data-screen") or ""

    @property
    def seconds(self) -> int:
        *hours, minutes, seconds = self.page.locator("[data-part=clock]").inner_text().split(":")
        return (int(hours[0]) if hours else 0) * 3600 + int(minutes) * 60 + int(seconds)

    @property
    def taps(self) -> int:
        return int(self.page.evaluate("sessionStorage.taps || 0"))

    @property
    def said(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.said")
        return found

    def entries(self) -> list[dict[str, Any]]:
        self.kept()
        found: list[dict[str, Any]] = self.page.evaluate("uncramp.store.entries()")
        return found

    def versions(self) -> list[dict[str, Any]]:
        self.kept()
        found: list[dict[str, Any]] = self.page.evaluate("uncramp.store.exportEntries().then(e => e.entries)")
        return found


@pytest.fixture
def player(visit: Callable[..., Visit]) -> Callable[..., Player]:
    def opened(*scripts: str, **settings: Any) -> Player:
        return Player(visit(**settings), *scripts)

    return opened


def apart(entry: dict[str, Any], bout: int = 0) -> float:
    """Seconds from the start of a bout to its end."""
    start, end = (datetime.fromisoformat(entry["body"]["bouts"][bout][key]) for key in ("start", "end"))
    return (end - start).total_seconds()


# ---- one tap starts, one tap ends --------------------------------------------------------------------


def test_one_tap_starts_one_tap_ends_and_the_entry_is_whole(player: Callable[..., Player]) -> None:
    p = player()
    p.page.clock.install()
    p.v.go("/")
    p.page.get_by_role("link", name="Left leg").click()
    p.page.wait_for_function("() => document.body.dataset.walk === 'hold'")
    p.kept()
    assert p.taps == 1
    assert p.page.url.endswith("/now"), "a reload must go on, not begin again"
    p.pass_time(95)
    p.tap("It let go")
    assert p.taps == 2
    (entry,) = p.entries()
    (bout,) = entry["body"]["bouts"]
    assert (entry["kind"], entry["body"]["muscle"], entry["body"]["side"]) == ("episode", "hamstring", "left")
    assert (bout["released"], bout["technique"]) == (True, "ease_straight")
    assert (entry["start"], entry["end"]) == (bout["start"], bout["end"])
    assert apart(entry) == pytest.approx(95, abs=10)
    assert entry["replaces"] is None
    assert p.says == relief.protocol("anywhere").steps["released"].say
    assert "Saved" in p.page.locator("[data-part=saved]").inner_text()


def test_the_entry_reaches_the_server(player: Callable[..., Player]) -> None:
    p = player().open().tap("It let go")
    (entry,) = p.entries()
    p.page.get_by_text("Saved and sent").wait_for()
    stored = p.page.evaluate(f"fetch('/api/v1/entries/{entry['id']}').then(r => r.json())")
    assert stored["body"]["bouts"] == entry["body"]["bouts"]


def test_looking_at_the_page_starts_nothing(player: Callable[..., Player]) -> None:
    p = player().open("")
    assert p.says
    assert p.page.evaluate("uncramp.store.loadWalk()") is None
    p.tap("Right leg")
    assert (p.screen, p.taps) == ("hold", 1)
    assert p.page.evaluate("uncramp.store.loadWalk().then(w => w.side)") == "right"


def test_the_left_leg_is_a_mirror_image_and_the_right_is_not(player: Callable[..., Player]) -> None:
    p = player().open("?where=bed")
    flipped = "getComputedStyle(document.querySelector('.pl-picture img')).transform.startsWith('matrix(-1')"
    assert not p.page.evaluate(flipped)
    p.page.locator(".pl-settings").get_by_role("button", name="Left leg").click()
    assert p.page.evaluate(flipped)


def test_which_leg_can_be_said_after_it_let_go(player: Callable[..., Player]) -> None:
    p = player().open("?where=bed").tap("It let go")
    (before,) = p.entries()
    assert before["body"]["side"] is None
    p.tap("Right leg")
    (after,) = p.entries()
    assert (after["body"]["side"], after["replaces"]) == ("right", before["id"])
    assert len(p.versions()) == 2


# ---- nothing is lost ---------------------------------------------------------------------------------


def test_a_killed_tab_goes_on_where_it_stood(player: Callable[..., Player]) -> None:
    p = player().open().tap("Another way")
    assert p.says == BED["sit_up"].say
    p.page.wait_for_timeout(1100)
    context = p.page.context
    p.page.close()
    page = context.new_page()
    page.goto(p.v.server + "/now")
    page.wait_for_function(SAYS, arg=BED["sit_up"].say)
    off = page.evaluate(
        """async () => {
            const [minutes, seconds] = document.querySelector("[data-part=clock]").textContent.split(":");
            const { start } = (await uncramp.store.loadWalk()).bouts[0].told;
            return Date.now() / 1000 - start - minutes * 60 - seconds;
        }"""
    )
    assert -0.1 < off < 1.6
    assert page.locator(".is-left").count() == 1


def test_a_reload_goes_on_where_it_stood(player: Callable[..., Player]) -> None:
    p = player().open(clock=True)
    p.pass_time(40)
    p.tap("Another way")
    p.pass_time(80)
    p.page.reload()
    p.page.wait_for_function(
        "say => document.getElementById('say').textContent === say", arg=BED["sit_up"].say
    )
    assert p.seconds == pytest.approx(120, abs=15)
    p.tap("It let go")
    (entry,) = p.entries()
    techniques = [t["id"] for t in entry["body"]["bouts"][0]["techniques"]]
    assert techniques == ["ease_straight", "sit_up"]
    assert entry["body"]["bouts"][0]["technique"] == "sit_up"


def test_a_clock_that_is_set_back_takes_no_time_away(player: Callable[..., Player]) -> None:
    p = player().open()
    p.page.evaluate("(() => { const real = Date.now; Date.now = () => real() - 3600000; })()")
    p.page.wait_for_timeout(1200)
    assert 0 < p.seconds < 20
    p.tap("It let go")
    (entry,) = p.entries()
    assert 0.5 < apart(entry) < 20


def test_a_jump_forward_counts_as_time_that_passed(player: Callable[..., Player]) -> None:
    p = player().open()
    p.page.evaluate("(() => { const real = Date.now; Date.now = () => real() + 40000; })()")
    p.page.wait_for_timeout(700)
    assert 40 <= p.seconds < 50


def test_two_tabs_show_one_walk_and_write_one_entry(player: Callable[..., Player]) -> None:
    p = player().open()
    other = p.page.context.new_page()
    other.goto(p.v.server + "/now")
    other.wait_for_function("() => document.body.dataset.walk === 'hold'")
    p.tap("Another way")
    other.wait_for_function(
        "say => document.getElementById('say').textContent === say", arg=BED["sit_up"].say
    )
    let_go = "[...document.querySelectorAll('.pl-let-go')].forEach(b => b.click())"
    p.page.evaluate(let_go)
    other.evaluate(let_go)
    other.wait_for_function("() => uncramp.opened.then(() => uncramp.keep.settled()).then(() => true)")
    (entry,) = p.entries()
    assert len(p.versions()) == 1
    assert entry["body"]["side"] == "left"


def test_who_goes_away_before_it_let_go_leaves_an_open_entry_after_two_hours(
    player: Callable[..., Player],
) -> None:
    p = player().open(clock=True)
    p.pass_time(2 * 3600 + 5)
    p.page.wait_for_function("() => document.body.dataset.walk === 'ready'")
    (entry,) = p.entries()
    assert (entry["end"], entry["body"]["bouts"][0]["released"]) == (None, False)
    assert p.page.evaluate("uncramp.store.loadWalk()") is None


def test_leaving_keeps_it_or_not_as_one_says(player: Callable[..., Player]) -> None:
    p = player().open().tap("Leave").tap("Started by mistake: keep nothing")
    assert (p.screen, p.entries()) == ("ready", [])
    p.tap("Left leg").tap("Leave").tap("Stop here, and keep it")
    (entry,) = p.entries()
    assert (entry["end"], entry["body"]["bouts"][0]["released"]) == (None, False)


def test_without_a_database_it_says_that_nothing_is_kept(player: Callable[..., Player]) -> None:
    p = player("Object.defineProperty(window, 'indexedDB', { value: undefined });").open().tap("It let go")
    assert "keeps nothing" in p.page.locator("[data-part=saved]").inner_text()


def test_without_the_rules_the_words_stand_below_and_the_end_is_still_taken(
    player: Callable[..., Player],
) -> None:
    p = player()
    p.page.route("**/p*.json", lambda route: route.abort())
    p.v.go("/now?where=bed&side=left")
    p.page.get_by_text("could not be loaded").wait_for()
    assert p.says == BED["ease_straight"].say
    assert p.page.locator("#in-words").is_visible()
    assert p.page.locator("#wrong .wrong-case").count() == len(BED["wrong"].choices)
    p.page.get_by_role("button", name="It let go").click()
    p.page.wait_for_timeout(300)
    p.page.unroute("**/p*.json")
    p.page.reload()
    p.page.wait_for_function("() => document.body.dataset.walk === 'after'")
    (entry,) = p.entries()
    assert entry["body"]["bouts"][0]["technique"] == "ease_straight"


def test_another_place_begins_its_ways_anew_and_keeps_the_start(player: Callable[..., Player]) -> None:
    p = player().open("?side=left", clock=True)
    p.pass_time(20)
    p.tap("In bed")
    assert p.says == BED["ease_straight"].say
    assert p.seconds == pytest.approx(20, abs=8)
    p.tap("Another way")
    p.pass_time(60)
    p.tap("On a chair, at a desk")
    p.tap("It let go")
    (entry,) = p.entries()
    used = [t["id"] for t in entry["body"]["bouts"][0]["techniques"]]
    assert used == ["ease_straight", "sit_up", "heel_forward"]
    assert (entry["body"]["protocol"], entry["body"]["bouts"][0]["technique"]) == ("sitting", "heel_forward")


def test_opening_it_for_the_other_leg_later_begins_another_walk(player: Callable[..., Player]) -> None:
    p = player().open(clock=True)
    p.pass_time(60)
    p.open("?side=right")
    assert p.seconds < 20
    p.tap("It let go")
    assert sorted(e["body"]["side"] for e in p.entries()) == ["left", "right"]


def test_within_half_a_minute_another_leg_or_place_only_puts_it_right(player: Callable[..., Player]) -> None:
    p = player().open(clock=True)
    p.pass_time(10)
    p.open("?side=right&where=floor")
    assert p.seconds == pytest.approx(12, abs=8)
    p.tap("It let go")
    (entry,) = p.entries()
    assert (entry["body"]["side"], entry["body"]["protocol"]) == ("right", "floor")


# ---- more than a cramp -------------------------------------------------------------------------------

CASES = {choice.id: choice for choice in BED["wrong"].choices}
ENDS = [choice.id for choice in CASES.values() if choice.to == "@end"]
CARE = {"urgent": "Get medical help today", "emergency": "Call for emergency help now"}


def advice(case: str) -> str:
    """What the program on the server says of it."""
    facts = {**CASES[case].facts, "cramping_now": True, "cramp_minutes": 0, "came_back_times": 0}
    return CARE[check.run(facts).check.disposition.id]


@pytest.mark.parametrize("case", ENDS)
def test_something_is_wrong_stops_at_once_and_one_more_tap_says_what_to_do(
    player: Callable[..., Player], case: str
) -> None:
    p = player(viewport=SMALL).open().tap("Something is wrong")
    assert not p.page.locator(".pl-picture").is_visible()
    assert BED["ease_straight"].say not in p.page.locator("#player").inner_text()
    p.tap(CASES[case].words)
    assert p.says == advice(case)
    call = p.page.locator("#player .pl-calls a[href='tel:112']")
    box = call.bounding_box()
    assert box
    assert box["y"] + box["height"] < SMALL["height"], "the number is seen without scrolling"
    assert p.page.locator("#player .pl-reasons .do li").count() >= 2
    assert p.page.locator("#player .pl-symbol svg").is_visible()
    assert p.entries()[0]["body"]["bouts"][0]["released"] is False


@pytest.mark.parametrize("case", [case for case in CASES if case not in ENDS])
def test_what_only_forbids_pulling_goes_on_with_what_is_left(
    player: Callable[..., Player], case: str
) -> None:
    p = player().open().tap("Something is wrong").tap(CASES[case].words)
    assert p.screen == "hold"
    shown = p.page.evaluate("uncramp.keep.shown().bouts[0].answers.length")
    assert shown == 2
    assert "straighten" not in p.says


def test_a_wrong_tap_on_something_is_wrong_can_be_taken_back(player: Callable[..., Player]) -> None:
    p = player().open().tap("Something is wrong").tap("Back")
    assert (p.screen, p.says) == ("hold", BED["ease_straight"].say)
    assert p.entries() == []


def test_the_chosen_country_s_number_is_the_one_in_the_panel(player: Callable[..., Player]) -> None:
    p = player()
    p.page.context.add_cookies([{"name": "country", "value": "JP", "url": p.v.server}])
    p.open().tap("Something is wrong").tap(CASES["pop"].words)
    assert p.page.locator(".pl-calls a[href='tel:119']").is_visible()
    assert p.page.locator("a[href='tel:911']").count() == 0


def test_it_can_be_checked_more_closely_with_what_was_said(player: Callable[..., Player]) -> None:
    p = player().open().tap("Something is wrong").tap(CASES["pop"].words)
    with p.page.expect_navigation():
        p.page.get_by_role("button", name="Check more closely").click()
    assert p.page.url.endswith("/check")
    assert p.page.get_by_text("So far:").is_visible()


def test_without_the_server_the_phone_checks_by_itself_with_what_was_said(
    player: Callable[..., Player],
) -> None:
    p = player().open().tap("Something is wrong").tap(CASES["pop"].words)
    p.page.route("**/health", lambda route: route.abort())
    with p.page.expect_navigation(url="**/offline-check"):
        p.page.get_by_role("button", name="Check more closely").click()
    p.page.locator("#check form.screen").wait_for()
    assert p.page.locator("#check #pop").count() == 0, "that was said already"
    assert p.page.evaluate("sessionStorage.getItem('uncramp-handed')") is None


def test_it_let_go_after_all_is_written_too(player: Callable[..., Player]) -> None:
    p = player().open(clock=True).tap("Something is wrong").tap(CASES["one_leg_swollen"].words)
    p.pass_time(30)
    p.tap("It let go")
    (entry,) = p.entries()
    assert entry["body"]["bouts"][0]["released"] is True
    assert entry["body"]["bouts"][0]["technique"] is None
    assert apart(entry) == pytest.approx(30, abs=15)
    assert p.says == "Get medical help today"


def test_ten_minutes_ask_for_advice_once_aloud_and_the_gentle_hold_goes_on(
    player: Callable[..., Player],
) -> None:
    p = player(VOICE.replace("LOCAL", "true"), viewport=SMALL).open(clock=True)
    p.page.mouse.click(180, 5)
    p.pass_time(590)
    assert not p.page.locator(".pl-urgent").is_visible()
    p.pass_time(11)
    p.pass_time(1)
    panel = p.page.locator(".pl-urgent")
    assert panel.is_visible()
    assert panel.locator("a[href='tel:112']").is_visible()
    assert (p.screen, p.says) == ("hold", BED["ease_straight"].say)
    assert sum("Get medical help today" in words for words in p.said) == 1
    assert p.page.locator("#say").bounding_box()["y"] < 420  # type: ignore[index]


def test_a_bruise_that_is_ticked_is_kept_and_ends_the_walk(player: Callable[..., Player]) -> None:
    p = player().open().tap("It let go")
    p.page.locator("#mark-bruise").check()
    p.tap("Done")
    assert (p.screen, p.says) == ("panel", "See a doctor")
    (entry,) = p.entries()
    assert entry["body"]["facts"] == {mark: mark == "bruise" for mark in BED["released"].marks}


# ---- it comes back -----------------------------------------------------------------------------------


def test_a_cramp_that_comes_back_is_one_episode_and_the_third_return_asks_for_advice(
    player: Callable[..., Player],
) -> None:
    p = player().open(clock=True)
    for number in range(3):
        p.pass_time(60)
        p.tap("It let go")
        p.pass_time(30)
        p.tap("It came back")
        assert (p.screen, p.says) == ("hold", BED["ease_straight"].say)
        assert p.page.locator(".pl-urgent").is_visible() == (number == 2)
    p.pass_time(60)
    p.tap("It let go")
    (entry,) = p.entries()
    assert [bout["released"] for bout in entry["body"]["bouts"]] == [True] * 4
    assert apart(entry, 3) == pytest.approx(60, abs=15)
    kept = p.page.evaluate("uncramp.store.loadWalk()")
    assert kept["bouts"][3]["told"]["cramped"] == pytest.approx(190, abs=30)
    written = {version["id"] for version in p.versions()}
    assert all(version["replaces"] in {None, *written} for version in p.versions())


def test_it_can_come_back_for_half_an_hour_and_no_longer(player: Callable[..., Player]) -> None:
    p = player().open(clock=True).tap("It let go").tap("Done").tap("Not now").tap("Neither")
    assert p.screen == "end"
    p.pass_time(29 * 60)
    back = p.page.get_by_role("button", name="It came back")
    assert back.is_visible()
    p.pass_time(90)
    assert not back.is_visible()


def test_starting_again_soon_after_is_the_same_episode(player: Callable[..., Player]) -> None:
    p = player().open().tap("It let go").open("?side=left")
    assert p.screen == "hold"
    p.tap("It let go")
    (entry,) = p.entries()
    assert len(entry["body"]["bouts"]) == 2


def test_warmth_counts_down_and_says_when_it_is_time(player: Callable[..., Player]) -> None:
    p = player(VOICE.replace("LOCAL", "true")).open(clock=True)
    p.tap("It let go").tap("Done").tap("Not now").tap("Warmth")
    assert p.seconds == pytest.approx(20 * 60, abs=15)
    assert p.page.get_by_text("Not if:").locator("visible=true").count() == 1
    p.pass_time(20 * 60 + 2)
    p.pass_time(1)
    assert p.seconds == 0
    assert p.said[-1] == "The time is up."


def test_what_was_saved_can_be_seen(player: Callable[..., Player]) -> None:
    p = player().open().tap("It let go").tap("Done").tap("Not now").tap("Neither")
    p.page.get_by_text("See what was saved").click()
    said = p.page.locator(".pl-see").inner_text()
    assert "Left leg" in said
    assert BED["ease_straight"].say in said


# ---- for every person --------------------------------------------------------------------------------


def test_with_eyes_shut_the_screen_is_one_button_but_for_its_edges(player: Callable[..., Player]) -> None:
    p = player(VOICE.replace("LOCAL", "true"), viewport=SMALL).open("?where=bed&side=left&eyes=shut")
    whole = p.page.locator(".pl-anywhere").bounding_box()
    strip = p.page.locator(".pl-strip").bounding_box()
    assert whole
    assert strip
    assert whole["width"] == strip["width"] == SMALL["width"]
    assert whole["height"] > SMALL["height"] * 0.7
    assert strip["height"] >= 96
    assert strip["y"] + strip["height"] == SMALL["height"]
    p.page.mouse.click(60, 300)
    p.kept()
    assert p.screen == "after"
    assert not p.page.locator(".pl-eyes").is_visible()
    assert p.said[-1] == BED["released"].say


def test_with_eyes_shut_the_strip_says_that_something_is_wrong(player: Callable[..., Player]) -> None:
    p = player(viewport=SMALL).open()
    p.tap("Eyes shut")
    p.page.mouse.click(180, 600)
    p.kept()
    assert p.screen == "wrong"
    assert not p.page.locator(".pl-eyes").is_visible()


def test_who_has_to_stop_the_car_first_keeps_the_eyes_open(player: Callable[..., Player]) -> None:
    p = player().open("?where=car")
    assert p.page.get_by_role("button", name="Eyes shut").count() == 0
    p.tap(relief.protocol("car").steps["park"].choices[0].words)
    assert p.page.get_by_role("button", name="Eyes shut").count() == 1


def test_a_helper_reads_what_the_helper_does(player: Callable[..., Player]) -> None:
    p = player().open("?where=bed&as=partner")
    assert p.says == BED["ease_straight"].helper
    p.tap("It let go")
    assert p.says == BED["released"].helper
    assert p.entries()[0]["body"]["as"] == "partner"


def test_cues_are_spoken_in_their_order(player: Callable[..., Player]) -> None:
    p = player(VOICE.replace("LOCAL", "true")).open(clock=True)
    p.pass_time(20)
    p.pass_time(20)
    p.tap("Another way")
    p.tap("It let go")
    step = BED["ease_straight"]
    assert p.said == [step.say, *step.prompts[:2], BED["sit_up"].say, BED["released"].say]


def test_muted_is_muted_and_stays_so(player: Callable[..., Player]) -> None:
    p = player(VOICE.replace("LOCAL", "true")).open().tap("Sound")
    before = p.said
    p.tap("Another way")
    assert p.said == before
    p.page.reload()
    p.page.wait_for_function("() => document.body.dataset.walk === 'hold'")
    p.tap("It let go")
    assert p.said == []


def test_a_voice_of_the_network_is_never_used_and_a_recording_is(player: Callable[..., Player]) -> None:
    p = player(VOICE.replace("LOCAL", "false"))
    asked: list[str] = []

    def empty(route: Route) -> None:
        asked.append("x")
        route.fulfill(body=b"")

    p.page.route("**/static/voice/index.json", lambda route: route.fulfill(json={BED["sit_up"].say: "x.mp3"}))
    p.page.route("**/static/voice/x.mp3", empty)
    p.open().tap("Another way")
    p.page.wait_for_timeout(300)
    assert p.said == []
    assert asked == ["x"]


def test_the_advice_is_heard_without_a_voice_of_the_phone(player: Callable[..., Player]) -> None:
    p = player(VOICE.replace("LOCAL", "false")).open().tap("Something is wrong")
    recorded = p.page.evaluate("fetch('/static/voice/index.json').then(r => r.json())")
    case = "leg_cold_or_numb"
    with p.page.expect_request(f"**/static/voice/{recorded[advice(case)]}"):
        p.tap(CASES[case].words)
    assert p.said == []


def test_the_screen_stays_awake_while_it_lasts(player: Callable[..., Player]) -> None:
    p = player(AWAKE).open()
    assert p.page.evaluate("window.locks.filter(l => l.on).length") == 1
    p.tap("Leave").tap("Stop here, and keep it")
    p.page.wait_for_function("() => window.locks.every(l => !l.on)")


def test_it_says_what_does_not_work_at_an_address_without_encryption(player: Callable[..., Player]) -> None:
    p = player("Object.defineProperty(window, 'isSecureContext', { value: false });").open()
    assert p.page.locator("[data-part=insecure]").is_visible()
    p.tap("It let go")
    assert p.says == BED["released"].say


def test_a_new_step_takes_the_focus_to_its_words_and_the_keyboard_does_all(
    player: Callable[..., Player],
) -> None:
    p = player().open()
    p.page.get_by_role("button", name="Another way").focus()
    p.page.keyboard.press("Enter")
    p.kept()
    assert p.page.evaluate("document.activeElement.id") == "say"
    assert p.page.locator("[data-part=live]").inner_text() == BED["sit_up"].more
    reached = []
    for _ in range(8):
        p.page.keyboard.press("Tab")
        reached.append(p.page.evaluate("document.activeElement.textContent.trim()"))
    assert {"It let go", "Something is wrong", "Another way"} <= set(reached)


def test_with_less_motion_the_pictures_stand_still(player: Callable[..., Player]) -> None:
    p = player(reduced_motion="reduce").open()
    p.page.wait_for_selector(".pl-picture img[src$='-still.svg']")


def test_without_scripts_all_steps_stand_in_words(visit: Callable[..., Visit]) -> None:
    v = visit(java_script_enabled=False)
    v.go("/now?where=bed")
    assert v.page.locator("#say").inner_text() == BED["ease_straight"].say
    assert v.page.get_by_text(BED["towel"].say).is_visible()
    v.page.locator("#wrong summary", has_text="A pop, a snap or a stab").click()
    assert v.page.get_by_text("Stop. Do not stretch, rub, roll or warm it.").first.is_visible()
    v.page.get_by_role("button", name="Check this more closely").locator("visible=true").click()
    assert v.page.get_by_text("So far:").is_visible()


# ---- every state -------------------------------------------------------------------------------------


def states(p: Player) -> Iterator[str]:
    """Goes through every state of the player; its name each time."""

    def tap(*selectors: str) -> None:
        for selector in selectors:
            p.page.locator(selector).click()
            p.kept()

    p.open("")
    yield "ready"
    p.open("?where=bed")
    yield "first"
    tap("[data-value=another]", "[data-value=another]")
    yield "towel"
    p.page.evaluate(
        """async () => {
            const walk = await uncramp.store.loadWalk();
            walk.bouts[0].told.cramped = 600;
            walk.rev += 1;
            await uncramp.store.saveWalk(walk);
            await uncramp.keep.refresh();
        }"""
    )
    p.page.locator(".pl-urgent").wait_for()
    yield "urgent"
    tap("[data-act=eyes]")
    yield "eyes shut"
    tap("[data-act=see]", "[data-act=leave]")
    yield "leaving"
    tap("[data-act=go_on]", ".pl-foot [data-value=wrong]")
    yield "wrong"
    p.page.evaluate("uncramp.keep.end({ entry: false })")
    p.open("?where=bed")
    tap(".pl-foot [data-value=let_go]")
    yield "released"
    tap("[data-value=checked]")
    yield "walk test"
    tap("[data-value=walks_fine]", "[data-value=warm]")
    yield "warm"
    tap("[data-value=done]")
    yield "end"
    tap("[data-act=again]", ".pl-foot [data-value=wrong]", "[data-value=chest_or_breath]")
    yield "emergency"


TOO_SMALL = """() => [...document.querySelectorAll(
        '#player button, #player summary, #player .row, #player .call, .pl-eyes button, .pl-leaving button')]
    .filter(e => e.checkVisibility() && !e.closest('[inert]'))
    .filter(e => e.getBoundingClientRect().height < 72)
    .map(e => `${e.outerHTML.slice(0, 90)} ${e.getBoundingClientRect().height}`)"""

TOO_PALE = """() => {
    const parts = color => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * x + .7152 * y + .0722 * z;
    };
    const behind = e => {
        for (; e; e = e.parentElement) {
            const c = parts(getComputedStyle(e).backgroundColor);
            if (c.length < 4 || c[3] === 1) return c;
        }
        return parts(getComputedStyle(document.body).backgroundColor);
    };
    const found = [];
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const e = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !e.checkVisibility({ visibilityProperty: true })) continue;
        if (e.closest("[inert], .visually-hidden, script, .in-words")) continue;
        const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        if (ratio < 7) found.push(`${walker.currentNode.data.trim().slice(0, 40)} ${ratio.toFixed(2)}`);
    }
    return found;
}"""


def test_every_state_is_large_dark_on_light_or_light_on_dark_and_axe_finds_nothing(
    player: Callable[..., Player],
) -> None:
    p = player(color_scheme="dark", viewport=SMALL, reduced_motion="reduce")
    faults: dict[str, list[str]] = {}
    for state in states(p):
        p.page.wait_for_timeout(200)
        found = Axe().run(p.page).response["violations"]
        faults[state] = [
            *(f"{x['id']}: {node['html'][:120]}" for x in found for node in x["nodes"][:3]),
            *p.page.evaluate(TOO_SMALL),
            *p.page.evaluate(TOO_PALE),
        ]
        # What depends on colours is looked at by day too.
        p.page.emulate_media(color_scheme="light")
        faults[state] += p.page.evaluate(TOO_PALE)
        p.page.emulate_media(color_scheme="dark")
    assert {state: found for state, found in faults.items() if found} == {}


OUT_OF_REACH = """() => [...document.querySelectorAll(
        '.pl-foot button, .pl-eyes button')]
    .filter(e => e.checkVisibility() && !e.closest('[inert]'))
    .filter(e => {
        const { left, right, top, bottom } = e.getBoundingClientRect();
        const cut = e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
        return left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1 || cut;
    })
    .map(e => e.textContent.trim())"""


@pytest.mark.parametrize("large", ["112.5%", "225%"], ids=["usual", "twice the size"])
def test_nothing_is_cut_off_and_the_buttons_stay_in_reach(player: Callable[..., Player], large: str) -> None:
    p = player(viewport=SMALL, reduced_motion="reduce")
    p.page.add_init_script(
        f"addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '{large}')"
    )
    faults: dict[str, list[str]] = {}
    for state in states(p):
        wide = p.page.evaluate("document.documentElement.scrollWidth")
        faults[state] = [*p.page.evaluate(OUT_OF_REACH), *([f"{wide} wide"] if wide > SMALL["width"] else [])]
    assert {state: found for state, found in faults.items() if found} == {}


@pytest.fixture
def pseudo_server() -> Iterator[str]:
    """The program in the test language: long words, from right to left."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(pseudo=True), "127.0.0.1", port, log_config=None))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        pass
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def test_in_a_language_of_long_words_from_right_to_left_all_words_fit(
    browser: Browser, pseudo_server: str
) -> None:
    settings: dict[str, Any] = {"viewport": SMALL, "reduced_motion": "reduce", **NO_WORKER}
    context = browser.new_context(**settings)
    p = Player(Visit(context.new_page(), pseudo_server))
    faults: dict[str, list[str]] = {}
    for state in states(p):
        wide = p.page.evaluate("document.documentElement.scrollWidth")
        said = p.page.locator("#player").inner_text()
        while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", " ", said)) != said:
            said = shorter
        faults[state] = [
            *p.page.evaluate(OUT_OF_REACH),
            *([f"{wide} wide"] if wide > SMALL["width"] else []),
            *re.findall(r"[^\W\d_]{2,}", said),
        ]
    context.close()
    assert {state: found for state, found in faults.items() if found} == {}
