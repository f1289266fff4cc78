"""The rest table: what belongs to which night, and that no consequence stands in it as a cause."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from tests.core.diary import columns, cramp, did, entry, holds, quiet, ran, said
from uncramp.core.nights import CHANGE
from uncramp.core.risk import RiskTable, varying
from uncramp.core.risk_days import written
from uncramp.core.risk_rest import rest_table
from uncramp.model import Entry, EntryKind

MONDAY, TUESDAY, WEDNESDAY = "2026-11-16", "2026-11-17", "2026-11-18"


def table(entries: Iterable[Entry], change: int = CHANGE) -> RiskTable:
    return rest_table(written(entries, change), columns())


def at(found: RiskTable, day: str, column: str, later: bool = False) -> float:
    """The cell of that day: lag 0, or `later` what the rows after it see."""
    row = found.dates.index(date.fromisoformat(day))
    k = [one.id for one in found.columns].index(column)
    return float((found.later if later else found.values)[row, k])


def cramps(found: RiskTable, day: str) -> float:
    return float(found.cramps[found.dates.index(date.fromisoformat(day))])


def unknown(number: float) -> bool:
    return math.isnan(number)


# ---- rows and counts -----------------------------------------------------------------------------


def test_rows_go_from_the_first_day_that_was_written_of_to_the_last_without_a_gap() -> None:
    found = table([said("alcohol", MONDAY, 2.0), quiet("2026-11-20")])
    assert [day.day for day in found.dates] == [16, 17, 18, 19, 20]
    assert unknown(cramps(found, TUESDAY))
    assert np.isnan(found.values[1:]).all()


def test_a_diary_with_nothing_in_it_has_no_rows() -> None:
    found = table([])
    assert found.dates == ()
    assert found.values.shape == (0, len(found.columns))
    assert varying(found)[0].columns == ()


def test_a_circumstance_alone_makes_no_rows() -> None:
    assert table([holds("statin", MONDAY)]).dates == ()


def test_each_cramp_of_a_night_counts_one_and_a_quiet_night_none() -> None:
    found = table([cramp("2026-11-17T02:00"), cramp("2026-11-17T05:30"), quiet(TUESDAY)])
    assert [cramps(found, day) for day in (MONDAY, TUESDAY)] == [2, 0]


def test_a_cramp_counts_whatever_a_note_says_of_that_night() -> None:
    assert cramps(table([quiet(MONDAY), cramp("2026-11-17T02:00")]), MONDAY) == 1


def test_a_note_of_a_cramp_counts_one_since_that_is_the_least() -> None:
    assert cramps(table([quiet(MONDAY, "cramp")]), MONDAY) == 1


def test_a_night_nobody_wrote_of_is_unknown_and_not_quiet() -> None:
    assert unknown(cramps(table([said("alcohol", MONDAY, 0.0)]), MONDAY))


def test_a_cramp_in_exercise_is_none_of_the_night() -> None:
    run = ran("2026-11-16T18:00")
    found = table([run, cramp("2026-11-16T18:30", asleep=False, effort=run.id), quiet(MONDAY)])
    assert cramps(found, MONDAY) == 0
    assert unknown(cramps(table([cramp("2026-11-16T18:30", asleep=False, doing="running")]), MONDAY))


# ---- how a day becomes a number ------------------------------------------------------------------


def test_amounts_of_a_day_add_up_and_one_yes_is_a_yes() -> None:
    found = table(
        [
            said("alcohol", MONDAY, 1.0),
            said("alcohol", MONDAY, 1.0),
            said("hard_exercise", MONDAY, False),
            said("hard_exercise", MONDAY, True),
            said("own.coffee", MONDAY, 0.0),
        ]
    )
    assert at(found, MONDAY, "alcohol") == 2
    assert at(found, MONDAY, "muscle_fatigue") == 1
    assert at(found, MONDAY, "own.coffee") == 0
    assert unknown(at(found, MONDAY, "own.ice"))


def test_minutes_of_all_bouts_of_a_day_add_up_and_a_missing_length_makes_them_unknown() -> None:
    both = table([ran("2026-11-16T08:00", 30), ran("2026-11-16T18:00", 45)])
    assert at(both, MONDAY, "distance_and_load") == 75
    one = ran("2026-11-16T18:00")
    without = replace(one, body={**one.body, "effort": {"sport": "running"}})
    assert unknown(at(table([ran("2026-11-16T08:00", 30), without]), MONDAY, "distance_and_load"))


def test_no_bout_is_unknown_unless_the_day_says_that_there_was_no_hard_training() -> None:
    found = table(
        [said("alcohol", MONDAY, 0.0), said("hard_exercise", TUESDAY, False), ran("2026-11-18T18:00")]
    )
    minutes = [at(found, day, "distance_and_load") for day in (MONDAY, TUESDAY, WEDNESDAY)]
    assert unknown(minutes[0])
    assert minutes[1:] == [0, 60]


def test_a_cell_knows_the_entries_it_came_from() -> None:
    first, second = said("alcohol", MONDAY, 1.0), said("alcohol", MONDAY, 2.0)
    night = cramp("2026-11-17T02:00")
    found = table([first, second, night, holds("statin", MONDAY)])
    assert set(found.came_from[0, "alcohol"]) == {first.id, second.id}
    assert found.came_from[0, "cramps"] == (night.id,)
    assert (0, "heat") not in found.came_from
    assert len(found.came_from[0, "statin"]) == 1
    assert {cell for cell in found.came_from if cell[1] == "alcohol"} == {(0, "alcohol")}


def test_a_mean_over_days_knows_the_bouts_of_all_those_days() -> None:
    runs = [ran(f"2026-11-{day}T18:00", session_rpe=5) for day in (10, 11, 12, 13)]
    found = table(runs)
    assert set(found.came_from[3, "heavy_training_before"]) == {run.id for run in runs}
    assert at(found, "2026-11-13", "heavy_training_before") == pytest.approx(300)


# ---- causes never after effects ------------------------------------------------------------------


def test_a_run_at_eight_after_a_cramp_at_three_belongs_to_the_next_row() -> None:
    found = table([cramp("2026-11-17T03:00"), ran("2026-11-17T08:00"), quiet(TUESDAY)])
    assert cramps(found, MONDAY) == 1
    assert unknown(at(found, MONDAY, "distance_and_load"))
    assert at(found, TUESDAY, "distance_and_load") == 60


def test_a_cramp_at_half_past_six_before_waking_belongs_to_the_day_before() -> None:
    found = table([said("alcohol", MONDAY, 3.0), cramp("2026-11-17T06:30"), said("alcohol", TUESDAY, 1.0)])
    assert [cramps(found, MONDAY), at(found, MONDAY, "alcohol")] == [1, 3]
    assert unknown(cramps(found, TUESDAY))


def test_a_cramp_in_a_nap_cuts_off_what_came_after_it() -> None:
    found = table(
        [
            did("own.coffee", "2026-11-16T09:00", 1.0),
            cramp("2026-11-16T14:00"),
            did("own.ice", "2026-11-16T15:00"),
        ]
    )
    assert cramps(found, MONDAY) == 1
    assert at(found, MONDAY, "own.coffee") == 1
    assert unknown(at(found, MONDAY, "own.ice"))
    assert at(found, MONDAY, "own.ice", later=True) == 1


def test_ice_and_a_stretch_after_a_daytime_cramp_are_left_out_and_kept_for_the_rows_after_it() -> None:
    found = table(
        [
            ran("2026-11-16T10:00"),
            cramp("2026-11-16T12:00", asleep=False),
            did("own.ice", "2026-11-16T12:10"),
            did("bedtime_stretch", "2026-11-16T22:00"),
        ]
    )
    assert at(found, MONDAY, "distance_and_load") == 60
    for column in ("own.ice", "bedtime_stretch"):
        assert unknown(at(found, MONDAY, column))
        assert at(found, MONDAY, column, later=True) == 1


def test_what_somebody_takes_at_ten_past_three_after_a_cramp_at_three_is_not_its_cause() -> None:
    found = table([cramp("2026-11-17T03:00"), did("magnesium", "2026-11-17T03:10"), quiet(TUESDAY)])
    assert unknown(at(found, MONDAY, "magnesium_supplement"))
    assert at(found, MONDAY, "magnesium_supplement", later=True) == 1


def test_an_untimed_word_on_a_day_with_a_daytime_cramp_cannot_be_placed_yes_or_no() -> None:
    awake = cramp("2026-11-16T12:00", asleep=False)
    for value in (True, False):
        found = table([awake, said("own.ice", MONDAY, value)])
        assert unknown(at(found, MONDAY, "own.ice"))
        assert at(found, MONDAY, "own.ice", later=True) == value


def test_an_untimed_word_that_was_written_before_the_cramp_came_before_it() -> None:
    awake = cramp("2026-11-16T12:00", asleep=False)
    before = said("own.ice", MONDAY, recorded="2026-11-16T11:00")
    assert at(table([awake, before]), MONDAY, "own.ice") == 1


def test_the_weather_and_the_night_before_stay_for_no_cramp_brings_them() -> None:
    awake = cramp("2026-11-16T12:00", asleep=False)
    found = table([awake, said("hot_day", MONDAY), said("poor_sleep", MONDAY, False)])
    assert at(found, MONDAY, "heat") == 1
    assert at(found, MONDAY, "poor_sleep") == 0


def test_an_untimed_word_stays_where_the_cramp_came_out_of_the_night_or_after_midnight() -> None:
    for night in (
        cramp("2026-11-17T03:00"),
        cramp("2026-11-17T00:30", asleep=False),
        cramp("2026-11-16T23:00"),
    ):
        assert at(table([night, said("alcohol", MONDAY, 2.0)]), MONDAY, "alcohol") == 2


def test_an_amount_of_which_a_part_came_after_the_cramp_is_unknown_and_a_yes_before_it_stays() -> None:
    found = table(
        [
            did("own.coffee", "2026-11-16T08:00", 1.0),
            did("own.ice", "2026-11-16T08:00"),
            cramp("2026-11-16T12:00", asleep=False),
            did("own.coffee", "2026-11-16T15:00", 2.0),
            did("own.ice", "2026-11-16T15:00"),
        ]
    )
    assert unknown(at(found, MONDAY, "own.coffee"))
    assert at(found, MONDAY, "own.coffee", later=True) == 3
    assert at(found, MONDAY, "own.ice") == 1


def test_the_first_cramp_of_several_decides() -> None:
    found = table(
        [
            cramp("2026-11-16T18:00", asleep=False),
            did("own.ice", "2026-11-16T19:00"),
            cramp("2026-11-17T03:00"),
        ]
    )
    assert cramps(found, MONDAY) == 2
    assert unknown(at(found, MONDAY, "own.ice"))


def test_after_a_cramp_of_the_day_whose_hour_nobody_knows_nothing_timed_is_its_cause() -> None:
    awake = cramp("2026-11-16T12:00", asleep=False, timed=False)
    assert unknown(at(table([awake, did("own.ice", "2026-11-16T08:00")]), MONDAY, "own.ice"))
    night = cramp("2026-11-17T03:00", timed=False)
    early, late = did("own.ice", "2026-11-16T20:00"), did("own.ice", "2026-11-17T02:00")
    assert at(table([night, early]), MONDAY, "own.ice") == 1
    assert unknown(at(table([night, late]), MONDAY, "own.ice"))


def test_the_load_of_the_days_knows_the_part_of_today_before_the_cramp() -> None:
    runs = [ran(f"2026-11-{day}T10:00", session_rpe=5) for day in range(10, 16)]
    late = ran("2026-11-16T18:00", 200, session_rpe=10)
    found = table([*runs, cramp("2026-11-16T12:00", asleep=False), late])
    assert at(found, MONDAY, "heavy_training_before") == pytest.approx(300)
    assert at(found, MONDAY, "heavy_training_before", later=True) > 300


def test_somebody_who_works_at_night_and_sleeps_by_day_has_no_cause_after_a_cramp() -> None:
    shift = did("own.coffee", "2026-11-17T05:00", 2.0)
    morning = cramp("2026-11-17T11:00")
    evening = did("own.ice", "2026-11-17T19:00")
    as_usual = table([shift, morning, evening])
    assert cramps(as_usual, MONDAY) == 1
    assert unknown(at(as_usual, MONDAY, "own.ice"))
    # With the change of the date put at 16:00, the shift counts for the sleep that followed it.
    chosen = table([shift, morning, cramp("2026-11-17T13:00"), evening], change=16)
    assert cramps(chosen, MONDAY) == 2
    assert at(chosen, MONDAY, "own.coffee") == 2
    assert unknown(at(chosen, MONDAY, "own.ice"))
    assert at(chosen, TUESDAY, "own.ice") == 1


def test_the_night_on_which_the_clocks_go_back_keeps_the_order_of_what_happened() -> None:
    """Berlin, 25 October 2026: 02:30 comes twice; the second time is an hour later."""
    first = cramp("2026-10-25T02:30")
    second = did("own.ice", "2026-10-25T02:10", zone="Europe/London")
    found = table([first, second])
    assert second.start > first.start
    assert cramps(found, "2026-10-24") == 1
    assert unknown(at(found, "2026-10-24", "own.ice"))
    assert at(found, "2026-10-24", "own.ice", later=True) == 1


def test_the_night_on_which_the_clocks_go_forward_is_one_row() -> None:
    """Berlin, 29 March 2026: 02:00 is 03:00."""
    found = table(
        [
            did("own.coffee", "2026-03-28T23:00", 1.0),
            cramp("2026-03-29T03:10"),
            ran("2026-03-29T08:00"),
            quiet("2026-03-29"),
        ]
    )
    assert [cramps(found, "2026-03-28"), cramps(found, "2026-03-29")] == [1, 0]
    assert at(found, "2026-03-28", "own.coffee") == 1
    assert at(found, "2026-03-29", "distance_and_load") == 60


@pytest.mark.parametrize(
    ("home", "away"), [("Europe/Berlin", "America/Los_Angeles"), ("Europe/Berlin", "Asia/Tokyo")]
)
def test_on_a_flight_each_thing_has_the_date_of_its_place_and_the_true_order_decides(
    home: str, away: str
) -> None:
    leaves = cramp("2026-11-16T11:00", asleep=False, zone=home)
    there = did("own.ice", "2026-11-16T13:00", zone=away)
    back = cramp("2026-11-20T03:00", zone=away)
    found = table([leaves, there, back])
    after = there.start > leaves.start
    assert cramps(found, MONDAY) == 1
    assert cramps(found, "2026-11-19") == 1
    assert unknown(at(found, MONDAY, "own.ice")) is after
    assert after is (away == "America/Los_Angeles")


# ---- circumstances -------------------------------------------------------------------------------


def nights(first: int, last: int) -> list[Entry]:
    return [quiet(f"2026-11-{day:02}") for day in range(first, last + 1)]


def test_a_medicine_that_began_and_ended_is_no_yes_and_no_again() -> None:
    found = table([*nights(10, 14), holds("statin", "2026-11-11", "2026-11-13")])
    assert [at(found, f"2026-11-{day}", "statin") for day in range(10, 15)] == [0, 1, 1, 1, 0]


def test_what_was_only_answered_on_a_day_may_have_begun_before() -> None:
    answered = replace(holds("statin", "2026-11-12"), origin="check")
    found = table([*nights(10, 13), answered])
    assert [at(found, f"2026-11-{day}", "statin") for day in (12, 13)] == [1, 1]
    assert all(unknown(at(found, f"2026-11-{day}", "statin")) for day in (10, 11))


def test_what_stopped_on_a_day_that_is_not_known_is_unknown_from_its_first_day_on() -> None:
    found = table([*nights(10, 13), holds("statin", "2026-11-11", ended=True)])
    assert [at(found, f"2026-11-{day}", "statin") for day in (10, 11)] == [0, 1]
    assert unknown(at(found, "2026-11-12", "statin"))


def test_what_held_all_the_time_did_not_change_and_what_nobody_wrote_of_is_told_apart() -> None:
    changed, same, never = varying(
        table([*nights(10, 13), holds("statin", "2026-11-01"), said("hot_day", "2026-11-10")])
    )
    assert {column.id for column in same} == {"statin", "heat"}
    assert "circumstance.beta_blocker" in {column.id for column in never}
    assert changed.columns == ()


def test_a_circumstance_without_a_cause_of_ours_has_a_column_of_its_own() -> None:
    found = table([*nights(10, 11), holds("beta_blocker", "2026-11-11")])
    assert [at(found, f"2026-11-{day}", "circumstance.beta_blocker") for day in (10, 11)] == [0, 1]


# ---- versions ------------------------------------------------------------------------------------


def test_what_was_taken_away_or_replaced_counts_for_nothing() -> None:
    first = said("alcohol", MONDAY, 5.0)
    better = replace(said("alcohol", MONDAY, 1.0), replaces=first.id)
    assert at(table([first, better]), MONDAY, "alcohol") == 1
    gone = entry(EntryKind.EXPOSURE, f"{MONDAY}T12:00", replaces=better.id, deleted=True)
    assert table([first, better, gone]).dates == ()


def test_of_two_replacements_the_later_recorded_holds() -> None:
    first = said("alcohol", MONDAY, 5.0)
    early = replace(said("alcohol", MONDAY, 1.0, recorded="2026-11-17T08:00"), replaces=first.id)
    late = replace(said("alcohol", MONDAY, 2.0, recorded="2026-11-17T09:00"), replaces=first.id)
    assert at(table([late, first, early]), MONDAY, "alcohol") == 2


def test_the_same_entry_twice_counts_once() -> None:
    one = said("alcohol", MONDAY, 2.0)
    assert at(table([one, one]), MONDAY, "alcohol") == 2


def test_a_start_days_away_from_the_day_that_was_named_is_no_hour_of_it() -> None:
    odd = replace(did("own.ice", "2026-11-16T08:00"), start=datetime(2020, 1, 1, tzinfo=UTC))
    assert table([odd]).dates == (date(2026, 11, 16),)
