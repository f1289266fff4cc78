"""Counts of nights and cramps: what they add up to, and what never changes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diary.entries import an_entry, uuid
from uncramp.core.counts import by_hour, by_place, by_side, monday, span, weeks, years
from uncramp.core.nights import nights
from uncramp.model import Entry, EntryKind

FIRST, LAST = date(2024, 2, 5), date(2024, 4, 28)
"""Twelve weeks with a leap day, and the night in which the clocks of Europe go forward."""
BEGIN = datetime(2024, 2, 1, tzinfo=UTC)


def cramp(number: int, minutes: int, offset: int, **said: object) -> Entry:
    body = {"muscle": "calf", "side": "left", "bouts": [], "asleep": True, **said}
    start = BEGIN + timedelta(minutes=minutes)
    return an_entry("me", number, start=start, offset_minutes=offset, body=body)


def note(number: int, day: int, word: str) -> Entry:
    night = FIRST + timedelta(days=day)
    body = {"night": night.isoformat(), "word": word}
    return an_entry("me", number, kind=EntryKind.DAY_NOTE, body=body, minutes=number)


OFFSETS = st.sampled_from((-720, -300, 0, 60, 120, 345, 840))
CRAMPS = st.builds(
    cramp,
    number=st.integers(1, 10**6),
    minutes=st.integers(0, 90 * 24 * 60),
    offset=OFFSETS,
    side=st.sampled_from(("left", "right", "both", None)),
    muscle=st.sampled_from(("calf", "hamstring", "foot")),
    asleep=st.sampled_from((True, False, None)),
    timed=st.sampled_from((True, False, None)),
)
NOTES = st.builds(note, st.integers(1, 10**6), st.integers(0, 83), st.sampled_from(("quiet", "cramp")))
CALM = settings(deadline=None)
"""A machine that has much to do is no fault."""
DIARIES = st.lists(st.one_of(CRAMPS, NOTES), max_size=40)


@CALM
@given(DIARIES)
def test_every_night_is_counted_once_and_the_weeks_add_up_to_the_whole(diary: list[Entry]) -> None:
    found = nights(diary, FIRST, LAST)
    whole, parts = span(found), weeks(found)
    assert whole.nights == 84
    assert [part.nights for part in parts] == [7] * 12
    assert all(part.first == monday(part.first) for part in parts)
    for name in ("cramp", "quiet", "unknown", "known"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
        assert sum(getattr(part, name) for part in years(found)) == getattr(whole, name)


@CALM
@given(DIARIES)
def test_hours_sides_and_places_each_count_every_cramp_once(diary: list[Entry]) -> None:
    found = nights(diary, FIRST, LAST)
    cramps = sum(len(night.episodes) for night in found)
    assert by_hour(found).all == by_side(found).all == by_place(found).all == cramps
    untimed = sum(one.body["timed"] is False for night in found for one in night.episodes)
    assert by_hour(found).unknown == untimed


@CALM
@given(DIARIES, st.integers(0, 83))
def test_one_more_quiet_note_never_changes_the_cramps(diary: list[Entry], day: int) -> None:
    diary = [one for one in diary if one.body.get("word") != "cramp"]
    before = nights(diary, FIRST, LAST)
    after = nights([*diary, note(10**7, day, "quiet")], FIRST, LAST)
    assert span(after).cramp == span(before).cramp
    assert span(after).unknown <= span(before).unknown
    assert by_hour(after) == by_hour(before)


@CALM
@given(DIARIES)
def test_no_word_is_never_taken_for_quiet(diary: list[Entry]) -> None:
    quiet = {one.body["night"] for one in diary if one.body.get("word") == "quiet"}
    assert span(nights(diary, FIRST, LAST)).quiet <= len(quiet)
    assert span(nights([], FIRST, LAST)).unknown == 84


@CALM
@given(st.integers(0, 80 * 24 * 60), OFFSETS)
def test_the_hour_is_that_of_the_clock_of_the_place(minutes: int, offset: int) -> None:
    one = cramp(1, minutes, offset)
    wall = BEGIN + timedelta(minutes=minutes + offset)
    found = by_hour(nights([one], date(2024, 1, 1), date(2024, 5, 31)))
    assert {hour: many for hour, many in found.counts.items() if many} == {str(wall.hour): 1}


def test_the_hour_that_comes_twice_when_clocks_go_back_is_counted_twice() -> None:
    # 27 October 2024 in Berlin: half past two was at 00:30 and again at 01:30 UTC.
    start = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    body: dict[str, object] = {"muscle": "calf", "side": None, "bouts": [], "asleep": True}
    first = an_entry("me", 1, start=start, offset_minutes=120, body=body)
    second = an_entry("me", 2, start=start + timedelta(hours=1), offset_minutes=60, body=body)
    [night] = found = nights([first, second], date(2024, 10, 26), date(2024, 10, 26))
    assert [one.id for one in night.episodes] == [uuid(1), uuid(2)]
    assert by_hour(found).counts["2"] == 2
    assert span(found).cramp == 1


def test_a_week_with_two_known_nights_says_that_they_are_too_few() -> None:
    two = weeks(nights([note(1, 0, "quiet"), note(2, 1, "cramp")], FIRST, FIRST + timedelta(days=6)))
    three = weeks(nights([note(n, n, "quiet") for n in range(3)], FIRST, FIRST + timedelta(days=6)))
    assert [week.enough for week in (*two, *three)] == [False, True]


def test_places_come_with_the_most_frequent_first() -> None:
    some = [cramp(n, n * 1440 + 120, 0, muscle="foot" if n < 3 else "calf") for n in range(5, 12)]
    some += [cramp(n, n * 1440 + 120, 0, muscle="foot") for n in range(20, 22)]
    found = by_place(nights(some, date(2024, 1, 31), LAST))
    assert list(found.counts.items()) == [("calf", 7), ("foot", 2)]
