"""The baselines of the bench do what they are named for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from trigger_baselines import case_crossover, cox, lagged, oracle, p_value

from uncramp.core.simulate_grid import Simulated, Wanted, simulated

LAGS = np.ones((30, 4), dtype=bool)


def person(seed: int, cramps: float = 192.0) -> Simulated:
    return simulated(Wanted(cramps=cramps, later=0), np.random.default_rng(seed))


def without(one: Simulated) -> NDArray[np.float64]:
    """(n, K) The true log mean with each exposure on its average day."""
    own = np.column_stack([one.effect[k] * one.lagged(k) for k in range(30)])
    return np.asarray(one.log_mean[:, None] - own + own.mean(axis=0))


def test_a_lag_of_two_is_the_row_two_before() -> None:
    values = np.arange(8.0).reshape(4, 2)
    out = lagged(values)
    np.testing.assert_array_equal(out[2, 2:], values[:2])
    assert np.isnan(out[2, :2]).all()


def test_cox_by_hand() -> None:
    """Cramps on days 1 and 3, each one day after the last: all days lie in strata of the same waiting time.

    Of the two days with no wait (1 and 3) both cramp and of those with one wait (0: no cramp before) none, so
    with the exposure on in one of two tied days nothing can be learnt: the statistic is 0.
    """
    counts = np.array([1.0, 1.0, 1.0, 1.0])
    tested = cox(counts, np.array([[1.0], [0.0], [1.0], [0.0]]), np.array([[True, False, False, False]]))
    assert tested.statistic[0] == pytest.approx(0, abs=1e-9)


def test_case_crossover_gives_the_log_odds_of_one_stratum() -> None:
    """One weekday of four weeks: 3 cramps on the exposed day, 1 on the three others: log of 3 over 1/3."""
    counts, values = np.zeros(28), np.zeros((28, 1))
    counts[[0, 7]] = 3, 1
    values[0] = 1
    weekday = np.arange(28) % 7
    tested = case_crossover(counts, values, weekday, np.array([[True, False, False, False]]))
    assert tested.effect[0] == pytest.approx(math.log(3 / (1 / 3)), abs=1e-4)


def test_case_crossover_sees_no_difference_between_weekdays() -> None:
    weekday = np.arange(280) % 7
    counts = (weekday == 0).astype(float)
    values = (weekday == 0).astype(float)[:, None]
    tested = case_crossover(counts, values, weekday, np.array([[True, False, False, False]]))
    assert tested.statistic[0] == pytest.approx(0, abs=1e-6)


def test_the_oracle_recovers_effect_and_lag() -> None:
    errors, lags = [], []
    for seed in range(12):
        one = person(seed)
        rest = without(one)
        tested = oracle(one.all_counts, one.all_values, rest, one.size, LAGS)
        clear = one.matters & (tested.statistic > 20)
        errors += list((tested.effect - one.effect)[clear] / tested.error[clear])
        lags += list((tested.lag == one.lag)[clear])
    assert np.mean(lags) > 0.9
    assert abs(np.mean(errors)) < 0.4
    assert 0.7 < np.std(errors) < 1.4


def test_the_oracle_s_test_of_what_does_not_matter_is_a_chi_square() -> None:
    known = np.zeros((30, 4), dtype=bool)
    known[:, 0] = True
    statistics = []
    for seed in range(12):
        one = person(seed)
        rest = without(one)
        tested = oracle(one.all_counts, one.all_values, rest, one.size, known)
        statistics += list(tested.statistic[~one.matters])
    assert np.mean(p_value(np.array(statistics)) < 0.05) == pytest.approx(0.05, abs=0.035)


def test_only_lags_that_are_candidates_are_chosen() -> None:
    one = person(3)
    lags = np.zeros((30, 4), dtype=bool)
    lags[:, 2] = True
    assert (cox(one.counts, one.values, lags).lag == 2).all()


def test_p_values_of_chi_square() -> None:
    np.testing.assert_allclose(
        p_value(np.array([0.0, 3.841458820694124, 6.6348966])), [1, 0.05, 0.01], atol=1e-6
    )


def test_all_baselines_survive_a_diary_with_one_cramp_and_empty_columns() -> None:
    counts, values = np.zeros(60), np.full((60, 3), np.nan)
    counts[7] = 1
    values[:, 1] = 1.0
    weekday = np.arange(60) % 7
    lags = np.ones((3, 4), dtype=bool)
    for tested in (cox(counts, values, lags), case_crossover(counts, values, weekday, lags)):
        assert np.isfinite(tested.statistic).all()
        assert np.isfinite(tested.effect).all()
