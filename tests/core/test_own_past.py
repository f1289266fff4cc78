"""The chance of a cramp from the nights before alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from uncramp.core.own_past import own_past


def log_score(chance: np.ndarray, happened: np.ndarray) -> float:
    return float(np.where(happened > 0, np.log(chance), np.log1p(-chance)).mean())


def average(happened: np.ndarray) -> np.ndarray:
    before = np.concatenate([[0.0], np.cumsum(happened)[:-1]])
    return (before + 0.5) / (np.arange(len(happened)) + 1)


def test_where_nothing_changes_it_is_about_the_own_average() -> None:
    happened = (np.random.default_rng(1).random(400) < 0.2).astype(float)
    told = own_past(happened).chance
    assert told[-50:] == pytest.approx(average(happened)[-50:], abs=0.05)
    assert log_score(told, happened) > log_score(average(happened), happened) - 0.01


def test_good_and_bad_months_are_foretold_better_than_by_the_average() -> None:
    happened = (np.random.default_rng(2).random(360) < np.repeat([0.1, 0.7] * 6, 30)).astype(float)
    assert log_score(own_past(happened).chance, happened) > log_score(average(happened), happened) + 0.08


def test_a_night_after_a_cramp_has_more_of_a_chance_where_it_always_had() -> None:
    rng, happened = np.random.default_rng(3), np.zeros(400)
    for night in range(1, 400):
        happened[night] = rng.random() < (0.6 if happened[night - 1] else 0.2)
    told = own_past(happened).chance[200:]
    after = happened[199:-1] > 0
    assert told[after].mean() == pytest.approx(0.55, abs=0.1)
    assert told[~after].mean() == pytest.approx(0.22, abs=0.08)


def test_each_night_is_told_from_the_nights_before_it_only() -> None:
    happened = np.array([0.0, 1.0, math.nan, 1.0, 0.0])
    changed = np.array([0.0, 1.0, math.nan, 0.0, 1.0])
    assert own_past(happened).chance[:4] == pytest.approx(own_past(changed).chance[:4])
    assert own_past(happened).chance[4] > own_past(changed).chance[4]


def test_nights_nobody_wrote_of_change_no_average_that_does_not_wander() -> None:
    chance = own_past(np.concatenate([[0.0, 1.0] * 60, np.full(200, math.nan)])).chance
    assert chance[-1] == pytest.approx(0.5, abs=0.03)


def test_draws_have_the_chance_as_their_mean_and_stay_the_same_for_a_seed() -> None:
    happened = np.array([0.0, 0.0, 1.0, 0.0, 1.0, math.nan, math.nan])
    found, again = (own_past(happened, later=2, draws=400, seed=4) for _ in range(2))
    assert found.draws.mean(axis=0) == pytest.approx(found.chance[-2:], abs=0.01)
    assert found.draws.tolist() == again.draws.tolist()
    assert ((found.draws > 0) & (found.draws < 1)).all()


def test_an_empty_diary_gives_nothing() -> None:
    assert own_past(np.zeros(0)).chance.shape == (0,)


@pytest.mark.parametrize("happened", [[0.0] * 1500, [1.0] * 1500, [math.nan] * 1500, [0.0] * 1499 + [1.0]])
def test_the_chance_is_always_between_0_and_1(happened: list[float]) -> None:
    told = own_past(np.array(happened)).chance
    assert (told > 0).all()
    assert (told < 1).all()
