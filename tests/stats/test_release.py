"""Rates of release from periods of use, against what can be worked out by hand or by brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest

from uncramp.stats import release
from uncramp.stats.release import Floats

EDGES = np.array([0.0, 30.0, 60.0])
PLAIN = release.Prior(mean=-4.0, sd=1.0, slope=0.3, spreads=((0.5, 1.0),), steps=((0.2, 1.0),))


def one_period(entry: float, leave: float, released: float) -> tuple[Floats, Floats]:
    entries, leaves, whole, ends = (np.array([value]) for value in (entry, leave, 1.0, released))
    return release.cells(np.array([0]), entries, leaves, whole, ends, EDGES, 1)


def drawn(
    releases: Floats, exposure: Floats, prior: release.Prior = PLAIN, draws: int = 4000
) -> release.Draws:
    uniforms = release.lattice(draws, release.uniforms_needed(*releases.shape[-2:]))
    return release.posterior(releases, exposure, prior, uniforms)


def mean_of(values: Floats, draws: release.Draws) -> float:
    return float((values * draws.weights).sum(-1))


def test_a_period_adds_its_seconds_to_each_bin_that_it_crosses() -> None:
    releases, exposure = one_period(10.0, 75.0, 1.0)
    assert exposure.tolist() == [[20.0, 30.0, 15.0]]
    assert releases.tolist() == [[0.0, 0.0, 1.0]]


def test_what_entered_late_adds_nothing_before_its_entry() -> None:
    _, exposure = one_period(40.0, 50.0, 0.0)
    assert exposure.tolist() == [[0.0, 10.0, 0.0]]


def test_a_release_at_an_edge_belongs_to_the_bin_that_ends_there() -> None:
    releases, exposure = one_period(0.0, 30.0, 1.0)
    assert releases.tolist() == [[1.0, 0.0, 0.0]]
    assert exposure.tolist() == [[30.0, 0.0, 0.0]]


def test_a_period_counts_its_weight() -> None:
    releases, exposure = release.cells(
        np.array([1]), np.array([0.0]), np.array([10.0]), np.array([0.5]), np.array([1.0]), EDGES, 2
    )
    assert releases[1, 0] == 0.5
    assert exposure[1, 0] == 5.0
    assert releases[0].sum() == exposure[0].sum() == 0.0


def test_the_lattice_fills_the_cube_evenly_and_is_always_the_same() -> None:
    points = release.lattice(4000, 16)
    assert np.array_equal(points, release.lattice(4000, 16))
    assert (points > 0).all()
    assert (points < 1).all()
    assert np.abs(points.mean(0) - 0.5).max() < 0.001
    assert np.abs(np.corrcoef(points.T) - np.eye(16)).max() < 0.05


def test_with_nothing_seen_the_posterior_is_the_prior() -> None:
    nothing = np.zeros((2, 3))
    draws = drawn(nothing, nothing)
    rate = draws.log_rates[:, 0]
    assert mean_of(rate, draws) == pytest.approx(-4.0, abs=0.02)
    assert mean_of((rate + 4.0) ** 2, draws) == pytest.approx(1.0 + 0.25, rel=0.05)
    assert mean_of(draws.log_shape[:, 2] ** 2, draws) == pytest.approx(4 * 0.09 + 2 * 0.04, rel=0.05)


def test_one_rate_is_as_brute_force_on_a_fine_grid_has_it() -> None:
    releases, exposure = np.array([[2.0]]), np.array([[300.0]])
    draws = drawn(releases, exposure)
    at = np.linspace(-12.0, 2.0, 20001)
    density = np.exp(2 * at - 300 * np.exp(at) - (at + 4.0) ** 2 / (2 * 1.25))
    density /= density.sum()
    reached = np.cumsum(density)
    wanted = [at[np.searchsorted(reached, q)] for q in (0.05, 0.5, 0.95)]
    found = release.quantiles(draws.log_rates, draws.weights, (0.05, 0.5, 0.95))[:, 0]
    assert found.tolist() == pytest.approx(wanted, abs=0.03)


def test_two_rates_with_unknown_spread_are_as_brute_force_on_a_grid_has_them() -> None:
    prior = release.Prior(-4.0, 1.0, 0.3, spreads=((0.1, 0.5), (1.0, 0.5)), steps=((0.2, 1.0),))
    draws = drawn(np.array([[6.0], [3.0]]), np.array([[300.0], [400.0]]), prior)
    axis = np.linspace(-9.0, -1.0, 401)
    a, b = np.meshgrid(axis, axis, indexing="ij")
    fit = 6 * a - 300 * np.exp(a) + 3 * b - 400 * np.exp(b)
    density = np.zeros_like(a)
    for spread, weight in prior.spreads:
        common, own = 2 + spread**2, spread**2
        # The sum and the difference of the two are independent under the prior.
        about = (a + b + 8.0) ** 2 / (4 * (common - own / 2)) + (a - b) ** 2 / (4 * own)
        density += weight * np.exp(fit - about) / math.sqrt((common - own / 2) * own)
    chance = density[a > b].sum() / density.sum()
    among = np.array([True, True])
    assert release.chance_fastest(draws, among)[0] == pytest.approx(chance, abs=0.02)


def test_lattice_and_chance_give_the_same_answer() -> None:
    rng = np.random.default_rng(5)
    releases = rng.poisson(2.0, (4, 3)).astype(float)
    exposure = rng.uniform(20.0, 300.0, (4, 3))
    by_lattice = drawn(releases, exposure)
    by_chance = release.posterior(
        releases, exposure, PLAIN, rng.random((100_000, release.uniforms_needed(4, 3)))
    )
    found, wanted = (
        release.quantiles(release.medians(draws, EDGES), draws.weights, (0.05, 0.5, 0.95))
        for draws in (by_lattice, by_chance)
    )
    assert np.abs(np.log(found / wanted)).max() < 0.05
    assert release.effective(by_lattice.weights) > 2000


def test_many_at_once_is_as_one_by_one() -> None:
    rng = np.random.default_rng(6)
    releases = rng.poisson(1.0, (5, 2, 3)).astype(float)
    exposure = rng.uniform(10.0, 100.0, (5, 2, 3))
    together = drawn(releases, exposure, draws=200)
    for person in range(5):
        alone = drawn(releases[person], exposure[person], draws=200)
        assert np.allclose(together.weights[person], alone.weights)
        assert np.allclose(together.log_rates[person], alone.log_rates)


def test_no_release_in_much_exposure_gives_a_long_time_and_no_error() -> None:
    draws = drawn(np.zeros((1, 3)), np.array([[3000.0, 3000.0, 30000.0]]))
    assert release.quantiles(release.medians(draws, EDGES), draws.weights, (0.05,))[0, 0] > 600


def test_the_median_is_where_the_cumulative_hazard_reaches_log_2() -> None:
    half = math.log(2) / 60
    draws = release.Draws(np.log([[half, half / 4]]), np.log([[1.0, 2.0, 0.5]]), np.ones(1))
    # 30 s at 1, then 15 s at 2 make 60; of 240: 30 + 60, and the other 150 at a half take 300 s more.
    assert release.medians(draws, EDGES)[0].tolist() == pytest.approx([45.0, 360.0])


def test_weighted_quantiles_weigh() -> None:
    values, weights = np.array([[1.0], [2.0], [3.0]]), np.array([0.1, 0.1, 0.8])
    assert release.quantiles(values, weights, (0.05, 0.5)).ravel().tolist() == [1.0, 3.0]


def test_what_is_not_compared_is_never_the_fastest() -> None:
    draws = drawn(np.array([[9.0], [1.0], [1.0]]), np.full((3, 1), 100.0))
    chances = release.chance_fastest(draws, np.array([False, True, True]))
    assert chances[0] == 0.0
    assert chances.sum() == pytest.approx(1.0)
