"""When a reminder rings."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.core.reminders import LATE, Pause, Reminders, Ring, due, in_hours

BERLIN = ZoneInfo("Europe/Berlin")
EVENING, MORNING = Ring.EVENING, Ring.MORNING
DAY = date(2026, 11, 22)
"""A Sunday."""
CHOSEN = Reminders(evening=time(21, 30), morning=time(8))


def at(hour: int, minute: int = 0, day: date = DAY, fold: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), BERLIN).replace(fold=fold)


def test_it_rings_at_its_hour_and_for_its_day() -> None:
    assert due(CHOSEN, {}, (), at(21, 29)) == {}
    assert due(CHOSEN, {}, (), at(21, 30)) == {EVENING: DAY}
    assert due(CHOSEN, {}, (), at(8)) == {MORNING: DAY}


def test_nothing_chosen_rings_nothing() -> None:
    assert due(Reminders(), {}, (), at(21, 30)) == {}


def test_it_rings_once_a_day_and_kind() -> None:
    assert due(CHOSEN, {EVENING: DAY}, (), at(21, 31)) == {}
    assert due(CHOSEN, {MORNING: DAY}, (), at(21, 31)) == {EVENING: DAY}
    assert due(CHOSEN, {EVENING: DAY - timedelta(1)}, (), at(21, 31)) == {EVENING: DAY}


def test_what_is_written_already_rings_nothing() -> None:
    assert due(CHOSEN, {}, {EVENING}, at(21, 30)) == {}
    assert due(CHOSEN, {}, {MORNING}, at(21, 30)) == {EVENING: DAY}


def test_what_the_machine_slept_through_is_made_up_for_two_hours() -> None:
    assert due(CHOSEN, {}, (), at(23, 30)) == {EVENING: DAY}
    assert due(CHOSEN, {}, (), at(23, 31)) == {}


def test_what_was_missed_before_midnight_is_made_up_after_it_for_its_own_day() -> None:
    late = Reminders(evening=time(23, 30))
    assert due(late, {}, (), at(0, 20)) == {EVENING: DAY - timedelta(1)}
    assert due(late, {EVENING: DAY - timedelta(1)}, (), at(0, 20)) == {}


def test_a_clock_that_is_put_back_rings_nothing_twice() -> None:
    assert due(CHOSEN, {EVENING: DAY}, (), at(21, 30, DAY - timedelta(1))) == {}


def test_a_clock_that_jumps_ahead_rings_for_the_day_on_which_it_lands() -> None:
    ahead = DAY + timedelta(400)
    assert due(CHOSEN, {EVENING: DAY}, (), at(21, 40, ahead)) == {EVENING: ahead}


def test_only_on_the_chosen_days() -> None:
    weekdays = Reminders(evening=time(21, 30), days=frozenset(range(5)))
    assert due(weekdays, {}, (), at(21, 30)) == {}
    assert due(weekdays, {}, (), at(21, 30, DAY + timedelta(1))) == {EVENING: DAY + timedelta(1)}


def test_nothing_rings_in_quiet_hours_not_even_what_was_missed() -> None:
    chosen = Reminders(evening=time(21, 30), quiet=(time(22), time(7)))
    assert due(chosen, {}, (), at(21, 59)) == {EVENING: DAY}
    assert due(chosen, {}, (), at(22, 0)) == {}


@pytest.mark.parametrize(
    ("hour", "within"), [(21, False), (22, True), (23, True), (0, True), (6, True), (7, False)]
)
def test_quiet_hours_go_over_midnight(hour: int, within: bool) -> None:
    assert in_hours(time(hour), (time(22), time(7))) is within
    assert not in_hours(time(hour), None)


def test_a_pause_holds_from_its_first_to_its_last_day_or_until_it_is_ended() -> None:
    week = Reminders(evening=time(21, 30), pause=Pause(DAY, DAY + timedelta(6)))
    rings = [bool(due(week, {}, (), at(21, 30, DAY + timedelta(n)))) for n in (-1, 0, 6, 7)]
    assert rings == [True, False, False, True]
    ended = Reminders(evening=time(21, 30), pause=Pause(DAY))
    assert [bool(due(ended, {}, (), at(21, 30, DAY + timedelta(n)))) for n in (-1, 0, 500)] == [
        True, False, False,
    ]  # fmt: skip


def test_what_was_missed_on_the_day_before_a_pause_does_not_ring_in_it() -> None:
    chosen = Reminders(evening=time(23, 30), pause=Pause(DAY))
    assert due(chosen, {}, (), at(0, 10)) == {}


def test_an_hour_that_the_clocks_leave_out_rings_when_they_have_moved_on() -> None:
    spring = date(2026, 3, 29)
    chosen = Reminders(evening=time(2, 30))
    assert due(chosen, {}, (), at(1, 59, spring)) == {}
    assert due(chosen, {}, (), at(3, 30, spring)) == {EVENING: spring}


def test_an_hour_that_comes_twice_rings_at_the_first() -> None:
    autumn = date(2026, 10, 25)
    chosen = Reminders(evening=time(2, 30))
    assert due(chosen, {}, (), at(2, 30, autumn)) == {EVENING: autumn}
    assert due(chosen, {EVENING: autumn}, (), at(2, 30, autumn, fold=1)) == {}


def test_two_hours_are_two_real_hours_also_when_the_clocks_are_put_back() -> None:
    autumn = date(2026, 10, 25)
    chosen = Reminders(evening=time(1, 30))
    assert due(chosen, {}, (), at(2, 30, autumn, fold=1)) == {EVENING: autumn}
    assert due(chosen, {}, (), at(3, 0, autumn)) == {}


@given(
    start=st.integers(0, 366 * 24 * 60),
    steps=st.lists(st.integers(-3000, 3000), max_size=60),
    evening=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
)
def test_however_the_clock_jumps_it_rings_at_most_once_a_day_and_never_late(
    start: int, steps: list[int], evening: time
) -> None:
    chosen = Reminders(evening=evening)
    sent: dict[Ring, date] = {}
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    rang = []
    for step in steps:
        here = now.astimezone(BERLIN)
        for ring, day in due(chosen, sent, (), here).items():
            rang.append(day)
            sent[ring] = day
            late = now - datetime.combine(day, evening, BERLIN).astimezone(UTC)
            assert timedelta() <= late <= LATE
        now += timedelta(minutes=step)
    assert len(rang) == len(set(rang))
