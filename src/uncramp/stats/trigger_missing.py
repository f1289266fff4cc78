"""What an exposure nobody wrote down most likely was, and how unsure that is.

The columns, scaled to SD 1, are taken as a vector autoregression of the first order: each follows its own
past, z[t] = D z[t-1] + e[t] with D diagonal, and what is new on a day is correlated between the columns.
Given the cells that are known, the expectation of those that are not is one linear system, solved by
conjugate gradients (Hestenes and Stiefel 1952, J Res NBS 49:409). It looks back, ahead, and across the
columns of the same day.

The model of the cramps then takes the expectation of the rate ratio over what is unknown, which is the limit
of ever more imputations: no draw of them adds noise of its own. Days that
are unknown thus say less, and nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

_LEAST_EIGENVALUE = 0.05
_STEPS = 25
_CLOSE = 1e-6
_MOST_AUTOCORRELATION = 0.95
_LEAST_APART = 0.01
"""Variance, at least, between the columns' autocorrelations; the SD of correlations about the common one."""
_FACTOR_STEPS = 5


@dataclass(frozen=True)
class Filled:
    """`mean` (n, K): the value, expected where unknown, 0 being the column's mean; `variance` (n, K): 0 where
    written. In units of the contrast."""

    mean: Floats
    variance: Floats


@dataclass(frozen=True)
class Habits:
    """How a person's exposures go, learnt from what was written: `usual` (8, K) the mean of each weekday,
    and 0 for none; `spread` (K,) SD about it; `carry` (K,) the diagonal of D; `inverse` (K, K) of the
    covariance of what is new on a day, `first` (K, K) of a first row's, both in SD; `binary`, `centre` (K,)
    the share of yes."""

    usual: Floats
    spread: Floats
    carry: Floats
    inverse: Floats
    first: Floats
    binary: Marks
    centre: Floats

    def fill(self, values: Floats, weekday: Ints) -> Filled:
        """Expectation and variance of each cell of `values` (n, K; NaN unknown), scaled and centred;
        `weekday` (n,) 0-6, or 7 for none."""
        known = np.isfinite(values)
        usual, wide = self.usual[weekday], np.where(self.spread > 0, self.spread, 1.0)
        at = self._expect(np.where(known, values - usual, 0.0) / wide, known)
        likely = usual + np.clip(at, -3, 3) * wide
        return self._as_kind(np.where(known, np.nan_to_num(values), likely), known, usual)

    def onward(self, before: Filled, values: Floats, weekday: Ints) -> Filled:
        """The rows `values` (m, K) that follow those of `before`, each filled from the row before it and
        what is known of its own day, and never from later ones."""
        wide = np.where(self.spread > 0, self.spread, 1.0)
        yesterday = before.mean[-1] / wide if len(before.mean) else np.zeros(len(wide))
        rows = np.where(np.isfinite(values), values, 0.0)
        for t in range(len(values)):
            known = np.isfinite(values[t])
            likely = self.carry * yesterday
            new = np.where(known, (rows[t] - self.usual[weekday[t]]) / wide - likely, 0.0)
            gaps = np.flatnonzero(~known)
            if len(gaps):
                new[gaps] = np.linalg.solve(self.inverse[np.ix_(gaps, gaps)], -(self.inverse @ new)[gaps])
            yesterday = likely + new
            rows[t] = np.where(known, rows[t], self.usual[weekday[t]] + yesterday * wide)
        return self._as_kind(rows, np.isfinite(values), self.usual[weekday])

    def _as_kind(self, mean: Floats, known: Marks, usual: Floats) -> Filled:
        """A yes/no cell is a probability; a number's variance is what its expectation leaves of the whole."""
        yes_no, spread = self.binary & (self.spread > 0), self.spread
        chance = np.clip(mean + self.centre, 0.02, 0.98)
        mean = np.where(known | ~yes_no, mean, chance - self.centre)
        told = np.where(known, 0.0, (mean - usual) ** 2).sum(0) / np.maximum((~known).sum(0), 1)
        rest = np.maximum(spread**2 - told, 0.05 * spread**2)
        variance = np.where(yes_no, chance * (1 - chance), rest)
        return Filled(mean, np.where(known, 0.0, variance))

    def _expect(self, at: Floats, known: Marks) -> Floats:
        """`at` (n, K) with the unknown cells, 0 so far, put at their conditional expectation."""
        unknown = ~known
        scale = 1 / (np.diag(self.inverse) * (1 + self.carry**2))
        rest = np.where(unknown, -self._slope(at), 0.0)
        step = rest * scale
        size = float((rest * step).sum())
        for _ in range(_STEPS):
            if size <= _CLOSE * unknown.sum():
                break
            push = np.where(unknown, self._slope(step), 0.0)
            far = size / float((step * push).sum())
            at, rest = at + far * step, rest - far * push
            before, size = size, float((rest**2 * scale).sum())
            step = rest * scale + (size / before) * step
        return at

    def _slope(self, at: Floats) -> Floats:
        """The precision matrix of all cells times `at`, without ever being built."""
        new = at.copy()
        new[1:] -= self.carry * at[:-1]
        weighed = new @ self.inverse
        weighed[:1] = at[:1] @ self.first
        slope = weighed.copy()
        slope[:-1] -= self.carry * weighed[1:]
        return slope


def habits(values: Floats, binary: Marks, centre: Floats, weekday: Ints, sequential: bool) -> Habits:
    """Learnt from all cells and pairs of cells that are known; `sequential`: the rows are days in a row,
    else no row says anything of the next. What few days tell is drawn towards what the other columns tell, as
    far as these are alike (empirical Bayes; Efron and Morris 1973, J Am Stat Assoc 68:117)."""
    known = np.isfinite(values)
    usual = _weekday_means(values, known, weekday)
    left = np.where(known, values - usual[weekday], 0.0)
    spread = np.sqrt((left**2).sum(0) / np.maximum(known.sum(0), 1))
    left = left / np.where(spread > 0, spread, 1.0)
    marks = known.astype(np.float64)
    carry = np.zeros(values.shape[1])
    if sequential and len(values) > 1:
        carry = _carried((left[1:] * left[:-1]).sum(0), (marks[1:] * marks[:-1]).sum(0))
    same = _correlations(left.T @ left, marks.T @ marks, carry)
    new = same * (1 - np.outer(carry, carry))
    return Habits(usual, spread, carry, _inverse(new), _inverse(same), binary, centre)


def _weekday_means(values: Floats, known: Marks, weekday: Ints) -> Floats:
    """The usual value on each weekday (8, K), drawn towards 0, the mean of all, the more the less the
    weekdays differ; the last row is 0."""
    marks = (weekday[:, None] == np.arange(8)).astype(np.float64)
    rows, flat = np.maximum(marks.T @ known, 1e-9), np.where(known, values, 0.0)
    seen = marks.T @ flat / rows
    noise = (flat**2).sum(0) / np.maximum(known.sum(0), 1) / np.maximum(rows, 1)
    apart = np.maximum((seen**2 - noise)[:7].mean(0), 0)
    usual: Floats = seen * apart / np.maximum(apart + noise, 1e-12)
    usual[7] = 0
    return usual


def _carried(products: Floats, pairs: Floats) -> Floats:
    """Autocorrelations (K,) from the products of `pairs` of days in a row, summed."""
    pairs = np.maximum(pairs, 1)
    seen = np.clip(products / pairs, -1, 1)
    # As if there were one more column, of which no day says anything of the next.
    usual = seen.sum() / (len(seen) + 1)
    apart = max(float(((seen - usual) ** 2 - 1 / pairs).sum()) / max(len(seen), 1), _LEAST_APART)
    drawn = usual + (seen - usual) * apart / (apart + (1 - seen**2) / pairs)
    carry: Floats = np.clip(drawn, -0.5, _MOST_AUTOCORRELATION)
    return carry


def _correlations(products: Floats, days: Floats, carry: Floats) -> Floats:
    """Of the columns (K, K), from their products summed over the `days` on which both are known. Drawn
    towards what one common factor would make of them (Ledoit and Wolf 2003, J Empir Finance 10:603). Days in
    a row that are alike count as fewer (Bartlett 1935, J R Stat Soc 98:536)."""
    alike = np.outer(carry, carry)
    noise = (1 + alike) / (1 - alike) / np.maximum(days, 1)
    seen = np.clip(products / np.maximum(days, 1), -1, 1)
    loading = _factor(seen, float(days.mean()) if days.size else 1.0)
    common = np.outer(loading, loading)
    others = ~np.eye(len(seen), dtype=np.bool_)
    apart = float(((seen - common) ** 2 - noise)[others].sum()) / max(int(others.sum()), 1)
    apart = max(apart, _LEAST_APART**2)
    drawn = common + (seen - common) * apart / (apart + noise)
    np.fill_diagonal(drawn, 1.0)
    return drawn


def _factor(seen: Floats, days: float) -> Floats:
    """The loadings (K,) of one common factor, by principal factoring (Thomson 1934); what noise alone makes
    of the largest eigenvalue is halved and taken off."""
    own, loading = np.full(len(seen), 0.6), np.zeros(len(seen))
    for _ in range(_FACTOR_STEPS if len(seen) else 0):
        reduced = seen.copy()
        np.fill_diagonal(reduced, 1 - own)
        values, vectors = np.linalg.eigh(reduced)
        size = max(float(values[-1]) - 0.5 * math.sqrt(len(seen) / max(days, 1)), 0.0)
        loading = vectors[:, -1] * math.sqrt(size)
        own = np.clip(1 - loading**2, 0.1, 1)
    return loading


def _inverse(covariance: Floats) -> Floats:
    """Of the nearest matrix that can be a covariance."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    inverse: Floats = (vectors / np.maximum(values, _LEAST_EIGENVALUE)) @ vectors.T
    return inverse
