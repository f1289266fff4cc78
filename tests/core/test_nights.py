"""Which night a cramp belongs to, and what is known of each night."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.core.nights import Word, day_of, local, night_of, nights
from uncramp.model import Entry, EntryKind

SATURDAY = date(2026, 11, 21)
ALL_TIMES = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2080-01-01")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def entry(kind: EntryKind, start: datetime, number: int = 1, offset: int = 0, **body: object) -> Entry:
    return Entry(
        id=f"00000000-0000-7000-8000-{number:012}",
        person="p",
        kind=kind,
        start=start,
        end=None,
        offset_minutes=offset,
        body=body,
        origin="test",
        recorded=start + timedelta(days=30, seconds=number),
    )


def cramp(at: str, number: int = 1, zone: str = "UTC", asleep: bool | None = True) -> Entry:
    there = wall(at).replace(tzinfo=ZoneInfo(zone))
    shift = there.utcoffset() or timedelta()
    offset = int(shift.total_seconds() // 60)
    return entry(EntryKind.EPISODE, there.astimezone(UTC), number, offset, asleep=asleep)


def note(night: date, word: str, number: int = 1) -> Entry:
    start = datetime(night.year, night.month, night.day, 22, tzinfo=UTC)
    return entry(EntryKind.DAY_NOTE, start, number, night=night.isoformat(), word=word)


@pytest.mark.parametrize(
    ("at", "asleep", "night"),
    [
        ("2026-11-21T23:30", True, "2026-11-21"),
        ("2026-11-22T00:00", True, "2026-11-21"),
        ("2026-11-22T03:10", True, "2026-11-21"),
        ("2026-11-22T06:30", True, "2026-11-21"),
        ("2026-11-22T09:45", True, "2026-11-21"),
        ("2026-11-22T14:00", True, "2026-11-22"),
        ("2026-11-22T01:30", False, "2026-11-21"),
        ("2026-11-22T05:00", False, "2026-11-22"),
        ("2026-11-22T13:00", False, "2026-11-22"),
        ("2026-11-22T03:59", None, "2026-11-21"),
        ("2026-11-22T06:59", None, "2026-11-21"),
        ("2026-11-22T07:00", None, "2026-11-22"),
        ("2024-03-01T02:00", True, "2024-02-29"),
        ("2024-03-01T02:00", False, "2024-02-29"),
        ("2027-01-01T03:00", True, "2026-12-31"),
    ],
)
def test_a_cramp_out_of_sleep_belongs_to_the_day_before_the_waking(
    at: str, asleep: bool | None, night: str
) -> None:
    assert night_of(wall(at), asleep) == date.fromisoformat(night)


def test_somebody_who_works_at_night_can_have_the_day_change_at_noon() -> None:
    # Home at seven, in bed from eight: the cramp at ten belongs to the day that began with yesterday's shift.
    assert night_of(wall("2026-11-22T10:00"), asleep=True, change=12) == SATURDAY
    assert day_of(wall("2026-11-22T02:00"), change=12) == SATURDAY
    assert day_of(wall("2026-11-22T12:00"), change=12) == date(2026, 11, 22)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_both_nights_in_which_the_clock_is_changed_keep_their_cramps(zone: str) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    clock = ZoneInfo(zone)

    def at(day: date, hour: int) -> timedelta | None:
        return datetime(day.year, day.month, day.day, hour, tzinfo=clock).utcoffset()

    changes = [day for day in days if at(day, 0) != at(day, 12)]
    assert len(changes) == 2
    for day in changes:
        for number, hour in enumerate((0, 1, 3, 6), 1):
            [found] = nights([cramp(f"{day}T{hour:02}:30", number, zone)], day, day)
            assert not found.episodes
            before = day - timedelta(days=1)
            [found] = nights([cramp(f"{day}T{hour:02}:30", number, zone)], before, before)
            assert found.word is Word.CRAMP


def test_a_flight_moves_no_cramp_into_another_night() -> None:
    east = [cramp("2026-05-10T02:00", 1, "America/New_York"), cramp("2026-05-11T02:00", 2, "Europe/Berlin")]
    west = [cramp("2026-05-20T02:00", 3, "Europe/Berlin"), cramp("2026-05-21T02:00", 4, "America/New_York")]
    found = nights(east + west, date(2026, 5, 9), date(2026, 5, 20))
    assert [night.date.day for night in found if night.word is Word.CRAMP] == [9, 10, 19, 20]


def test_a_night_that_nobody_wrote_of_is_unknown_and_not_quiet() -> None:
    found = nights([note(SATURDAY, "quiet")], SATURDAY, SATURDAY + timedelta(days=1))
    assert [night.word for night in found] == [Word.QUIET, None]


def test_any_cramp_makes_a_night_one_with_cramps_whatever_a_note_says() -> None:
    both = [note(SATURDAY, "quiet", 9), cramp("2026-11-22T03:00")]
    [night] = nights(both, SATURDAY, SATURDAY)
    assert (night.word, len(night.episodes), night.note) == (Word.CRAMP, 1, both[0])


def test_of_two_notes_the_one_recorded_later_holds() -> None:
    for order in ([1, 2], [2, 1]):
        written = [note(SATURDAY, "quiet" if n == 2 else "cramp", n) for n in order]
        [night] = nights(written, SATURDAY, SATURDAY)
        assert night.word is Word.QUIET


def test_what_was_taken_away_counts_for_nothing() -> None:
    gone = entry(EntryKind.EPISODE, datetime(2026, 11, 22, 3, tzinfo=UTC), deleted=True)
    [night] = nights([gone], SATURDAY, SATURDAY)
    assert night.word is None


@given(st.datetimes(*ALL_TIMES), st.sampled_from([True, False, None]))
def test_a_cramp_belongs_to_its_own_day_or_the_one_before(at: datetime, asleep: bool | None) -> None:
    assert at.date() - night_of(at, asleep) in (timedelta(), timedelta(days=1))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["quiet", "cramp", "episode"])), max_size=12),
    st.randoms(),
)
def test_the_order_of_entries_does_not_matter(written: list[tuple[int, str]], chance: random.Random) -> None:
    entries = [
        cramp(f"{SATURDAY + timedelta(days=d + 1)}T03:00", n)
        if word == "episode"
        else note(SATURDAY + timedelta(days=d), word, n)
        for n, (d, word) in enumerate(written)
    ]
    last = SATURDAY + timedelta(days=9)
    expected = nights(entries, SATURDAY, last)
    chance.shuffle(entries)
    assert nights(entries, SATURDAY, last) == expected
    known = {d for d, _ in written}
    assert {(night.date - SATURDAY).days for night in expected if night.word} == known


@given(st.datetimes(*ALL_TIMES), st.integers(-840, 840))
def test_the_clock_on_the_wall_is_that_of_the_place(at: datetime, offset: int) -> None:
    assert local(at.replace(tzinfo=UTC), offset) - at == timedelta(minutes=offset)
