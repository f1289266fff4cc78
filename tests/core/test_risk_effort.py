"""The effort table: a row a bout of exercise, its history in its columns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.core.diary import columns, cramp, did, holds, quiet, ran, said
from uncramp.core.risk import RiskTable
from uncramp.core.risk_days import written
from uncramp.core.risk_effort import effort_table
from uncramp.model import Entry

COLUMNS = columns("effort")


def table(entries: Iterable[Entry]) -> RiskTable:
    return effort_table(written(entries), COLUMNS)


def column(found: RiskTable, name: str) -> list[float | None]:
    """The column, with `None` for unknown."""
    k = [one.id for one in found.columns].index(name)
    return [None if math.isnan(value) else float(value) for value in found.values[:, k]]


def minutes(found: RiskTable) -> list[float]:
    assert found.minutes is not None
    return [float(value) for value in found.minutes]


def test_each_bout_has_a_row_and_a_day_may_have_several() -> None:
    found = table([ran("2026-11-16T18:00", 40), ran("2026-11-16T08:00", 20), quiet("2026-11-16")])
    assert minutes(found) == [20, 40]
    assert found.cramps.tolist() == [0, 0]
    assert len(set(found.dates)) == 1
    assert found.outcome == "effort"
    assert all(one.lags == (0,) and one.summed == () for one in found.columns)


def test_no_bout_makes_an_empty_table() -> None:
    assert table([quiet("2026-11-16")]).values.shape == (0, len(COLUMNS))


def test_a_cramp_at_rest_is_none_of_a_bout() -> None:
    assert table([ran("2026-11-16T18:00"), cramp("2026-11-16T21:00", asleep=False)]).cramps.tolist() == [0]


def test_a_bout_in_which_it_cramped_is_cut_at_the_first_cramp() -> None:
    run = ran("2026-11-16T18:00", 60, hot=True)
    cramps = [cramp(f"2026-11-16T18:{m}", asleep=False, effort=run.id) for m in (45, 50)]
    found = table([run, *cramps])
    assert minutes(found) == [45, 15]
    assert found.cramps.tolist() == [1, 1]
    assert column(found, "earlier_cramp") == [0, 1]
    assert column(found, "heat") == [1, 1]


def test_a_cramp_while_running_belongs_to_the_bout_that_it_lies_in() -> None:
    run = ran("2026-11-16T23:30", 60)
    assert table([run, cramp("2026-11-17T00:10", asleep=False, doing="running")]).cramps.sum() == 1
    assert table([run, cramp("2026-11-17T08:10", asleep=False, doing="running")]).cramps.sum() == 0


def test_a_bout_whose_cramps_have_no_hour_keeps_one_row() -> None:
    run = ran("2026-11-16T18:00", 60)
    once = cramp("2026-11-16T18:30", asleep=False, effort=run.id, timed=False)
    twice = replace(once, id="another")
    assert column(table([run, once]), "earlier_cramp") == [0]
    found = table([run, once, twice])
    assert found.cramps.tolist() == [2]
    assert column(found, "earlier_cramp") == [None]


def test_unknown_minutes_are_unknown() -> None:
    run = ran("2026-11-16T18:00")
    without = replace(run, end=None, body={**run.body, "effort": {"sport": "running"}})
    assert math.isnan(minutes(table([without]))[0])


def test_pace_and_length_are_against_the_usual_of_that_sport() -> None:
    runs = [ran(f"2026-11-{day}T18:00", 60, distance_km=10.0) for day in (10, 11, 12)]
    fast = ran("2026-11-14T18:00", 90, distance_km=18.0)
    ride = ran("2026-11-15T18:00", 90, sport="cycling", distance_km=45.0)
    found = table([*runs, fast, ride])
    assert column(found, "pace_above_usual") == [None, None, None, pytest.approx(20), None]
    assert column(found, "distance_and_load") == [None, None, None, pytest.approx(50), None]


def test_what_stands_in_the_form_of_a_bout_is_in_its_row() -> None:
    runs = [
        ran("2026-11-16T18:00", 30, drink_ml=250.0, warm_up=True, unusual=False, hot=False),
        ran("2026-11-17T18:00", 30, warm_up=False, unusual=True),
    ]
    found = table(runs)
    assert column(found, "dehydration") == [500, None]
    assert column(found, "no_warm_up") == [0, 1]
    assert column(found, "unusual_load") == [0, 1]
    assert column(found, "heat") == [0, None]


def test_hours_since_the_last_bout_go_from_its_end_to_the_beginning_of_this_one() -> None:
    found = table([ran("2026-11-16T08:00", 60), ran("2026-11-16T18:00"), ran("2026-12-20T18:00")])
    assert column(found, "muscle_fatigue") == [None, 9, 336]


def test_hard_training_before_is_that_of_the_days_before_and_never_of_the_bout_itself() -> None:
    runs = [ran(f"2026-11-{day}T18:00", 60, session_rpe=5) for day in (10, 11, 12)]
    race = ran("2026-11-13T18:00", 300, session_rpe=10)
    found = table([*runs, race])
    assert column(found, "heavy_training_before") == [None, None, None, pytest.approx(300)]
    ids = found.came_from[3, "heavy_training_before"]
    assert set(ids) == {run.id for run in runs}


def test_bouts_of_the_last_four_weeks_are_known_once_four_weeks_were_written() -> None:
    found = table([ran("2026-10-01T18:00"), ran("2026-10-20T18:00"), ran("2026-11-05T18:00")])
    assert column(found, "training_experience") == [None, None, 1]


def test_the_evening_before_counts_and_the_evening_after_does_not() -> None:
    run = ran("2026-11-16T18:00")
    found = table([said("alcohol", "2026-11-15", 3.0), said("alcohol", "2026-11-16", 5.0), run])
    assert column(found, "alcohol") == [3]
    assert column(table([run, said("poor_sleep", "2026-11-16")]), "poor_sleep") == [1]
    assert column(table([run, did("own.ice", "2026-11-16T20:00")]), "own.ice") == [None]
    assert column(table([run, did("own.ice", "2026-11-15T20:00")]), "own.ice") == [1]


def test_a_medicine_that_began_between_two_bouts_is_in_the_second() -> None:
    found = table([ran("2026-11-10T18:00"), ran("2026-11-16T18:00"), holds("statin", "2026-11-12")])
    assert column(found, "statin") == [0, 1]
    assert len(found.came_from[1, "statin"]) == 1
