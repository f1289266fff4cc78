"""What a person chose to be reminded of, the feed, and the address that rings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from icalendar import Calendar

from uncramp.actions import doors, reminders
from uncramp.actions.check import Refused
from uncramp.actions.home import close_diaries, diary, owner
from uncramp.actions.log import log
from uncramp.actions.push import NotDelivered
from uncramp.actions.reminders import Chosen
from uncramp.core.reminders import Pause, Reminders, Ring
from uncramp.diary.choices import choose
from uncramp.diary.connection import Diary
from uncramp.diary.people import add_person
from uncramp.diary.schema import token as token_table

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
"""Half past nine in the evening in Berlin, a Sunday."""
ZONE = "Europe/Berlin"
TOPIC = "https://ntfy.example.org/topic"
EVERY_DAY = [str(day) for day in range(7)]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Diary]:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    yield diary()
    close_diaries()


@pytest.fixture
def me(opened: Diary) -> str:  # noqa: ARG001
    return owner(NOW)


@pytest.fixture
def rang(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was pushed."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(reminders, "push", lambda address, words: found.append((address, words)))
    return found


def form(**fields: str | list[str]) -> Mapping[str, list[str]]:
    said: dict[str, str | list[str]] = {"evening": "21:30", "day": EVERY_DAY, "zone": ZONE, **fields}
    return {name: value if isinstance(value, list) else [value] for name, value in said.items()}


def test_what_was_chosen_is_kept_as_it_was(opened: Diary, me: str) -> None:
    assert reminders.chosen(opened, me) == Chosen()
    made = reminders.keep(
        opened,
        me,
        form(
            evening="22:00",
            morning="07:45:00",
            day=["0", "2"],
            quiet_from="23:00",
            quiet_to="06:00",
            pause="dates",
            pause_from="2026-12-24",
            pause_to="2027-01-02",
            push=TOPIC,
        ),
        NOW,
    )
    assert made == reminders.chosen(opened, me)
    assert made.reminders == Reminders(
        time(22),
        time(7, 45),
        frozenset({0, 2}),
        (time(23), time(6)),
        Pause(date(2026, 12, 24), date(2027, 1, 2)),
    )
    assert (made.push, made.zone) == (TOPIC, ZONE)


def test_a_pause_until_it_is_ended_begins_when_it_was_chosen_and_stays_that_old(
    opened: Diary, me: str
) -> None:
    reminders.keep(opened, me, form(pause="now"), NOW)
    reminders.keep(opened, me, form(pause="now"), NOW + timedelta(days=9))
    assert reminders.chosen(opened, me).reminders.pause == Pause(date(2026, 11, 22))
    reminders.keep(opened, me, form(pause="no"), NOW + timedelta(days=9))
    assert reminders.chosen(opened, me).reminders.pause is None


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"evening": "soon"}, "evening"),
        ({"morning": "24:00"}, "morning"),
        ({"day": []}, "days"),
        ({"quiet_from": "22:00"}, "quiet_to"),
        ({"quiet_to": "22:00"}, "quiet_from"),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, "quiet_to"),
        ({"quiet_from": "21:00", "quiet_to": "06:00"}, "evening"),
        ({"pause": "dates", "pause_from": "2026-12-01"}, "pause_to"),
        ({"pause": "dates", "pause_from": "2026-12-02", "pause_to": "2026-12-01"}, "pause_to"),
        ({"pause": "dates", "pause_from": "2026-12-02", "pause_to": "2028-12-02"}, "pause_to"),
        ({"pause": "dates", "pause_from": "never", "pause_to": "2026-12-01"}, "pause_from"),
        ({"push": "http://example.org/topic"}, "push"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field_and_nothing_is_kept(
    opened: Diary, me: str, fields: dict[str, Any], place: str
) -> None:
    with pytest.raises(Refused) as refused:
        reminders.keep(opened, me, form(**fields), NOW)
    assert [one.partition(":")[0] for one in refused.value.problems] == [place]
    assert reminders.chosen(opened, me) == Chosen()


# ---- the feed ------------------------------------------------------------------------------------


def events(opened: Diary, token: str) -> list[Any]:
    found = reminders.feed_at(opened, token, NOW)
    assert found is not None
    return Calendar.from_ical(found).walk("VEVENT")


def test_the_feed_rings_when_it_was_chosen(opened: Diary, me: str) -> None:
    token = reminders.new_address(opened, me, NOW)
    assert events(opened, token) == []
    reminders.keep(opened, me, form(morning="08:00", day=["0"]), NOW)
    evening, morning = events(opened, token)
    assert evening.decoded("DTSTART").isoformat() == "2026-11-23T21:30:00"
    assert morning.decoded("DTSTART").isoformat() == "2026-11-23T08:00:00"
    assert evening["UID"] != morning["UID"]


def test_a_change_keeps_the_names_of_the_events(opened: Diary, me: str) -> None:
    token = reminders.new_address(opened, me, NOW)
    reminders.keep(opened, me, form(), NOW)
    (before,) = events(opened, token)
    reminders.keep(opened, me, form(evening="22:15"), NOW + timedelta(days=3))
    (after,) = events(opened, token)
    assert before["UID"] == after["UID"]
    assert before["DTSTAMP"].dt < after["DTSTAMP"].dt


def test_the_feed_honours_a_pause(opened: Diary, me: str) -> None:
    token = reminders.new_address(opened, me, NOW)
    reminders.keep(opened, me, form(pause="now"), NOW)
    assert events(opened, token) == []
    pause = {"pause": "dates", "pause_from": "2026-11-24", "pause_to": "2026-11-26"}
    reminders.keep(opened, me, form(**pause, day=["1", "2"]), NOW)
    (found,) = events(opened, token)
    assert [one.dt.isoformat()[:10] for one in found["EXDATE"].dts] == ["2026-11-24", "2026-11-25"]


def test_nothing_in_the_feed_says_whose_it_is_or_of_what(opened: Diary, me: str) -> None:
    ann = add_person(opened, "Ann Example", NOW)
    reminders.keep(opened, ann, form(morning="08:00", push=TOPIC), NOW)
    log(opened, ann, {"what": "cramp", "side": "left", "note": "the note"}, NOW, "page")
    raw = reminders.feed_at(opened, reminders.new_address(opened, ann, NOW), NOW)
    assert raw is not None
    text = raw.decode().replace("\r\n ", "").casefold()
    for word in (
        "cramp",
        "ann",
        "example",
        "muscle",
        "hamstring",
        "diary",
        "note",
        "ntfy",
        ann,
        me,
        "health",
    ):
        assert word not in text, word


def test_only_the_hash_of_the_address_is_kept(opened: Diary, me: str) -> None:
    token = reminders.new_address(opened, me, NOW)
    with opened.read() as connection:
        (row,) = connection.execute(token_table.select()).all()
    assert row.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(row)


def test_a_new_address_ends_the_old_one_and_one_can_be_ended(opened: Diary, me: str) -> None:
    old = reminders.new_address(opened, me, NOW)
    new = reminders.new_address(opened, me, NOW)
    assert reminders.feed_at(opened, old, NOW) is None
    assert reminders.feed_at(opened, new, NOW) is not None
    reminders.end_address(opened, me)
    assert reminders.feed_at(opened, new, NOW) is None
    assert reminders.address_of(opened, me) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "ü" * 43, "../" * 14 + "x"])
def test_a_wrong_address_leads_nowhere(opened: Diary, me: str, token: str) -> None:
    reminders.new_address(opened, me, NOW)
    assert reminders.feed_at(opened, token, NOW) is None


def test_a_token_that_may_add_opens_no_feed(opened: Diary, me: str) -> None:
    from uncramp.actions import tokens

    made = tokens.new(me, "watch", NOW)
    assert reminders.feed_at(opened, made, NOW) is None
    assert reminders.feed_at(opened, made.removeprefix(tokens.BEGINS), NOW) is None
    assert tokens.owner_of(reminders.new_address(opened, me, NOW), NOW) is None


# ---- ringing -------------------------------------------------------------------------------------


def test_it_rings_once_in_the_evening_with_neutral_words(
    opened: Diary, me: str, rang: list[tuple[str, str]]
) -> None:
    reminders.keep(opened, me, form(push=TOPIC), NOW)
    reminders.ring_due(NOW - MINUTE)
    assert rang == []
    for minute in range(5):
        reminders.ring_due(NOW + minute * MINUTE)
    assert rang == [(TOPIC, "Tonight: five seconds")]
    reminders.ring_due(NOW + timedelta(days=1))
    assert len(rang) == 2


def test_it_does_not_ring_when_the_evening_is_written(
    opened: Diary, me: str, rang: list[tuple[str, str]]
) -> None:
    reminders.keep(opened, me, form(push=TOPIC), NOW)
    here = reminders.chosen(opened, me).wall(NOW)
    for exposure, value in (("hard_exercise", False), ("alcohol", 0), ("poor_sleep", True)):
        log(opened, me, {"what": "exposure", "exposure": exposure, "value": value}, here, "page")
    reminders.ring_due(NOW)
    assert rang == []


def test_the_morning_rings_only_while_the_night_is_unknown(
    opened: Diary, me: str, rang: list[tuple[str, str]]
) -> None:
    reminders.keep(opened, me, form(evening="", morning="08:00", push=TOPIC), NOW)
    morning = NOW.replace(day=23, hour=7, minute=0)
    reminders.ring_due(morning)
    assert rang == [(TOPIC, "Last night: five seconds")]
    next_one = morning + timedelta(days=1)
    log(opened, me, {"what": "quiet"}, reminders.chosen(opened, me).wall(next_one), "page")
    reminders.ring_due(next_one)
    assert len(rang) == 1


def test_each_person_rings_by_their_own_clock_and_address(
    opened: Diary, me: str, rang: list[tuple[str, str]]
) -> None:
    ann = add_person(opened, "Ann", NOW)
    reminders.keep(opened, me, form(push=TOPIC), NOW)
    reminders.keep(opened, ann, form(push=f"{TOPIC}-ann", zone="America/New_York"), NOW)
    reminders.ring_due(NOW)
    assert rang == [(TOPIC, WORDS)]
    reminders.ring_due(NOW + timedelta(hours=6))
    assert rang[1:] == [(f"{TOPIC}-ann", WORDS)]


WORDS = reminders.WORDS[Ring.EVENING]


def test_of_two_servers_at_one_diary_only_one_rings(
    opened: Diary, me: str, rang: list[tuple[str, str]]
) -> None:
    reminders.keep(opened, me, form(push=TOPIC), NOW)
    both = [Thread(target=reminders.ring_due, args=(NOW,)) for _ in range(6)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(rang) == 1


def test_without_an_address_nothing_is_sent(opened: Diary, me: str, rang: list[tuple[str, str]]) -> None:
    reminders.keep(opened, me, form(), NOW)
    reminders.ring_due(NOW)
    assert rang == []


def test_one_that_fails_is_said_and_neither_repeated_nor_in_the_way_of_others(
    opened: Diary, me: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = add_person(opened, "Ann", NOW)
    tried: list[str] = []

    def push(address: str, _words: str) -> None:
        tried.append(address)
        if address == TOPIC:
            raise NotDelivered("it cannot be reached.")

    monkeypatch.setattr(reminders, "push", push)
    reminders.keep(opened, me, form(push=TOPIC), NOW)
    reminders.keep(opened, ann, form(push=f"{TOPIC}-ann"), NOW)
    for minute in range(3):
        reminders.ring_due(NOW + minute * MINUTE)
    assert sorted(tried) == [TOPIC, f"{TOPIC}-ann"]
    assert reminders.last_fault(opened, me) == "it cannot be reached."
    assert reminders.last_fault(opened, ann) == ""


def test_behind_a_sign_in_why_it_did_not_get_there_stands_in_the_log_alone(
    opened: Diary, me: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def push(_address: str, _words: str) -> None:
        raise NotDelivered("192.168.1.20 cannot be reached (Connection refused).")

    monkeypatch.setattr(reminders, "push", push)
    monkeypatch.setenv(doors.VARIABLE, "")
    doors.tell_the_pages(doors.phone_doors(["pi.local"]))
    assert "refused" not in reminders.ring_once(opened, me, TOPIC)
    assert "refused" not in reminders.last_fault(opened, me)
    assert reminders.last_fault(opened, me)
    assert "Connection refused" in caplog.text


@pytest.mark.parametrize("key", [reminders.KEY, reminders.SENT])
def test_what_cannot_be_read_of_one_person_does_not_silence_the_others(
    opened: Diary, me: str, rang: list[tuple[str, str]], key: str, caplog: pytest.LogCaptureFixture
) -> None:
    ann = add_person(opened, "Ann", NOW)
    for person in (me, ann):
        reminders.keep(opened, person, form(push=f"{TOPIC}-{person}"), NOW)
    choose(opened, me, key, '"secret"')
    reminders.ring_due(NOW)
    assert rang == [(f"{TOPIC}-{ann}", WORDS)]
    assert "cannot be used" in caplog.text
    assert "secret" not in caplog.text
