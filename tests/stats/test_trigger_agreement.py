"""The probabilities against two other roads to the same posterior, and against the truth of made-up
people."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

from uncramp.core.simulate_grid import SIZE, SLAB, Simulated, Wanted, simulated
from uncramp.stats.trigger_check import check
from uncramp.stats.trigger_model import Data, fit
from uncramp.stats.trigger_prepare import prepare

_BESIDE = importlib.util.spec_from_file_location(
    "enumeration", Path(__file__).parent / "trigger_enumeration.py"
)
assert _BESIDE is not None
assert _BESIDE.loader is not None
enumeration = importlib.util.module_from_spec(_BESIDE)
_BESIDE.loader.exec_module(enumeration)


def data(person: Simulated, inclusion: float) -> Data:
    first, count = slice(0, person.days), len(person.binary)
    return Data(
        person.counts[first], np.zeros(person.days), person.weekday[first], person.yearday[first],
        person.values[first], person.binary, np.ones((count, 4), dtype=np.bool_),
        np.zeros(count, dtype=np.int64), np.full(count, inclusion), np.where(person.binary, *SIZE),
        np.where(person.binary, *SLAB), np.ones(count, dtype=np.bool_), True,
    )  # fmt: skip


def one_lag(person: Simulated) -> Data:
    return dataclasses.replace(data(person, 0.2), lags=np.arange(4) == person.lag[:, None])


def compared(seed: int, cramps: float, columns: int, draws: int) -> np.ndarray:
    """Differences of the probabilities from those of all models, one by one."""
    wanted = Wanted(days=180, later=0, cramps=cramps, exposures=columns, inclusion=0.3, law="model")
    diary = one_lag(simulated(wanted, np.random.default_rng(seed)))
    ready = prepare(diary)
    exact = enumeration.inclusion(ready, draws, seed)
    return np.asarray(fit(diary, seed=seed).included - exact)


@pytest.mark.parametrize(("seed", "cramps"), [(6, 32.0), (7, 64.0)])
def test_the_probabilities_are_those_of_all_models_one_by_one(seed: int, cramps: float) -> None:
    off = np.abs(compared(seed, cramps, columns=4, draws=1500))
    assert off.mean() <= 0.005
    assert off.max() <= 0.015


@pytest.mark.slow
def test_the_probabilities_of_64_models_agree_from_few_cramps_to_many() -> None:
    off = np.abs(
        [compared(seed, cramps, 6, 4000) for seed, cramps in ((0, 8.0), (1, 16.0), (6, 32.0), (7, 64.0))]
    )
    assert off.mean() <= 0.003
    assert off.max() <= 0.015


@pytest.mark.slow
@pytest.mark.parametrize("cramps", [24, 96])
def test_a_plain_metropolis_sampler_finds_the_same_with_lags_unknown(cramps: int) -> None:
    wanted = Wanted(days=180, later=0, cramps=cramps, exposures=8, inclusion=0.3)
    diary = data(simulated(wanted, np.random.default_rng(5)), 0.12)
    other = check(diary, seed=1, sweeps=1500)
    found = fit(diary, seed=1)
    assert (np.abs(found.included - other.included) <= 4 * other.spread + 0.01).all()
    assert (np.abs(found.raises - other.raises) <= 4 * other.spread + 0.01).all()


@pytest.mark.slow
def test_no_seed_moves_a_probability_of_thirty_columns_by_more_than_a_fiftieth() -> None:
    for seed, cramps in ((100, 6.0), (102, 24.0), (104, 96.0), (118, 192.0)):
        diary = data(simulated(Wanted(cramps=cramps, later=0), np.random.default_rng(seed)), 0.12)
        found = np.array([fit(diary, seed=seed).included for seed in range(2)])
        assert np.ptp(found, axis=0).max() <= 0.02


@pytest.mark.slow
def test_of_what_is_called_likely_as_much_is_true_as_was_said() -> None:
    """Where the diaries come from the very model: 600 people; the bound is the noise of so many, and a
    bit."""
    said, true = [], []
    for seed in range(600):
        cramps = (12.0, 24.0, 48.0, 96.0)[seed % 4]
        person = simulated(Wanted(cramps=cramps, later=0, law="model"), np.random.default_rng(5000 + seed))
        said.append(fit(data(person, 0.12), seed=seed).included)
        true.append(person.matters)
    assert calibration_error(np.concatenate(said), np.concatenate(true)) <= 0.012


def calibration_error(said: np.ndarray, true: np.ndarray) -> float:
    """Mean distance between what was said and what was true, over ten bins of equal width."""
    bins = np.minimum((said * 10).astype(int), 9)
    parts = [abs(said[bins == b].sum() - true[bins == b].sum()) for b in range(10)]
    return float(math.fsum(parts) / len(said))
