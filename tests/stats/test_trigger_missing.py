"""What is expected of exposures that nobody wrote down."""

from __future__ import annotations

import numpy as np
import pytest

from uncramp.core.simulate_grid import Wanted, simulated
from uncramp.stats.trigger_columns import candidates, columns
from uncramp.stats.trigger_missing import Filled, habits

NO_WEEKDAY = np.full(400, 7)


def slow_pair(days: int = 400) -> np.ndarray:
    """Two numbers that go up and down slowly, and together (correlation 0.8)."""
    rng = np.random.default_rng(4)
    noise = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], days)
    for t in range(1, days):
        noise[t] = 0.8 * noise[t - 1] + 0.6 * noise[t]
    return np.asarray(noise)


def filled(values: np.ndarray, binary: bool = False) -> Filled:
    count = values.shape[1]
    marks, centre = np.full(count, binary), np.nan_to_num(np.nanmean(values, 0))
    days = np.full(len(values), 7)
    return habits(values - centre, marks, centre, days, True).fill(values - centre, days)


def test_what_was_written_stays_as_it_is() -> None:
    values = slow_pair()
    values[::5, 0] = np.nan
    known = np.isfinite(values)
    told = filled(values)
    assert np.allclose(told.mean[known], (values - np.nanmean(values, 0))[known])
    assert (told.variance[known] == 0).all()


def test_a_gap_is_filled_from_its_neighbours_and_from_what_goes_with_it() -> None:
    truth = slow_pair()
    values = truth.copy()
    values[::5, 0] = np.nan
    told, gaps = filled(values), ~np.isfinite(values[:, 0])
    left = truth[gaps, 0] - told.mean[gaps, 0] - np.nanmean(values[:, 0])
    assert left.var() < 0.35 * truth[gaps, 0].var()
    assert told.variance[gaps, 0].mean() == pytest.approx(left.var(), rel=0.8)


def test_a_yes_no_is_filled_by_a_chance() -> None:
    values = (slow_pair() > 0.5).astype(float)
    values[::4, 0] = np.nan
    told, gaps = filled(values, binary=True), ~np.isfinite(values[:, 0])
    chance = told.mean[gaps, 0] + np.nanmean(values[:, 0])
    assert chance.min() >= 0
    assert chance.max() <= 1
    assert np.allclose(told.variance[gaps, 0], chance * (1 - chance))


def test_a_column_nobody_ever_wrote_is_expected_at_its_mean() -> None:
    values = np.full((400, 2), np.nan)
    told = habits(values, np.array([True, False]), np.array([0.5, 0.0]), NO_WEEKDAY, True).fill(
        values, NO_WEEKDAY
    )
    assert (told.mean == 0).all()


def test_a_weekday_habit_is_known() -> None:
    days = np.arange(400) % 7
    values = np.where(days[:, None] == 6, 3.0, -0.5)
    values = values + np.random.default_rng(1).normal(0, 0.3, values.shape)
    values[350:] = np.nan
    told = habits(values, np.array([False]), np.zeros(1), days, True).fill(values, days)
    assert told.mean[350:, 0][days[350:] == 6].mean() > 1.5
    assert told.mean[350:, 0][days[350:] != 6].mean() < 0


def test_rows_to_come_are_filled_from_what_came_before_only() -> None:
    values = slow_pair()
    learnt = habits(values[:300], np.zeros(2, dtype=np.bool_), np.zeros(2), NO_WEEKDAY[:300], True)
    before = learnt.fill(values[:300], NO_WEEKDAY[:300])
    later = values[300:].copy()
    later[0] = np.nan
    told = learnt.onward(before, later, NO_WEEKDAY[300:])
    later[1:] = 0
    assert np.allclose(told.mean[0], learnt.onward(before, later, NO_WEEKDAY[300:]).mean[0])
    assert abs(told.mean[0, 0]) <= abs(values[299, 0])


def test_a_lag_reaches_back_that_many_rows() -> None:
    values = np.arange(10.0)[:, None]
    known = Filled(np.vstack([np.full((3, 1), -1.0), values]), np.zeros((13, 1)))
    told = candidates(known, known, np.ones((1, 4), dtype=np.bool_), np.array([3]), 3)
    assert told.mean[2, 5] == 3
    assert told.mean[4, 5] == pytest.approx((3 + 4 + 5) / 3)
    assert told.lag.tolist() == [0, 1, 2, 3, 4]
    assert np.exp(told.log_weight).sum() == pytest.approx(1)


def test_rows_after_a_row_see_its_whole_day_and_the_row_itself_what_came_before_its_cramp() -> None:
    now, whole = (
        Filled(np.vstack([np.zeros((3, 1)), values[:, None]]), np.zeros((13, 1)))
        for values in (np.arange(10.0), np.arange(10.0) + 100)
    )
    told = candidates(now, whole, np.ones((1, 4), dtype=np.bool_), np.array([3]), 3)
    assert told.mean[:4, 5].tolist() == [5, 104, 103, 102]
    assert told.mean[4, 5] == pytest.approx((5 + 104 + 103) / 3)


def test_the_contrast_is_no_to_yes_or_the_tenth_to_the_ninetieth_of_a_hundred() -> None:
    values = np.column_stack([np.arange(101) % 2, np.arange(101.0), np.full(101, 5.0)])
    told = columns(values, np.array([True, False, False]))
    assert told.low.tolist() == [0, 10, 5]
    assert told.high.tolist() == [1, 90, 5]
    assert told.width.tolist() == [1, 80, 0]


def test_a_number_that_is_nearly_always_the_same_is_told_from_smallest_to_largest() -> None:
    values = np.zeros((100, 1))
    values[:5] = 2.0
    told = columns(values, np.array([False]))
    assert told.low[0] == 0
    assert 0 < told.high[0] <= 2


def test_of_thirty_yes_nos_in_half_a_year_the_other_entries_foretell_an_eighth_of_what_is_missing() -> None:
    """A share of the variance; with endless diaries to learn from, this form of law reaches 0.18."""
    left = whole = 0.0
    for seed in range(10):
        wanted = Wanted(days=180, later=0, only_yes_no=True)
        person = simulated(wanted, np.random.default_rng(seed))
        usual = np.nanmean(person.values, 0)
        marks = np.ones(len(usual), dtype=np.bool_)
        habit = habits(person.values - usual, marks, usual, person.weekday, True)
        told = habit.fill(person.values - usual, person.weekday).mean + usual
        gaps = np.isnan(person.values)
        spread = np.nanvar(person.values, 0)
        left += float((((told - person.all_values) ** 2 / spread)[gaps]).sum())
        whole += float((((usual - person.all_values) ** 2 / spread)[gaps]).sum())
    assert 1 - left / whole > 0.125


def test_columns_that_have_nothing_to_do_with_each_other_say_little_of_each_other() -> None:
    truth = np.random.default_rng(3).standard_normal((120, 20))
    values = truth.copy()
    values[np.random.default_rng(4).random(values.shape) < 0.2] = np.nan
    gaps = np.isnan(values)
    told = filled(values).mean + np.nanmean(values, 0)
    assert ((told - truth)[gaps] ** 2).mean() < 1.06 * ((np.nanmean(values, 0) - truth)[gaps] ** 2).mean()
