"""What a phone keeps and sends: nothing is lost, nothing arrives twice, whatever breaks on the way."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error

from tests.e2e.conftest import Phone
from uncramp.diary.versions import Version, newest_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# A page without the player, so that only what the test writes is there.
QUIET = "/guide"

WRITE = """async n => {
    const { store } = uncramp;
    const ids = [];
    for (let i = 0; i < n; i += 1) {
        const time = new Date().toISOString();
        const bout = { start: time, end: null, released: false, techniques: [], answers: [] };
        const body = { muscle: "hamstring", side: "left", bouts: [bout] };
        const entry = { id: store.newId(), kind: "episode", start: time, end: null, offset_minutes: 60,
            origin: "phone", recorded: time, replaces: null, body };
        await store.putEntry(entry);
        ids.push(entry.id);
    }
    return ids;
}"""
FLUSH = "() => uncramp.store.flush()"
WAITING = "() => uncramp.store.waiting()"
PROBLEMS = "() => uncramp.store.problems()"
LISTEN = """() => {
    window.heard = [];
    const hear = what => ({ detail }) => heard.push([what, detail.why || detail.id]);
    for (const what of ["stored", "sent", "trouble"])
        document.addEventListener(`uncramp:${what}`, hear(what));
}"""
UNTIL_EMPTY = """async () => {
    for (let turn = 0; turn < 200 && await uncramp.store.waiting(); turn += 1)
        await new Promise(done => setTimeout(done, 50));
    return uncramp.store.waiting();
}"""


def without_locks(phone: Phone) -> None:
    """As over plain http, where there are no locks and no worker that could have some."""
    phone.context.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined });"
        "delete Navigator.prototype.serviceWorker;"
    )


def kill(page: Page) -> None:
    """The tab's process dies in the middle of whatever it does."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")


# ---- ids ----------------------------------------------------------------------------------------


def test_ids_are_of_version_7_of_now_and_rise_also_within_a_millisecond(phone: Phone) -> None:
    page = phone.tab(QUIET)
    before = datetime.now(UTC)
    ids = page.evaluate("() => Array.from({ length: 20000 }, () => uncramp.store.newId())")
    pattern = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(pattern.fullmatch(one) for one in ids)
    assert ids == sorted(set(ids))
    made = datetime.fromtimestamp(int(ids[0].replace("-", "")[:12], 16) / 1000, UTC)
    assert abs(made - before) < timedelta(seconds=5)


# ---- the walk -----------------------------------------------------------------------------------


def test_a_walk_survives_a_killed_tab(phone: Phone) -> None:
    page = phone.tab(QUIET)
    page.evaluate(
        "() => uncramp.store.saveWalk({ protocol: 'bed', answers: [{ choice: 'still', at: 12.5 }] })"
    )
    kill(page)
    page = phone.tab(QUIET)
    kept = page.evaluate("() => uncramp.store.loadWalk()")
    assert kept == {"protocol": "bed", "answers": [{"choice": "still", "at": 12.5}]}
    page.evaluate("() => uncramp.store.clearWalk()")
    page.reload()
    assert page.evaluate("() => uncramp.store.loadWalk()") is None


# ---- entries ------------------------------------------------------------------------------------


def test_the_newest_versions_are_those_of_the_diary_on_the_server(phone: Phone) -> None:
    page = phone.tab(QUIET)
    page.evaluate("() => { document.documentElement.dataset.mode = 'pocket'; }")
    chance = random.Random(20261122)
    for _ in range(60):
        versions = family(chance)
        page.evaluate("() => uncramp.store.forgetAll()")
        page.evaluate(
            """async written => {
                for (const entry of written) await uncramp.store.putEntry(entry);
            }""",
            [as_entry(version) for version in versions],
        )
        shown = {entry["id"] for entry in page.evaluate("() => uncramp.store.entries()")}
        assert shown == newest_of(versions), versions


def family(chance: random.Random) -> list[Version]:
    """Some versions, also of ones that have not come in, also in rings, also written at one moment."""
    names = [f"0{n}" for n in range(chance.randint(1, 7))]
    some_time = datetime(2026, 11, 22, 3, tzinfo=UTC)
    return [
        Version(
            name, some_time + timedelta(minutes=chance.randint(0, 3)), chance.choice([None, *names, "99"])
        )
        for name in names
    ]


def as_entry(version: Version) -> dict[str, Any]:
    moment = version.recorded.isoformat().replace("+00:00", "Z")
    return {"id": version.id, "start": moment, "recorded": moment, "replaces": version.replaces, "body": {}}


def test_the_same_entry_again_changes_nothing_and_another_under_its_id_is_refused(phone: Phone) -> None:
    page = phone.tab(QUIET)
    answers = page.evaluate(
        """async () => {
            const { store } = uncramp;
            document.documentElement.dataset.mode = "pocket";
            const start = "2026-11-22T03:00:00Z";
            const entry = { id: store.newId(), start, recorded: start, body: {} };
            await store.putEntry(entry);
            await store.putEntry(entry);
            const other = { ...entry, body: { side: "left" } };
            const answer = await store.putEntry(other).then(() => "taken", () => "refused");
            const kept = await store.entries();
            return [answer, kept.length, kept[0].body];
        }"""
    )
    assert answers == ["refused", 1, {}]


def test_the_export_has_every_version_in_the_form_of_the_interface(phone: Phone) -> None:
    page = phone.tab(QUIET)
    (first,) = page.evaluate(WRITE, 1)
    page.evaluate(
        """async before => {
            const [entry] = await uncramp.store.entries();
            const recorded = new Date(Date.now() + 1000).toISOString();
            await uncramp.store.putEntry({ ...entry, id: uncramp.store.newId(), replaces: before, recorded });
        }""",
        first,
    )
    export = page.evaluate("() => uncramp.store.exportEntries()")
    assert {key: export[key] for key in ("uncramp", "version")} == {"uncramp": "entries", "version": 1}
    assert [entry["replaces"] for entry in export["entries"]] == [None, first]
    assert set(export["entries"][0]) == {
        "id", "kind", "start", "end", "offset_minutes", "origin", "recorded", "replaces", "body"
    }  # fmt: skip
    assert len(page.evaluate("() => uncramp.store.entries()")) == 1


def test_without_a_server_nothing_waits_to_be_sent(phone: Phone) -> None:
    page = phone.tab(QUIET)
    page.evaluate("() => { document.documentElement.dataset.mode = 'pocket'; }")
    page.evaluate(WRITE, 2)
    assert page.evaluate(WAITING) == 0
    assert len(page.evaluate("() => uncramp.store.entries()")) == 2
    assert phone.far.diary.puts == []


def test_without_a_database_it_goes_on_in_memory_and_says_so(phone: Phone) -> None:
    phone.context.add_init_script("Object.defineProperty(self, 'indexedDB', { value: undefined });")
    page = phone.tab(QUIET)
    page.locator('[data-note="memory"]').wait_for()
    ids = page.evaluate(WRITE, 2)
    page.evaluate(UNTIL_EMPTY)
    assert set(phone.far.diary.rows) == set(ids)
    page.evaluate("() => uncramp.store.saveWalk({ step: 1 })")
    assert page.evaluate("() => uncramp.store.loadWalk()") == {"step": 1}


def test_a_full_disk_loses_nothing_while_the_page_is_open(phone: Phone) -> None:
    page = phone.installed(QUIET)
    page.evaluate(LISTEN)
    phone.cut_off()
    (before,) = page.evaluate(WRITE, 1)
    page.evaluate(
        """() => {
            const full = () => { throw new DOMException("full", "QuotaExceededError"); };
            IDBObjectStore.prototype.put = full;
        }"""
    )
    (after,) = page.evaluate(WRITE, 1)
    assert ["trouble", "full"] in page.evaluate("() => heard")
    assert page.evaluate(WAITING) == 2
    phone.back()
    page.evaluate(FLUSH)
    assert list(phone.far.diary.rows) == [before, after]


# ---- sending ------------------------------------------------------------------------------------


def test_an_entry_is_sent_at_once_in_the_form_of_the_interface(phone: Phone) -> None:
    page = phone.tab(QUIET)
    (entry,) = page.evaluate(WRITE, 1)
    assert page.evaluate(UNTIL_EMPTY) == 0
    assert phone.far.diary.puts == [entry]
    assert set(phone.far.diary.rows[entry]) == {
        "kind", "start", "end", "offset_minutes", "origin", "recorded", "replaces", "body"
    }  # fmt: skip
    assert phone.far.diary.origins == {"same-origin"}


def test_entries_written_offline_survive_a_reload_and_a_killed_tab_and_arrive_once(phone: Phone) -> None:
    page = phone.installed(QUIET)
    phone.cut_off()
    ids = page.evaluate(WRITE, 2)
    page.locator('[data-note="waiting"]').wait_for()
    page.reload()
    assert page.evaluate(WAITING) == 2
    kill(page)
    page = phone.tab(QUIET)
    assert page.evaluate(WAITING) == 2
    phone.back()
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    assert page.evaluate(UNTIL_EMPTY) == 0
    assert list(phone.far.diary.rows) == ids
    page.locator('[data-note="waiting"]').wait_for(state="hidden")


@pytest.mark.parametrize("mood", ["503 after", "drop after", "503", "drop", "429", "hotel", "500 after"])
def test_a_lost_answer_leads_neither_to_a_loss_nor_to_a_second_row(phone: Phone, mood: str) -> None:
    page = phone.tab(QUIET)
    page.evaluate("() => { window.fetchReal = fetch; window.fetch = () => Promise.reject(new TypeError()); }")
    ids = page.evaluate(WRITE, 2)
    page.evaluate(FLUSH)
    page.evaluate("() => { window.fetch = fetchReal; }")
    # More than once: Chromium by itself asks again where a line that it had kept open is cut.
    phone.far.diary.moods.extend([mood] * 9)
    assert page.evaluate(FLUSH)["waiting"] >= 1
    phone.far.diary.moods.clear()
    assert page.evaluate(FLUSH) == {"waiting": 0, "stopped": None}
    assert sorted(phone.far.diary.rows) == ids
    assert page.evaluate(PROBLEMS) == []


@pytest.mark.parametrize("locks", [True, False], ids=["locks", "lease"])
def test_three_tabs_that_send_at_once_make_one_row_each(phone: Phone, locks: bool) -> None:
    if not locks:
        without_locks(phone)
    tabs = [phone.installed(QUIET) if locks else phone.tab(QUIET), phone.tab(QUIET), phone.tab(QUIET)]
    assert tabs[0].evaluate("() => Boolean(navigator.locks)") is locks
    phone.cut_off()
    ids = tabs[0].evaluate(WRITE, 5)
    phone.back()
    phone.far.diary.moods.append("503 after")
    for tab in tabs:
        tab.evaluate("() => { for (let i = 0; i < 3; i += 1) uncramp.store.flush(); }")
    for _ in range(3):
        tabs[1].evaluate(FLUSH)
    assert tabs[2].evaluate(UNTIL_EMPTY) == 0
    assert list(phone.far.diary.rows) == ids
    # The one whose answer was lost came again; no other was sent by two at once.
    assert len(phone.far.diary.puts) <= 6


def test_what_another_body_has_under_its_id_is_kept_aside_and_shown(phone: Phone) -> None:
    page = phone.tab(QUIET)
    page.evaluate(LISTEN)
    phone.far.diary.moods.append("409")
    first, second = page.evaluate(WRITE, 2)
    assert page.evaluate(UNTIL_EMPTY) == 0
    assert list(phone.far.diary.rows) == [second]
    (problem,) = page.evaluate(PROBLEMS)
    assert (problem["id"], problem["status"]) == (first, 409)
    assert ["trouble", "conflict"] in page.evaluate("() => heard")
    page.locator('[data-note="aside"]').wait_for()
    page.evaluate(FLUSH)
    page.reload()
    page.locator('[data-note="aside"]').wait_for()
    assert phone.far.diary.puts == [first, second]
    assert len(page.evaluate("() => uncramp.store.entries()")) == 2


def test_what_was_refused_is_sent_again_only_when_asked_for(phone: Phone) -> None:
    page = phone.tab(QUIET)
    phone.far.diary.moods.append("422")
    (entry,) = page.evaluate(WRITE, 1)
    assert page.evaluate(UNTIL_EMPTY) == 0
    (problem,) = page.evaluate(PROBLEMS)
    assert problem["said"] == {"problems": ["kind: no such kind"]}
    page.evaluate("async id => { await uncramp.store.retry(id); await uncramp.store.flush(); }", entry)
    assert list(phone.far.diary.rows) == [entry]
    assert page.evaluate(PROBLEMS) == []


@pytest.mark.parametrize("mood", ["401", "sign in"])
def test_somebody_who_has_to_sign_in_keeps_everything_and_is_told(phone: Phone, mood: str) -> None:
    page = phone.tab(QUIET)
    page.evaluate(LISTEN)
    phone.far.diary.moods.extend([mood] * 9)
    ids = page.evaluate(WRITE, 3)
    assert page.evaluate(FLUSH) == {"waiting": 3, "stopped": "sign_in"}
    assert ["trouble", "sign_in"] in page.evaluate("() => heard")
    page.locator('[data-note="sign_in"]').wait_for()
    # A round stops at the first: it does not try the door with each of them.
    assert set(phone.far.diary.puts) == {ids[0]}
    phone.far.diary.moods.clear()
    assert page.evaluate(FLUSH) == {"waiting": 0, "stopped": None}
    assert list(phone.far.diary.rows) == ids


def test_an_entry_at_which_the_server_breaks_does_not_hold_up_the_others(phone: Phone) -> None:
    page = phone.tab(QUIET)
    page.evaluate("() => { window.fetchReal = fetch; window.fetch = () => Promise.reject(new TypeError()); }")
    bad, good = page.evaluate(WRITE, 2)
    page.evaluate(FLUSH)
    page.evaluate("() => { window.fetch = fetchReal; }")
    phone.far.diary.moods.append("500")
    assert page.evaluate(FLUSH) == {"waiting": 1, "stopped": None}
    assert list(phone.far.diary.rows) == [good]
    assert bad in phone.far.diary.puts


def test_the_worker_sends_what_waits_with_no_page_open(phone: Phone) -> None:
    page = phone.installed(QUIET)
    phone.cut_off()
    ids = page.evaluate(WRITE, 2)
    page.close()
    phone.back()
    other = phone.context.new_page()
    tools = phone.context.new_cdp_session(other)
    found: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(r["registrationId"] for r in told["registrations"] if not r["isDeleted"]),
    )
    tools.send("ServiceWorker.enable")
    other.wait_for_timeout(200)
    tools.send(
        "ServiceWorker.dispatchSyncEvent",
        {"origin": phone.far.address, "registrationId": found[0], "tag": "outbox", "lastChance": False},
    )
    for _ in range(100):
        if len(phone.far.diary.rows) == 2:
            break
        other.wait_for_timeout(50)
    assert phone.far.diary.puts == ids
    assert phone.tab(QUIET).evaluate(WAITING) == 0


def test_the_program_itself_takes_what_a_phone_sends(phone: Phone) -> None:
    phone.far.app.router.routes.pop(0)  # The diary that fails when it is told to.
    page = phone.installed(QUIET)
    phone.cut_off()
    ids = page.evaluate(WRITE, 2)
    phone.back()
    page.evaluate(FLUSH)
    assert page.evaluate(UNTIL_EMPTY) == 0
    assert page.evaluate(PROBLEMS) == []
    listed = page.evaluate("() => fetch('/api/v1/entries').then(r => r.json())")
    assert [entry["id"] for entry in listed["entries"] if entry["id"] in ids] == ids[::-1]


# ---- whose it is --------------------------------------------------------------------------------


def test_a_sign_out_leaves_nothing(phone: Phone) -> None:
    page = phone.installed(QUIET)
    phone.cut_off()
    page.evaluate(WRITE, 2)
    page.evaluate("() => uncramp.store.saveWalk({ step: 1 })")
    page.evaluate("() => uncramp.store.forgetAll()")
    phone.back()
    left = page.evaluate(
        """async () => {
            const { store } = uncramp;
            const { entries, waiting, loadWalk, problems } = store;
            return [await entries(), await waiting(), await loadWalk(), await problems()];
        }"""
    )
    assert left == [[], 0, None, []]
    page.evaluate(FLUSH)
    assert phone.far.diary.puts == []


def test_what_one_person_wrote_is_never_shown_or_sent_as_another_s(phone: Phone) -> None:
    page = phone.installed(QUIET)
    phone.cut_off()
    ids = page.evaluate(WRITE, 2)
    page.evaluate("() => uncramp.store.belongsTo('anna')")
    assert page.evaluate(WAITING) == 2
    page.evaluate("() => uncramp.store.saveWalk({ step: 1 })")
    page.evaluate("() => uncramp.store.belongsTo('ben')")
    phone.back()
    page.evaluate(FLUSH)
    assert phone.far.diary.puts == []
    assert page.evaluate("() => uncramp.store.entries()") == []
    assert page.evaluate("() => uncramp.store.loadWalk()") is None
    page.evaluate("() => uncramp.store.belongsTo('anna')")
    page.evaluate(FLUSH)
    assert list(phone.far.diary.rows) == ids
