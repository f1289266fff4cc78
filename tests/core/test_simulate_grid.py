"""The quick simulator keeps its promises: rates, shares, lags, and a truth that the counts bear out."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from uncramp.core.simulate_grid import LAGS, MATTERS, NULL, Simulated, Wanted, bursts, poisson, simulated


def people(wanted: Wanted, number: int) -> list[Simulated]:
    return [simulated(wanted, np.random.default_rng(seed)) for seed in range(number)]


@pytest.fixture(scope="module")
def year() -> list[Simulated]:
    return people(Wanted(), 60)


@pytest.mark.parametrize("cramps", [6.0, 48.0, 192.0])
def test_a_year_holds_as_many_cramps_as_wanted(cramps: float) -> None:
    means = [np.exp(one.log_mean[: one.days]).sum() for one in people(Wanted(cramps=cramps), 25)]
    assert np.mean(means) == pytest.approx(cramps, rel=0.1)


def test_the_same_generator_gives_the_same_person() -> None:
    first, second = people(Wanted(), 1) + people(Wanted(), 1)
    for each in fields(Simulated):
        np.testing.assert_array_equal(getattr(first, each.name), getattr(second, each.name))


def test_one_exposure_in_eight_matters_and_three_of_four_of_these_raise(year: list[Simulated]) -> None:
    matters = np.array([one.matters for one in year])
    effect = np.array([one.effect for one in year])
    assert matters.mean() == pytest.approx(0.12, abs=0.02)
    assert np.array_equal(effect != 0, matters)
    assert (effect[matters] > 0).mean() == pytest.approx(0.75, abs=0.08)


def test_a_fifth_of_the_entries_is_missing_and_what_is_there_is_true(year: list[Simulated]) -> None:
    assert np.mean([np.isnan(one.values).mean() for one in year]) == pytest.approx(0.2, abs=0.03)
    assert np.mean([np.isnan(one.counts).mean() for one in year]) == pytest.approx(0.03, abs=0.01)
    for one in year[:5]:
        there = ~np.isnan(one.values)
        np.testing.assert_array_equal(one.values[there], one.all_values[there])


def test_of_a_person_who_skips_well_days_quiet_days_are_missing_more_often() -> None:
    some = people(Wanted(mnar=0.3), 20)
    quiet = np.mean([np.isnan(one.counts)[one.all_counts == 0].mean() for one in some])
    cramped = np.mean([np.isnan(one.counts)[one.all_counts > 0].mean() for one in some])
    assert quiet == pytest.approx(0.32, abs=0.03)
    assert cramped == pytest.approx(0.03, abs=0.02)


def test_six_exposures_in_ten_are_yes_or_no_between_8_and_50_percent_of_days(year: list[Simulated]) -> None:
    binary = np.array([one.binary for one in year])
    shares = np.concatenate([one.all_values[:, one.binary].mean(axis=0) for one in year])
    assert binary.mean() == pytest.approx(0.6, abs=0.04)
    assert 0.06 < shares.min() < 0.12
    assert 0.45 < shares.max() < 0.55


def test_numbers_have_a_spread_of_one(year: list[Simulated]) -> None:
    spreads = np.concatenate([one.all_values[:, ~one.binary].std(axis=0) for one in year])
    assert np.median(spreads) == pytest.approx(1.0, abs=0.05)


def test_lags_are_as_likely_as_said(year: list[Simulated]) -> None:
    seen = np.bincount(np.concatenate([one.lag for one in year]), minlength=4)
    np.testing.assert_allclose(seen / seen.sum(), LAGS, atol=0.04)


def test_exposures_of_one_group_go_together_more_than_those_of_two(year: list[Simulated]) -> None:
    within, between = [], []
    for one in year:
        together = np.asarray(np.corrcoef(one.all_values.T))
        group = np.arange(30) % 5
        same = (group[:, None] == group) & ~np.eye(30, dtype=bool)
        within.append(together[same].mean())
        between.append(together[group[:, None] != group].mean())
    assert np.mean(within) > np.mean(between) + 0.05
    assert np.mean(between) > 0.02


def test_what_an_exposure_adds_lies_between_baseline_and_log_mean() -> None:
    one = simulated(Wanted(inclusion=0.5), np.random.default_rng(3))
    added = sum(one.effect[k] * one.lagged(int(k)) for k in np.flatnonzero(one.matters))
    np.testing.assert_allclose(one.baseline + added, one.log_mean, atol=1e-9)


def test_a_lagged_exposure_is_that_of_the_days_before() -> None:
    one = simulated(Wanted(), np.random.default_rng(1))
    column = int(np.flatnonzero(one.lag == 2)[0])
    np.testing.assert_array_equal(one.lagged(column)[2:], one.all_values[:-2, column])
    np.testing.assert_array_equal(one.lagged(column)[:2], one.before[1:, column])


def test_whoever_knows_all_else_recovers_the_effects() -> None:
    """The score of a Poisson regression on what the exposures truly add is 0 where that is taken whole, and
    far from it where only half of it is."""
    pushed, counts, means = [], [], []
    for one in people(Wanted(cramps=96, inclusion=0.3), 25):
        pushed.append(one.log_mean - one.baseline - (one.log_mean - one.baseline).mean())
        counts.append(one.all_counts)
        means.append(np.exp(one.log_mean))
    x, y, mean = np.concatenate(pushed), np.concatenate(counts), np.concatenate(means)
    assert slope_left(x, y, mean) == pytest.approx(0, abs=0.06)
    assert slope_left(x, y, mean * np.exp(-0.5 * x)) > 0.25


def slope_left(x: NDArray[np.float64], y: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
    """One Newton step from the mean that is taken."""
    return float((x * (y - mean)).sum() / (x * x * mean).sum())


def test_counts_scatter_about_their_mean_as_a_negative_binomial(year: list[Simulated]) -> None:
    chi, days = 0.0, 0
    for one in year:
        mean = np.exp(one.log_mean)
        variance = mean if math.isinf(one.size) else mean + mean**2 / one.size
        chi += float(((one.all_counts - mean) ** 2 / variance).sum())
        days += len(mean)
    assert chi / days == pytest.approx(1.0, abs=0.08)


def test_by_the_model_s_law_every_effect_matters_for_its_contrast() -> None:
    for one in people(Wanted(law="model", inclusion=0.3), 10):
        whole = np.vstack([one.before, one.all_values])
        low, high = np.quantile(whole, (0.1, 0.9), axis=0)
        narrow = one.binary | (high <= low)
        low, high = np.where(narrow, whole.min(axis=0), low), np.where(narrow, whole.max(axis=0), high)
        assert np.all(np.abs(one.log_ratios(low, high))[one.matters] >= MATTERS - 1e-9)


def test_a_fixed_rate_ratio_is_that_of_every_trigger() -> None:
    one = simulated(Wanted(rate_ratio=3.0, only_yes_no=True, inclusion=0.5), np.random.default_rng(2))
    np.testing.assert_allclose(np.abs(one.effect[one.matters]), math.log(3))
    assert one.binary.all()


def test_of_null_people_nothing_matters_and_all_goes_slowly() -> None:
    some = people(NULL, 20)
    assert not any(one.matters.any() or one.effect.any() for one in some)
    assert all(one.values.shape[1] == 20 for one in some)
    follows = [np.corrcoef(one.all_values[1:, 0], one.all_values[:-1, 0])[0, 1] for one in some]
    usual = [np.corrcoef(one.all_values[1:, 0], one.all_values[:-1, 0])[0, 1] for one in people(Wanted(), 20)]
    assert np.mean(follows) > np.mean(usual) + 0.1


def test_nothing_is_missing_where_nothing_may_be() -> None:
    one = simulated(replace(Wanted(), missing=(0.0, 0.0)), np.random.default_rng(0))
    assert not np.isnan(one.values).any()
    assert not np.isnan(one.counts).any()


def test_bursts_are_as_long_and_as_frequent_as_asked() -> None:
    gone = bursts(0.2, np.full(200, 3.0), 2000, np.random.default_rng(0))
    starts = (gone[1:] & ~gone[:-1]).sum()
    assert gone.mean() == pytest.approx(0.2, abs=0.01)
    assert gone[1:].sum() / starts == pytest.approx(3.0, abs=0.15)


def test_a_count_is_where_its_distribution_first_reaches_the_uniform() -> None:
    # Of mean 1: P(0) = .368, P(0 or 1) = .736.
    assert [poisson(u, 1.0) for u in (0.36, 0.37, 0.73, 0.74)] == [0, 1, 1, 2]
