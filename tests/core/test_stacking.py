"""How much a forecast leans on its model, and how it is judged."""

from __future__ import annotations

import numpy as np
import pytest

from uncramp.core.stacking import Held, held_part, skill_of, weight_of


def held(seed: int, nights: int, good: bool, cramps: int = 60) -> Held:
    """A model that knows each night's chance, or one that tells the same of nights in another order."""
    rng = np.random.default_rng(seed)
    chance = rng.uniform(0.05, 0.6, nights)
    happened = (rng.random(nights) < chance).astype(float)
    told = chance if good else rng.permutation(chance)
    usual = float(happened.mean())
    return Held(told, np.full(nights, usual), usual, happened, cramps)


def test_a_good_model_gets_weight_and_a_useless_one_loses_it() -> None:
    assert weight_of([held(1, 300, good=True)], 60) > 0.75
    assert weight_of([held(1, 300, good=False)], 60) < 0.25


def test_with_nothing_held_out_the_weight_grows_with_the_cramps() -> None:
    weights = [weight_of([], cramps) for cramps in (0, 5, 25, 100)]
    assert weights == sorted(weights)
    assert weights[0] < 0.1
    assert weights[2] == pytest.approx(0.5, abs=0.02)


def test_skill_needs_30_nights_and_5_cramps() -> None:
    assert skill_of([]) is None
    assert skill_of([held(1, 29, good=True)]) is None
    rare = Held(np.full(40, 0.1), np.full(40, 0.1), 0.1, np.array([1.0] * 4 + [0.0] * 36), 4)
    assert skill_of([rare]) is None


def test_skill_is_above_nothing_for_a_good_model_and_its_interval_holds_nothing_for_a_useless_one() -> None:
    good, useless = (skill_of([held(n, 150, good=good) for n in range(3)]) for good in (True, False))
    assert good is not None
    assert useless is not None
    assert 0 < good.low < good.gain < good.high
    assert useless.low < 0
    assert good.brier_skill > 0.05 > useless.brier_skill
    assert [third.nights for third in good.calibration] == [150, 150, 150]


def test_a_model_without_weight_leaves_what_the_nights_before_tell() -> None:
    happened = np.array([1.0, 0.0] * 150)
    known = Held(np.full(300, 0.5), 0.1 + 0.8 * happened, 0.5, happened, 150)
    assert weight_of([known], 150) < 0.05
    found = skill_of([known, known])
    assert found is not None
    assert found.gain > 0.3


def test_calibration_compares_what_was_said_with_what_was_seen() -> None:
    found = skill_of([held(n, 600, good=True) for n in range(3)])
    assert found is not None
    for third in found.calibration:
        assert third.said == pytest.approx(third.seen, abs=0.06)


def test_nights_of_unknown_outcome_are_left_out() -> None:
    part = held_part(
        np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.5, 0.6]), 0.2, np.array([0.0, np.nan, 2.0]), 9
    )
    assert part.model.tolist() == [0.1, 0.3]
    assert part.past.tolist() == [0.4, 0.6]
    assert part.happened.tolist() == [0.0, 1.0]
