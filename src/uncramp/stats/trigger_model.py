"""What goes with a count, of many candidates: who is in, at which lag, how much, and how sure that is.

Counts y of row t, negative binomial with dispersion phi (0: Poisson):

    log mu_t = offset_t + Z_t theta + sum over columns k of (k is in) * d_k * x_k[t - lag_k]

* Z theta: level, drift, weekday, season, carry-over of earlier cramps (`trigger_baseline`).
* x_k is scaled so that d_k is the log rate ratio of the column's contrast (`trigger_columns`). A cell that
  nobody wrote down counts by its expectation given all that was written (`trigger_missing`).
* A column is in with its own prior chance, fixed, at one of its lags; in means that it matters: d_k is
  normal(mean, sd) with |d_k| > log 1.25 (a non-local prior: Johnson and Rossell 2010, JRSS-B 72:143). Out:
  d_k = 0.

How it is computed: a stand-in for the posterior (`trigger_expansion`) is sampled by many Gibbs chains at once
(`trigger_chain`), expanded anew about what they found, and after each sweep their states are weighed against
the exact posterior (`trigger_exact`) and the stand-in is bent towards it (`trigger_bend`). What each state
says of every column (`trigger_look`) is then put right by the weights (`trigger_summary`). `trigger_check`
samples the same posterior in another way.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_data import Data
from uncramp.stats.trigger_prepare import onward, prepare
from uncramp.stats.trigger_sample import CHAINS, SWEEPS, sample
from uncramp.stats.trigger_screen import looked_at
from uncramp.stats.trigger_summary import Posterior, posterior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

__all__ = ["Data", "Posterior", "fit", "predict", "screen"]


def fit(data: Data, *, seed: int, chains: int = CHAINS, sweeps: int = SWEEPS) -> Posterior:
    """The posterior of all columns; the same for the same seed. Never raises for odd values; see `Data`."""
    ready = prepare(data)
    rng = np.random.Generator(np.random.PCG64(seed))
    return posterior(ready, sample(ready, rng, chains, sweeps), rng)


def screen(data: Data, *, seed: int = 0) -> Floats:
    """Each column's chance of mattering (K,), roughly and at once: for a first look. Nothing in it is left to
    chance: `seed`, as `fit` has it, changes nothing."""
    del seed
    return looked_at(prepare(data, quick=True))


def predict(
    data: Data,
    told: Posterior,
    *,
    counts: Floats,
    values: Floats,
    weekday: Ints,
    yearday: Floats,
    offset: Floats,
    later: Floats | None = None,
) -> Floats:
    """Log means (D, n + later) of the rows of `data`, from which `told` was learnt, and of later ones, one
    step ahead: nothing is learnt anew. The arrays are those of all rows; `later` only where `data` has it. A
    row uses the counts before it, never its own, and its own exposures where they are known."""
    whole = replace(
        data, counts=counts, values=values, weekday=weekday, yearday=yearday, offset=offset, later=later
    )
    return onward(data, whole).eta(told.theta, told.candidates, told.candidates**2)
