"""The measures of the bench, by hand and against other definitions of the same thing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from trigger_measures import (
    area,
    average_precision,
    binomial_upper,
    bootstrap,
    calibration_error,
    calibration_floor,
    calibration_slope,
    discovered,
    events_for,
    log_score,
    power,
)  # fmt: skip

RNG = np.random.default_rng(4)


def test_average_precision_by_hand() -> None:
    # True ones at ranks 1 and 3: precisions 1 and 2/3.
    score, true = np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False])
    assert average_precision(score, true) == pytest.approx((1 + 2 / 3) / 2)


def test_equal_scores_count_as_one_step() -> None:
    assert average_precision(np.ones(10), np.arange(10) < 3) == pytest.approx(0.3)


def test_area_is_the_share_of_pairs_in_the_right_order() -> None:
    score, true = RNG.integers(0, 5, 60).astype(float), RNG.random(60) < 0.4
    pairs = np.sign(score[true][:, None] - score[~true][None, :])
    assert area(score, true) == pytest.approx((pairs.mean() + 1) / 2)


@pytest.mark.parametrize("levels", [4, 1000])
def test_average_precision_is_the_area_under_the_steps_of_precision_over_recall(levels: int) -> None:
    score, true = RNG.integers(0, levels, 500) / levels, RNG.random(500) < 0.2
    steps, before = 0.0, 0.0
    for level in sorted(set(score.tolist()), reverse=True):
        chosen = score >= level
        recall = true[chosen].sum() / true.sum()
        steps += (recall - before) * true[chosen].mean()
        before = recall
    assert average_precision(score, true) == pytest.approx(steps)


def test_power_is_counted_above_all_but_a_twentieth_of_the_untrue() -> None:
    score = np.concatenate([np.arange(100.0), [94.0, 95.0, 200.0, 300.0]])
    true = np.arange(104) >= 100
    assert power(score, true) == pytest.approx(3 / 4)


def test_calibration_error_by_hand() -> None:
    # Two bins: said .25, seen 1 of 2; said .75, seen 1 of 2.
    probability, true = np.array([0.25, 0.25, 0.75, 0.75]), np.array([True, False, True, False])
    assert calibration_error(probability, true) == pytest.approx(0.25)


def test_perfect_probabilities_show_an_error_near_the_floor() -> None:
    probability = RNG.beta(0.3, 2, 4000)
    floor, worst = calibration_floor(probability, np.random.default_rng(0))
    assert 0 < floor < worst
    assert calibration_error(probability, RNG.random(4000) < probability) < 2 * worst


def test_a_probability_of_one_falls_into_the_last_bin() -> None:
    assert calibration_error(np.ones(4), np.ones(4, dtype=bool)) == 0


def test_discoveries_are_the_largest_set_within_the_rate() -> None:
    # Mean errors of the best 1, 2, 3: .02, .06, .1067.
    np.testing.assert_array_equal(discovered(np.array([0.8, 0.98, 0.9, 0.1])), [False, True, True, False])


def test_the_binomial_bound_of_no_hits_is_the_rule_of_three() -> None:
    assert binomial_upper(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300), abs=1e-9)


def test_a_bootstrap_interval_holds_the_mean_of_few_numbers() -> None:
    numbers = np.arange(50.0)
    low, high = bootstrap(50, lambda at: float(numbers[at].mean()), np.random.default_rng(1))
    wide = 1.645 * numbers.std() / math.sqrt(50)
    assert (low, high) == pytest.approx((24.5 - wide, 24.5 + wide), abs=0.8)


def test_the_cramps_for_a_power_are_found_again() -> None:
    from statistics import NormalDist

    law = NormalDist()
    events = (24.0, 48.0, 96.0, 128.0)
    # Normal score of power: -1.645 at none, and 0.25 more a root of a cramp.
    powers = [law.cdf(law.inv_cdf(0.05) + 0.25 * math.sqrt(n)) for n in events]
    wanted = ((law.inv_cdf(0.8) - law.inv_cdf(0.05)) / 0.25) ** 2
    assert events_for(0.8, events, powers) == pytest.approx(wanted, rel=1e-6)


def test_the_log_score_of_a_half_is_log_two_whatever_happens() -> None:
    np.testing.assert_allclose(log_score(np.full(2, 0.5), np.array([True, False])), math.log(2))


def test_forecasts_twice_too_bold_have_a_slope_of_a_half() -> None:
    odds = RNG.normal(0, 1, 40_000)
    happened = RNG.random(40_000) < 1 / (1 + np.exp(-odds))
    assert calibration_slope(1 / (1 + np.exp(-2 * odds)), happened) == pytest.approx(0.5, abs=0.03)
