"""The second simulator has the traits it names, and tells the truth about them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from uncramp.core.simulate_life import CONSEQUENCES, Cause, Life, Wanted, lived


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return [lived(Wanted(), np.random.default_rng(seed)) for seed in range(150)]


def test_a_year_holds_about_as_many_cramps_as_wanted(lives: list[Life]) -> None:
    assert np.mean([one.all_counts.sum() for one in lives]) == pytest.approx(80, rel=0.1)


def test_the_same_generator_gives_the_same_life() -> None:
    first, second = (lived(Wanted(), np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.counts, second.counts)
    assert (first.role, first.causes) == (second.role, second.causes)


def test_every_trait_turns_up(lives: list[Life]) -> None:
    roles = {role for one in lives for role in one.role}
    shapes = {cause.shape for one in lives for cause in one.causes}
    assert roles == {"cause", "load", "stand_in", "nothing", *CONSEQUENCES}
    assert shapes == {"plain", "threshold", "saturating", "load"}


def test_a_verdict_can_only_be_right_of_causes_and_their_stand_ins(lives: list[Life]) -> None:
    for one in lives:
        real = np.array([role in {"cause", "load", "stand_in"} for role in one.role])
        assert np.array_equal(one.right != 0, real)


def test_a_stand_in_carries_what_a_cause_of_the_same_direction_carries(lives: list[Life]) -> None:
    seen = 0
    for one in lives:
        for k in (k for k, role in enumerate(one.role) if role == "stand_in"):
            together = np.abs(np.asarray(np.corrcoef(one.all_values.T))[k])
            together[k] = 0
            twin = int(together.argmax())
            assert together[twin] > 0.7
            assert one.right[twin] == one.right[k]
            seen += 1
    assert seen > 20


def test_a_consequence_goes_with_the_cramps_of_its_own_or_the_last_row(lives: list[Life]) -> None:
    same, later = [], []
    for one in lives:
        cramped = one.all_counts > 0
        for k in (k for k, role in enumerate(one.role) if role in CONSEQUENCES):
            done = one.all_values[:, k] > 0
            same.append(done[cramped].mean() - done[~cramped].mean())
            later.append(done[1:][cramped[:-1]].mean() - done[1:][~cramped[:-1]].mean())
    assert np.max(same) > 0.3
    assert np.max(later) > 0.3


def test_quiet_nights_are_skipped_more_often_than_those_with_a_cramp(lives: list[Life]) -> None:
    quiet = np.mean([np.isnan(one.counts)[one.all_counts == 0].mean() for one in lives])
    cramped = np.mean([np.isnan(one.counts)[one.all_counts > 0].mean() for one in lives])
    assert quiet > 2 * cramped


def test_some_columns_are_written_from_some_day_on_only(lives: list[Life]) -> None:
    late = [np.isnan(one.values[:30]).all(axis=0).mean() for one in lives]
    assert 0.05 < np.mean(late) < 0.2


def test_counts_scatter_more_than_poisson(lives: list[Life]) -> None:
    mean = np.concatenate([np.exp(one.log_mean) for one in lives])
    counts = np.concatenate([one.all_counts for one in lives])
    assert ((counts - mean) ** 2 / mean).mean() > 1.15


def test_the_true_rate_ratio_of_a_cause_is_its_size_between_its_own_low_and_high(lives: list[Life]) -> None:
    for one in lives:
        for cause in one.causes:
            told = one.log_ratio(cause.column, cause.low, cause.high)
            if cause.shape == "load":
                assert math.isnan(told)
            else:
                assert told == pytest.approx(cause.size)
                assert np.sign(told) == one.right[cause.column]


def test_nothing_has_a_rate_ratio_of_one_and_a_consequence_none(lives: list[Life]) -> None:
    for one in lives[:20]:
        for k, role in enumerate(one.role):
            if role == "nothing":
                assert one.log_ratio(k, 0.0, 1.0) == 0
            if role in {"stand_in", *CONSEQUENCES}:
                assert math.isnan(one.log_ratio(k, 0.0, 1.0))


def test_a_threshold_is_all_or_nothing_and_saturation_levels_off() -> None:
    threshold = Cause(0, 0, "threshold", 1.0, 0.0, 10.0, at=6.0)
    np.testing.assert_array_equal(threshold.push(np.array([0.0, 5.9, 6.0, 10.0])), [0, 0, 1, 1])
    saturating = Cause(0, 0, "saturating", 1.0, 0.0, 10.0, at=0.0)
    half, whole, beyond = saturating.push(np.array([5.0, 10.0, 15.0]))
    assert half > 0.8 * whole
    assert beyond - whole < 0.1
