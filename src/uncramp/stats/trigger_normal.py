"""The normal law, by the standard library's error function or by tables made from it, and weighted
quantiles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

_LEAST, _MOST = -12.0, 8.0
_FINE = 64
"""Entries for each unit of a table's argument."""
_FIRST_LOGIT = -70.0
_RARE = -4.0


def normal_mass(upto: Floats) -> Floats:
    """Mass of the unit normal below each of `upto` (K,)."""
    return np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in upto.tolist()])


def _tables() -> tuple[Singles, Singles]:
    """log Phi(b) + min(b, 0)^2 / 2 over b, and the quantile over the logit of the chance."""
    at = np.linspace(_LEAST, _MOST, round((_MOST - _LEAST) * _FINE) + 1)
    below, above = np.log(normal_mass(at)), np.log(normal_mass(-at))
    logits = np.arange(_FIRST_LOGIT, 30, 1 / _FINE)
    quantile = np.interp(logits, below - above, at)
    return (below + np.minimum(at, 0) ** 2 / 2).astype(np.float32), quantile.astype(np.float32)


_LOG_MASS, _QUANTILE = _tables()


def scaled_log_mass(upto: Singles | Floats) -> Singles:
    """log of the unit normal's mass below `upto`, plus half the square of `upto` where that is below 0; to
    within 0.007, from a table."""
    place = upto * np.float32(_FINE) + np.float32(0.5 - _LEAST * _FINE)
    mass: Singles = _LOG_MASS.take(place.astype(np.intp), mode="clip")
    return mass


def beyond_zero(middle: Singles, log_uniform: Singles) -> Singles:
    """Draws of normals of these middles and SD 1 that are cut off below 0, from the logs of uniform numbers;
    far out an exponential takes its place."""
    short = np.minimum(middle, 0)
    log_tail = scaled_log_mass(middle)
    log_tail -= short * short * np.float32(0.5)
    log_tail += log_uniform
    np.minimum(log_tail, np.float32(-1e-6), out=log_tail)
    logit = log_tail - np.log(-np.expm1(log_tail))
    place = ((logit - np.float32(_FIRST_LOGIT)) * _FINE + np.float32(0.5)).astype(np.intp)
    past = np.maximum(middle - _QUANTILE.take(place, mode="clip"), 0)
    drawn: Singles = np.where(middle < _RARE, log_uniform / np.minimum(middle, np.float32(-1)), past)
    return drawn


def quantiles(values: Floats, weights: Floats, at: tuple[float, ...]) -> Floats:
    """Weighted quantiles along the last axis of `values`, `weights` (K, N): (K, len(at)). No weight at all
    in a row counts as equal weights."""
    order = np.argsort(values, axis=-1)
    ranked = np.take_along_axis(values, order, -1)
    heavy = np.where(weights.sum(-1, keepdims=True) > 0, weights, 1.0)
    upto = np.cumsum(np.take_along_axis(heavy, order, -1), axis=-1)
    upto = (upto - np.take_along_axis(heavy, order, -1) / 2) / upto[:, -1:]
    return np.array([np.interp(at, upto[k], ranked[k]) for k in range(len(values))]).reshape(-1, len(at))
