"""How fast each of several things brings a release, from periods of use within many bouts.

The hazard at `t` seconds since a bout began, while thing `k` is in use, is `rate[k] * shape[bin of t]`: one
rate for each thing, one shape for all, which holds what time alone does. Periods enter late and end by
switching; each adds its own exposure to the cells it crosses, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NEWTON_STEPS = 50
_CLOSE = 1e-8


@dataclass(frozen=True)
class Prior:
    """What is thought of the rates before anything was seen; all on the log scale, per second.

    The things' log rates are normal about a common one with sd `spread`; that one is normal(`mean`, `sd`);
    each bin's log shape differs from that of the bin before by a slope, common to all and normal(0, `slope`),
    and by something of its own with sd `step`. `spreads` and `steps` are values with a weight each, since
    neither is known.
    """

    mean: float
    sd: float
    slope: float
    spreads: tuple[tuple[float, float], ...]
    steps: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Draws:
    """Weighted draws from a posterior: `log_rates` (..., draws, things), `log_shape` (..., draws, bins) with
    0 for the first bin, `weights` (..., draws) that sum to 1."""

    log_rates: Floats
    log_shape: Floats
    weights: Floats


def cells(
    thing: Ints, entry: Floats, leave: Floats, weight: Floats, released: Floats, edges: Floats, things: int
) -> tuple[Floats, Floats]:
    """Releases and seconds of exposure, each (things, bins), of periods of use.

    A period runs from `entry` to `leave` (seconds since its bout began) and counts `weight`; `released` is 1
    where it ended by a release. `edges` are the bins' beginnings, the first 0; the last bin has no end.

    Holford (1980) Biometrics 36:299; Laird and Olivier (1981) J Am Stat Assoc 76:231: with hazards constant
    in each bin, these two tables say all that the periods say. Entry after the beginning is left truncation.
    """
    starts, ends = edges, np.append(edges[1:], np.inf)
    inside = np.minimum(leave[:, None], ends) - np.maximum(entry[:, None], starts)
    exposure = np.zeros((things, len(edges)))
    np.add.at(exposure, thing, np.clip(inside, 0.0, None) * weight[:, None])
    releases = np.zeros_like(exposure)
    # A release at the very edge belongs to the bin whose time it ends.
    last = np.maximum(np.searchsorted(edges, leave, side="left") - 1, 0)
    np.add.at(releases, (thing, last), released * weight)
    return releases, exposure


def lattice(draws: int, dimensions: int) -> Floats:
    """Points in the open unit cube (draws, dimensions) that fill it evenly, the same at every call.

    Multiples of the square roots of the primes, without their whole part: Richtmyer (1951) Los Alamos report
    LA-1342; Niederreiter (1978) Bull Am Math Soc 84:957.
    """
    primes = [2]
    while len(primes) < dimensions:
        primes.append(next(n for n in range(primes[-1] + 1, 2 * primes[-1]) if all(n % p for p in primes)))
    roots: Floats = np.sqrt(np.array(primes[:dimensions], dtype=np.float64))
    points: Floats = (0.5 + np.arange(draws)[:, None] * roots) % 1.0
    return np.clip(points, 1e-12, 1.0 - 1e-12)


def uniforms_needed(things: int, bins: int) -> int:
    """Columns of uniform numbers that `posterior` uses up."""
    size = things + bins - 1
    return 3 + size + size % 2


def posterior(releases: Floats, exposure: Floats, prior: Prior, uniforms: Floats) -> Draws:
    """Weighted draws from what `releases` and `exposure` (..., things, bins) say together with `prior`.

    For each pair of spread and step: the mode and curvature (Tierney and Kadane 1986, J Am Stat Assoc 81:82),
    weighed as in a grid over what is not known of the prior (Rue, Martino and Chopin 2009, J R Stat Soc B
    71:319). Draws are taken from t distributions with 4 degrees of freedom about these modes and weighted by
    what the approximation got wrong (Geweke 1989, Econometrica 57:1317), so that they are exact but for their
    number. `uniforms` (draws, `uniforms_needed`) decide all: the same ones give the same draws.
    """
    seen = _Seen(releases, exposure, prior)
    mode = _mode(seen)
    root = np.linalg.cholesky(_curvature(mode, seen))
    log_root = np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum(-1)
    share = _shares(_log_joint(mode, seen, seen.precision) + seen.log_weight - log_root)

    picked = (uniforms[:, 0, None] > np.cumsum(share, -1)[..., None, :-1]).sum(-1)
    scaled = _normals(uniforms[:, 3:])[:, : len(seen.mean)] * _t_stretch(uniforms[:, 1:3])[:, None]
    widths = np.take_along_axis(np.linalg.inv(root).swapaxes(-1, -2), picked[..., None, None], -3)
    drawn = np.take_along_axis(mode, picked[..., None], -2) + np.einsum("...nij,nj->...ni", widths, scaled)

    log_wanted = _log_joint(drawn, seen, seen.precision[picked]) + seen.log_weight[picked]
    log_sent = np.take_along_axis(np.log(np.maximum(share, 1e-300)) + log_root, picked, -1)
    log_sent = log_sent - (4 + len(seen.mean)) / 2 * np.log1p((scaled**2).sum(-1) / 4)
    things = releases.shape[-2]
    log_shape = np.concatenate([np.zeros((*drawn.shape[:-1], 1)), drawn[..., things:]], -1)
    return Draws(drawn[..., :things], log_shape, _shares(log_wanted - log_sent))


def effective(weights: Floats) -> Floats:
    """How many equal draws the weighted ones are worth (Kong 1992; Liu 1996, Stat Comput 6:113)."""
    worth: Floats = 1.0 / (weights**2).sum(-1)
    return worth


def medians(draws: Draws, edges: Floats) -> Floats:
    """Seconds from a bout's beginning until half would be released, if a thing were used from then on:
    (..., draws, things), where the cumulative hazard reaches log 2."""
    widths = np.diff(edges)
    shape = np.exp(draws.log_shape)
    begun = np.concatenate([np.zeros_like(shape[..., :1]), np.cumsum(shape[..., :-1] * widths, -1)], -1)
    wanted = np.log(2.0) * np.exp(-draws.log_rates)
    out: Floats = np.empty_like(wanted)
    for k in range(wanted.shape[-1]):
        bin_ = (wanted[..., k, None] > begun[..., 1:]).sum(-1)
        before = np.take_along_axis(begun, bin_[..., None], -1)[..., 0]
        speed = np.take_along_axis(shape, bin_[..., None], -1)[..., 0]
        out[..., k] = edges[bin_] + (wanted[..., k] - before) / speed
    return out


def quantiles(values: Floats, weights: Floats, at: tuple[float, ...]) -> Floats:
    """Weighted quantiles of `values` (..., draws, things): (len(at), ..., things)."""
    order = np.argsort(values, -2)
    ordered = np.take_along_axis(values, order, -2)
    heavy = np.take_along_axis(np.broadcast_to(weights[..., None], values.shape), order, -2)
    reached = np.cumsum(heavy, -2) - heavy / 2
    found = []
    for q in at:
        where = np.minimum((reached < q).sum(-2, keepdims=True), values.shape[-2] - 1)
        found.append(np.take_along_axis(ordered, where, -2)[..., 0, :])
    return np.stack(found)


def chance_fastest(draws: Draws, among: NDArray[np.bool_]) -> Floats:
    """For each thing, the probability that its rate is the highest of those in `among` (..., things)."""
    rates = np.where(among[..., None, :], draws.log_rates, -np.inf)
    highest = rates.argmax(-1)
    things = rates.shape[-1]
    chances: Floats = np.stack([(draws.weights * (highest == k)).sum(-1) for k in range(things)], -1)
    return chances


def lead(draws: Draws, among: NDArray[np.bool_]) -> Floats:
    """For each thing, its median log rate less the highest of the others in `among` (..., things), at least
    two of which there must be; minus infinity for a thing that is not in it."""
    median = np.where(among, quantiles(draws.log_rates, draws.weights, (0.5,))[0], -np.inf)
    ranked = np.sort(median, -1)
    best, second = ranked[..., -1:], ranked[..., -2:-1]
    ahead: Floats = median - np.where(median == best, second, best)
    return ahead


class _Seen:
    """The data as rows of cells, and the prior as one precision matrix for each pair of spread and step."""

    def __init__(self, releases: Floats, exposure: Floats, prior: Prior) -> None:
        things, bins = releases.shape[-2:]
        # One axis more, along which the pairs or the draws lie.
        self.releases = releases.reshape(*releases.shape[:-2], 1, things * bins)
        self.exposure = exposure.reshape(self.releases.shape)
        self.design = _design(things, bins)
        self.mean = np.concatenate([np.full(things, prior.mean), np.zeros(bins - 1)])
        self.precision, self.log_weight = _precisions(prior, things, bins)


def _design(things: int, bins: int) -> Floats:
    """(things * bins, things + bins - 1): a cell's log hazard is a rate and, past the first bin, a shape."""
    rate = np.repeat(np.eye(things), bins, axis=0)
    shape = np.tile(np.eye(bins)[:, 1:], (things, 1))
    return np.hstack([rate, shape])


def _precisions(prior: Prior, things: int, bins: int) -> tuple[Floats, Floats]:
    """For each pair of spread and step: the precision matrix, and the log of weight and root determinant."""
    so_far = np.tril(np.ones((bins - 1, bins - 1)))
    size = things + bins - 1
    precision = np.zeros((len(prior.spreads), len(prior.steps), size, size))
    weight = np.zeros(precision.shape[:2])
    for i, (spread, spread_weight) in enumerate(prior.spreads):
        for j, (step, step_weight) in enumerate(prior.steps):
            rates = spread**2 * np.eye(things) + prior.sd**2
            shape = so_far @ (step**2 * np.eye(bins - 1) + prior.slope**2) @ so_far.T
            precision[i, j, :things, :things] = np.linalg.inv(rates)
            precision[i, j, things:, things:] = np.linalg.inv(shape)
            weight[i, j] = spread_weight * step_weight
    log_weight = np.log(weight) + np.linalg.slogdet(precision)[1] / 2
    return precision.reshape(-1, size, size), log_weight.reshape(-1)


def _shares(logs: Floats) -> Floats:
    shares = np.exp(logs - logs.max(-1, keepdims=True))
    whole: Floats = shares / shares.sum(-1, keepdims=True)
    return whole


def _log_joint(at: Floats, seen: _Seen, precision: Floats) -> Floats:
    log_hazard = at @ seen.design.T
    off = at - seen.mean
    # A hazard of e^50 is none that a draw near the mode can have; it only keeps the sum finite.
    fit = (seen.releases * log_hazard - seen.exposure * np.exp(np.minimum(log_hazard, 50.0))).sum(-1)
    joint: Floats = fit - np.einsum("...i,...ij,...j->...", off, precision, off) / 2
    return joint


def _curvature(at: Floats, seen: _Seen) -> Floats:
    expected = seen.exposure * np.exp(at @ seen.design.T)
    curvature: Floats = (seen.design.T * expected[..., None, :]) @ seen.design + seen.precision
    return curvature


def _mode(seen: _Seen) -> Floats:
    """Where the log posterior is highest, by Newton's steps, none longer than 1; it is concave: one top."""
    shape = (*seen.releases.shape[:-2], len(seen.precision), len(seen.mean))
    at = np.broadcast_to(seen.mean, shape).copy()
    for _ in range(_NEWTON_STEPS):
        slope = (seen.releases - seen.exposure * np.exp(at @ seen.design.T)) @ seen.design
        slope = slope - np.einsum("...ij,...j->...i", seen.precision, at - seen.mean)
        step = np.linalg.solve(_curvature(at, seen), slope[..., None])[..., 0]
        longest = np.abs(step).max(-1, keepdims=True)
        at += step / np.maximum(longest, 1.0)
        if longest.max() < _CLOSE:
            break
    return at


def _normals(uniforms: Floats) -> Floats:
    """As many standard normal numbers; Box and Muller (1958) Ann Math Stat 29:610."""
    radius = np.sqrt(-2.0 * np.log(uniforms[:, 0::2]))
    angle = 2.0 * np.pi * uniforms[:, 1::2]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], 1)


def _t_stretch(uniforms: Floats) -> Floats:
    """What turns normal numbers into t with 4 degrees of freedom: chi squared of 4 is -2 log(u v)."""
    stretch: Floats = np.sqrt(4.0 / (-2.0 * np.log(uniforms).sum(1)))
    return stretch
