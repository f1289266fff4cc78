"""The same posterior by another road: plain Metropolis on the exact likelihood, slow and simple.

Nothing numerical is shared with `trigger_expansion`, `trigger_chain` and `trigger_exact`; only the prepared
rows are. Reversible jumps (Green 1995, Biometrika 82:711) put a column in or out, another move gives it
another lag, others change its log rate ratio, theta and the dispersion. Many chains go side by side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_baseline import DISPERSION_WEIGHTS, DISPERSIONS
from uncramp.stats.trigger_data import Data
from uncramp.stats.trigger_prepare import Prepared, prepare

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

GAP = math.log(1.25)
CHAINS = 32
THETA_MOVES = 6


@dataclass(frozen=True)
class Checked:
    """Chances (K,) by the share of sweeps; `included` = `raises` + `lowers`; `spread` (K,) is the standard
    error of `included`, from the chains' differences."""

    included: Floats
    raises: Floats
    lowers: Floats
    spread: Floats


def check(data: Data, *, seed: int, sweeps: int) -> Checked:
    """The chances of mattering; the first fifth of the sweeps is thrown away."""
    rng = np.random.Generator(np.random.PCG64(seed))
    walk = _Walk.begin(prepare(data), rng)
    above = np.zeros((CHAINS, walk.columns))
    below = np.zeros_like(above)
    counted = 0
    for sweep in range(sweeps):
        walk.sweep()
        if sweep >= sweeps // 5:
            above += (walk.inside > 0) & (walk.effect > 0)
            below += (walk.inside > 0) & (walk.effect < 0)
            counted += 1
    above, below = above / max(counted, 1), below / max(counted, 1)
    spread = (above + below).std(0, ddof=1) / math.sqrt(CHAINS)
    return Checked((above + below).mean(0), above.mean(0), below.mean(0), spread)


@dataclass
class _Walk:
    """Where each chain is: `inside`, `effect` (C, K), `at` (C, K) which candidate a column would use, `theta`
    (C, P), `phi` (C,) an index; `eta` (C, T) and `value` (C,) go with them."""

    ready: Prepared
    rng: np.random.Generator
    inside: Ints
    effect: Floats
    at: Ints
    theta: Floats
    phi: Ints
    eta: Floats
    value: Floats
    root: Floats
    columns: int

    @classmethod
    def begin(cls, ready: Prepared, rng: np.random.Generator) -> _Walk:
        rows, columns = ready.rows, len(ready.told.low)
        theta = np.tile(ready.start.theta, (CHAINS, 1))
        eta = rows.offset + theta @ rows.base.features.T
        mean = np.exp(eta[0])
        curve = (rows.base.features.T * (mean / (1 + 0.5 * mean))) @ rows.base.features
        root = np.linalg.cholesky(np.linalg.inv(curve + np.diag(rows.base.precision)))
        first = np.searchsorted(rows.column, np.arange(columns))
        nowhere = np.zeros((CHAINS, columns), dtype=np.int64)
        walk = cls(
            ready, rng, nowhere, np.zeros((CHAINS, columns)), np.tile(first, (CHAINS, 1)), theta,
            rng.integers(0, len(DISPERSIONS), CHAINS), eta, np.zeros(CHAINS), root, columns,
        )  # fmt: skip
        walk.value = walk.likelihood(eta)
        return walk

    def likelihood(self, eta: Floats) -> Floats:
        """Of the counts (C,), each chain with its own dispersion."""
        y, phi = self.ready.rows.counts, DISPERSIONS[self.phi][:, None]
        size = 1 / np.where(phi > 0, phi, 1.0)
        mean = np.exp(np.clip(eta, -30, 15))
        spread = y * np.log(mean / (size + mean)) - size * np.log1p(mean / size) + _rising(y, size)
        return np.asarray(np.where(phi > 0, spread, y * np.log(mean) - mean).sum(1))

    def sweep(self) -> None:
        for k in self.rng.permutation(self.columns):
            self.jump(int(k))
            if self.inside[:, k].any():
                self.other_lag(int(k))
                self.shift(int(k))
        self.swap()
        for _ in range(THETA_MOVES):
            self.move_theta()
        self.move_phi()

    def part(self, k: int, at: Ints, effect: Floats) -> Floats:
        """What the column adds to the log means (C, T)."""
        rows, d = self.ready.rows, (self.inside[:, k] * effect)[:, None]
        return np.asarray(rows.mean[at] * d + rows.variance[at] * d**2 / 2)

    def settle(self, eta: Floats, log_ratio: Floats) -> Marks:
        """Metropolis: which chains go where `eta` is; `log_ratio` is all but the likelihood."""
        value = self.likelihood(eta)
        goes = np.log(self.rng.random(CHAINS)) < value - self.value + log_ratio
        self.eta = np.where(goes[:, None], eta, self.eta)
        self.value = np.where(goes, value, self.value)
        return np.asarray(goes)

    def jump(self, k: int) -> None:
        """In or out; who goes in takes lag and effect from the prior, so only the odds remain."""
        data, was = self.ready.data, self.inside[:, k].copy()
        at, effect = self._from_prior(k)
        at, effect = np.where(was, self.at[:, k], at), np.where(was, self.effect[:, k], effect)
        odds = math.log(data.inclusion[k] / (1 - data.inclusion[k]))
        self.inside[:, k] = 1
        part = self.part(k, at, effect)
        goes = self.settle(self.eta + np.where(was, -1, 1)[:, None] * part, np.where(was, -odds, odds))
        self.inside[:, k] = np.where(goes, 1 - was, was)
        self.at[:, k], self.effect[:, k] = at, effect

    def _from_prior(self, k: int) -> tuple[Ints, Floats]:
        ready = self.ready
        own = np.flatnonzero(ready.rows.column == k)
        at = self.rng.choice(own, CHAINS, p=np.exp(ready.chosen.log_weight[own]))
        effect, either = np.zeros(CHAINS), bool(ready.data.either[k])
        while (small := (effect if either else np.abs(effect)) < GAP).any():
            effect[small] = self.rng.normal(ready.data.mean[k], ready.data.sd[k], int(small.sum()))
        return at, effect * self.rng.choice([-1.0, 1.0], CHAINS) if either else effect

    def other_lag(self, k: int) -> None:
        at, _ = self._from_prior(k)
        effect = self.effect[:, k]
        goes = self.settle(
            self.eta + self.part(k, at, effect) - self.part(k, self.at[:, k], effect), np.zeros(CHAINS)
        )
        self.at[:, k] = np.where(goes, at, self.at[:, k])

    def shift(self, k: int) -> None:
        effect = self.effect[:, k]
        step = self.rng.choice([0.1, 0.4, 1.0], CHAINS)
        other = np.where(
            self.rng.random(CHAINS) < 0.1, -effect, effect + step * self.rng.standard_normal(CHAINS)
        )
        ratio = self._prior(k, other) - self._prior(k, effect)
        ratio = np.where((np.abs(other) > GAP) & (self.inside[:, k] > 0), ratio, -np.inf)
        change = self.part(k, self.at[:, k], other) - self.part(k, self.at[:, k], effect)
        goes = self.settle(self.eta + change, ratio)
        self.effect[:, k] = np.where(goes, other, effect)

    def swap(self) -> None:
        """One column goes out and another in with the same effect: correlated columns take each other's
        place."""
        if self.columns < 2:
            return
        out, into = (int(k) for k in self.rng.permutation(self.columns)[:2])
        may = (self.inside[:, out] == 1) & (self.inside[:, into] == 0)
        at, _ = self._from_prior(into)
        effect, before = self.effect[:, out], self.inside[:, into].copy()
        gone = self.part(out, self.at[:, out], effect)
        self.inside[:, into] = 1
        come = self.part(into, at, effect)
        ratio = self._prior(into, effect) - self._prior(out, effect)
        goes = self.settle(self.eta - gone + come, np.where(may, ratio, -np.inf))
        self.inside[:, into] = np.where(goes, 1, before)
        self.inside[:, out] = np.where(goes, 0, self.inside[:, out])
        self.at[:, into] = np.where(goes, at, self.at[:, into])
        self.effect[:, into] = np.where(goes, effect, self.effect[:, into])

    def _prior(self, k: int, effect: Floats) -> Floats:
        """Log of the prior odds of being in with this effect (C,)."""
        data = self.ready.data
        mean, sd, either = float(data.mean[k]), float(data.sd[k]), bool(data.either[k])
        above = math.erfc((GAP - mean) / sd / math.sqrt(2)) / 2
        left = 2 * above if either else above + math.erfc((GAP + mean) / sd / math.sqrt(2)) / 2
        odds = math.log(data.inclusion[k] / (1 - data.inclusion[k])) - math.log(left * sd)
        return np.asarray(odds - (((np.abs(effect) if either else effect) - mean) / sd) ** 2 / 2)

    def move_theta(self) -> None:
        base = self.ready.rows.base
        scale = self.rng.choice([0.15, 0.5, 1.0]) * 1.7 / math.sqrt(self.root.shape[0])
        step = scale * self.rng.standard_normal(self.theta.shape) @ self.root.T
        other = self.theta + step
        ratio = ((self.theta - base.mean) ** 2 - (other - base.mean) ** 2) @ base.precision / 2
        goes = self.settle(self.eta + step @ base.features.T, ratio)
        self.theta = np.where(goes[:, None], other, self.theta)

    def move_phi(self) -> None:
        before, value = self.phi, self.value
        self.phi = self.rng.integers(0, len(DISPERSIONS), CHAINS)
        other = self.likelihood(self.eta)
        ratio = np.log(DISPERSION_WEIGHTS[self.phi] / DISPERSION_WEIGHTS[before])
        goes = np.log(self.rng.random(CHAINS)) < other - value + ratio
        self.phi, self.value = np.where(goes, self.phi, before), np.where(goes, other, value)


def _rising(counts: Floats, size: Floats) -> Floats:
    """log Gamma(y + size) - log Gamma(size) for each count and chain (C, T); counts are whole and small."""
    table = np.cumsum(np.log(size + np.arange(int(counts.max(initial=0)))), axis=1)
    table = np.hstack([np.zeros((len(size), 1)), table])
    return np.asarray(table[:, counts.astype(np.int64)])
