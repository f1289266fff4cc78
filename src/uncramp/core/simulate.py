"""A made-up person: what they do from day to day, how often they cramp, and which of it has to do with it.

Pure: chance comes in as `rng`, and the same generator gives the same person. What stands here is numbers and
truth; `simulated_diary` writes it down as somebody would. It is not the model that any analysis assumes, on
purpose: seasons, drift, cramps that bring cramps, days that run together, and lines that nobody wrote.

Each number names where it comes from. "Assumed" is said where no publication gives one: none was found that
follows one person's cramps from day to day.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncramp.model import Asked, FactKind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

LEAD = 3
"""Days before the first night: the longest lag."""
MOST_A_NIGHT = 4
LAGS = (0.4, 0.3, 0.2, 0.1)
"""How likely it works the same day, or one, two or three days later. Assumed."""

SHARES: Mapping[str, float] = {
    "hard_exercise": 0.3, "unusual_load": 0.12, "hot_day": 0.2, "poor_sleep": 0.2, "sick_stomach": 0.08,
    "bedtime_stretch": 0.45, "magnesium": 0.35, "yoga": 0.15, "strength": 0.25,
}  # fmt: skip
"""Of 1, on how many days; assumed, so that it looks like a life. Others are drawn from 0.08 to 0.5."""
USUAL: Mapping[str, tuple[float, float]] = {
    "alcohol": (0.3, 1.5), "drinks": (7, 2), "long_standing": (3, 2), "long_sitting": (6, 2.5),
}  # fmt: skip
"""Mean and spread of a day's amount before it is cut at its range; assumed."""

LOWERS = frozenset({"drinks"})
"""Lower the rate where they matter, as remedies do."""

GROUPS, GROUP_CORRELATION = 5, 0.435
"""Days run together: a sporty week has more of several things at once. Assumed."""
WITH_WEEKDAYS = 0.35

EFFORT_EFFECTS: Mapping[str, float] = {"hot": 1.2, "unusual": 2.0, "cramp_the_day_before": 2.0}
"""Rate ratios during exercise: heat 1.1 to 1.3, more than usual 1.5 to 2.5, a cramp before 2. All assumed."""


@dataclass(frozen=True)
class Wanted:
    """How much of a person is made, and how they are.

    `per_week` lies between people with mild cramps (0.5 to 1) and those in trials of night cramps (4 to 8:
    Roguin Maor 2017, Frusso 1999). `per_effort`: of those who run up to 21 km (Two Oceans entrants, 8.5 %).
    Of nights 5 to 20 % go unwritten, more when all is well (assumed).
    """

    nights: int = 180
    efforts: int = 60
    per_week: float = 3.0
    per_effort: float = 0.085
    real: int = 4
    """How many exposures matter."""
    unwritten_quiet: float = 0.16
    unwritten_cramp: float = 0.04
    away: float = 0.03
    """Of 1, the days on which nothing at all was written."""
    unwritten_items: tuple[float, float] = (0.05, 0.25)
    """Each kind of exposure is left out on a share of the days from this range, some days in a row."""
    hours: bool = False
    """Each exposure is written with an hour, before the cramps of its day: it is known to come first."""


@dataclass(frozen=True)
class Effect:
    """That `per` more of `exposure` (1: yes instead of no) multiplies the rate, `lag` days later."""

    exposure: str
    rate_ratio: float
    lag: int = 0
    per: float = 1.0


@dataclass(frozen=True)
class Truth:
    """What no real diary has: how the cramps came about."""

    rest: tuple[Effect, ...]
    without_effect: tuple[str, ...]
    effort: tuple[Effect, ...]
    per_week: float
    """As expected over all nights."""
    base_per_week: float
    """With none of what matters, numbers as usual, at no special season, and no cramp in the days before."""
    per_effort: float
    carry_over: float
    carry_over_days: float
    frailty_shape: float | None
    """Of the gamma law of a night's own multiplier; `None` without one."""
    cramps: int
    """At rest, whether written down or not."""
    cramps_in_efforts: int
    release_medians: Mapping[str, float] = field(default_factory=dict)
    """Technique -> seconds after which half of the cramps would have let go."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Effort:
    """A bout of exercise on the day with that number."""

    day: int
    sport: str
    minutes: float
    session_rpe: float
    distance_km: float
    hot: bool
    drink_ml: float
    warm_up: bool
    unusual: bool
    cramp: bool = False


@dataclass(frozen=True)
class Life:
    """What happened on each day (night), and what of it was written down."""

    days: tuple[date, ...]
    columns: Mapping[str, Floats]
    counts: Ints
    written: Mapping[str, Marks]
    known: Marks
    efforts: tuple[Effort, ...]
    truth: Truth


def live(exposures: Sequence[Asked], last: date, rng: np.random.Generator, wanted: Wanted) -> Life:
    """A life of `wanted.nights` days up to `last`."""
    columns = _columns(exposures, wanted.nights + LEAD, last, rng)
    effects = _effects(exposures, columns, wanted, rng)
    numbers = {asked.id for asked in exposures if asked.kind is FactKind.NUMBER}
    log_shape = _log_shape(effects, columns, numbers, last, wanted, rng)
    rates = _Rates.drawn(log_shape, wanted.per_week / 7, rng)
    counts = rates.counts()
    shown = {name: column[LEAD:] for name, column in columns.items()}
    efforts = _efforts(shown, counts, last, wanted, rng)
    away = rng.random(wanted.nights) < wanted.away
    unwritten = np.where(counts > 0, wanted.unwritten_cramp, wanted.unwritten_quiet)
    written = {name: ~_gaps(wanted.nights, wanted.unwritten_items, rng) & ~away for name in shown}
    return Life(
        days=tuple(last - timedelta(days=wanted.nights - 1 - n) for n in range(wanted.nights)),
        columns=shown,
        counts=counts,
        written=written,
        known=(rng.random(wanted.nights) >= unwritten) & ~away,
        efforts=efforts,
        truth=_truth(effects, columns, rates, counts, efforts, wanted),
    )


def _truth(
    effects: tuple[Effect, ...],
    columns: Mapping[str, Floats],
    rates: _Rates,
    counts: Ints,
    efforts: tuple[Effort, ...],
    wanted: Wanted,
) -> Truth:
    real = {effect.exposure for effect in effects}
    return Truth(
        rest=effects,
        without_effect=tuple(name for name in columns if name not in real),
        effort=tuple(Effect(name, ratio) for name, ratio in EFFORT_EFFECTS.items()),
        per_week=wanted.per_week,
        base_per_week=7 * math.exp(rates.intercept),
        per_effort=wanted.per_effort,
        carry_over=rates.carry,
        carry_over_days=rates.carry_days,
        frailty_shape=rates.frailty_shape,
        cramps=int(counts.sum()),
        cramps_in_efforts=sum(effort.cramp for effort in efforts),
    )


# ---- what somebody does --------------------------------------------------------------------------


def _columns(
    exposures: Sequence[Asked], days: int, last: date, rng: np.random.Generator
) -> dict[str, Floats]:
    """A day's value of each exposure: alike from day to day, within its group, and by the day of the week."""
    common = _runs_on(days, rng.uniform(0.3, 0.9), rng)
    share = math.sqrt(GROUP_CORRELATION)
    own = math.sqrt(1 - GROUP_CORRELATION)
    groups = [share * common + own * _runs_on(days, rng.uniform(0.3, 0.9), rng) for _ in range(GROUPS)]
    weekdays = (np.arange(days) + (last - timedelta(days=days - 1)).weekday()) % 7
    found = {}
    for asked in exposures:
        loading = rng.uniform(0.2, 0.8)
        latent = loading * groups[rng.integers(GROUPS)]
        latent = latent + math.sqrt(1 - loading**2) * _runs_on(days, rng.uniform(0, 0.85), rng)
        if rng.random() < WITH_WEEKDAYS:
            latent = latent + rng.normal(0, 0.6, 7)[weekdays]
        found[asked.id] = _amounts(asked, latent, rng)
    return found


def _runs_on(days: int, alike: float, rng: np.random.Generator) -> Floats:
    """A series of mean 0 and variance 1 whose neighbours are correlated by `alike`."""
    out: Floats = rng.normal(size=days)
    for day in range(1, days):
        out[day] = alike * out[day - 1] + math.sqrt(1 - alike**2) * out[day]
    return out


def _amounts(asked: Asked, latent: Floats, rng: np.random.Generator) -> Floats:
    if asked.kind is not FactKind.NUMBER:
        share = SHARES.get(asked.id, rng.uniform(0.08, 0.5))
        return (latent > np.quantile(latent, 1 - share)).astype(np.float64)
    usual = rng.uniform(1, 6) * asked.portion
    mean, spread = USUAL.get(asked.id, (usual, usual / 2))
    # Adding 0 turns the -0 that rounding leaves into 0.
    portions = np.round((mean + spread * latent) / asked.portion) + 0.0
    return np.clip(portions * asked.portion, asked.low, asked.high)


def _gaps(days: int, shares: tuple[float, float], rng: np.random.Generator) -> Marks:
    """On which days one kind of line is missing: for one to four days in a row, on a share of all days."""
    share, length = rng.uniform(*shares), rng.uniform(1, 4)
    begins = min(1.0, share / length / (1 - share))
    missing, chance = np.zeros(days, dtype=bool), rng.random(days)
    for day in range(days):
        gone_on = day > 0 and missing[day - 1]
        missing[day] = chance[day] < ((1 - 1 / length) if gone_on else begins)
    return missing


# ---- what has to do with the cramps --------------------------------------------------------------


def _effects(
    exposures: Sequence[Asked], columns: Mapping[str, Floats], wanted: Wanted, rng: np.random.Generator
) -> tuple[Effect, ...]:
    """What matters to this person. Remedies and `LOWERS` lower the rate, all else raises it.

    Yes or no: by 1.5 to 4; a number: by 1.25 to 2 for one standard deviation. Assumed: larger than most that
    were published for whole groups, since a person's own triggers are what is looked for.
    """
    able = [asked for asked in exposures if columns[asked.id].std() > 0]
    picked = rng.permutation(len(able))[: wanted.real]
    return tuple(_effect(able[n], columns[able[n].id], rng) for n in sorted(picked))


def _effect(asked: Asked, column: Floats, rng: np.random.Generator) -> Effect:
    number = asked.kind is FactKind.NUMBER
    low, high = (1.25, 2.0) if number else (1.5, 4.0)
    ratio = math.exp(rng.uniform(math.log(low), math.log(high)))
    return Effect(
        exposure=asked.id,
        rate_ratio=1 / ratio if asked.remedy or asked.id in LOWERS else ratio,
        lag=int(rng.choice(len(LAGS), p=LAGS)),
        per=float(column.std()) if number else 1.0,
    )


def _log_shape(
    effects: Sequence[Effect],
    columns: Mapping[str, Floats],
    numbers: Collection[str],
    last: date,
    wanted: Wanted,
    rng: np.random.Generator,
) -> Floats:
    """The log of each night's rate, but for a constant and for what the cramps before it do.

    Season: searches for leg cramps swing by a third, with their peak in the middle of July (Garrison 2015).
    Beside it a slow drift, weather of some days (correlated by 0.3 to 0.6 from day to day) and the days of
    the week; assumed.
    """
    nights = wanted.nights
    days = [last - timedelta(days=nights - 1 - n) for n in range(nights)]
    since_peak = np.array([day.timetuple().tm_yday - 196 for day in days])
    out: Floats = np.log1p(np.cos(2 * np.pi * since_peak / 365) / 3)
    slow = math.exp(-1 / rng.uniform(60, 150))
    out = out + rng.uniform(0, 0.5) * _runs_on(nights, slow, rng)
    out = out + 0.3 * _runs_on(nights, rng.uniform(0.3, 0.6), rng)
    out = out + rng.normal(0, 0.15, 7)[[day.weekday() for day in days]]
    for effect in effects:
        moved = columns[effect.exposure][LEAD - effect.lag : LEAD - effect.lag + nights]
        # A number against its own usual; for yes or no that is "no".
        usual = columns[effect.exposure].mean() if effect.exposure in numbers else 0.0
        out = out + math.log(effect.rate_ratio) * (moved - usual) / effect.per
    return out


@dataclass(frozen=True)
class _Rates:
    """What decides the counts, drawn once: the constant is then found that gives the rate asked for."""

    log_shape: Floats
    frailty_shape: float | None
    carry: float
    carry_days: float
    frailties: Floats
    chances: Floats
    intercept: float = 0.0

    @staticmethod
    def drawn(log_shape: Floats, rate: float, rng: np.random.Generator) -> _Rates:
        """Nights differ by more than chance (gamma, shape 2 or 5, or not at all), and a cramp brings others
        for one to three days: assumed, after the dispersion between people in Roguin Maor 2017 (2.5 to 3.9)
        and since a cramp before is the strongest predictor of one in the same race (Schwellnus 2011)."""
        nights = len(log_shape)
        shape = (2.0, 5.0, None)[rng.integers(3)]
        frailties = rng.gamma(shape, 1 / shape, nights) if shape else np.ones(nights)
        carry, days = rng.uniform(0, 0.9), rng.uniform(1, 3)
        rates = _Rates(log_shape, shape, carry, days, frailties, rng.random(nights))
        low, high = -15.0, 5.0
        for _ in range(22):
            middle = (low + high) / 2
            low, high = (middle, high) if rates.at(middle)._mean() < rate else (low, middle)
        return rates.at((low + high) / 2)

    def at(self, intercept: float) -> _Rates:
        return _Rates(**{**vars(self), "intercept": intercept})

    def counts(self) -> Ints:
        return self._run()[0]

    def _mean(self) -> float:
        return float(_cut_short(self._run()[1]).mean())

    def _run(self) -> tuple[Ints, Floats]:
        """Each night's cramps, and the mean of the Poisson law that they were drawn from."""
        rates = np.exp(self.intercept + self.log_shape) * self.frailties
        counts, expected = np.zeros(len(rates), dtype=np.int64), np.zeros(len(rates))
        before, fades = 0.0, math.exp(-1 / self.carry_days)
        for night, rate in enumerate(rates):
            expected[night] = rate * math.exp(self.carry * min(before, 2.0))
            counts[night] = _poisson(expected[night], self.chances[night])
            before = (before + (counts[night] > 0)) * fades
        return counts, expected


def _poisson(mean: float, chance: float) -> int:
    """The count that a uniform number stands for; at most `MOST_A_NIGHT`."""
    term = math.exp(-mean)
    reached, count = term, 0
    while chance > reached and count < MOST_A_NIGHT:
        count += 1
        term *= mean / count
        reached += term
    return count


def _cut_short(means: Floats) -> Floats:
    """The mean count where no more than `MOST_A_NIGHT` are counted: the sum of the chances of more than k."""
    term = np.exp(-means)
    at_most, out = term.copy(), np.zeros_like(means)
    for count in range(1, MOST_A_NIGHT + 1):
        out += 1 - at_most
        term = term * means / count
        at_most = at_most + term
    return out


# ---- exercise ------------------------------------------------------------------------------------


def _efforts(
    columns: Mapping[str, Floats], counts: Ints, last: date, wanted: Wanted, rng: np.random.Generator
) -> tuple[Effort, ...]:
    """On days of hard training first, then at weekends. A cramp comes by the minute, and more so with what
    `EFFORT_EFFECTS` says."""
    nights = wanted.nights
    nothing = np.zeros(nights)
    hard = columns.get("hard_exercise", nothing) > 0
    first = (last - timedelta(days=nights - 1)).weekday()
    weekend = (np.arange(nights) + first) % 7 >= 5
    order = np.argsort(-(2 * hard + 0.7 * weekend + rng.random(nights)), kind="stable")
    days = np.sort(np.resize(order, wanted.efforts))
    hot, unusual = (columns.get(name, nothing) > 0 for name in ("hot_day", "unusual_load"))
    made = [_effort(int(day), bool(hard[day]), bool(hot[day]), bool(unusual[day]), rng) for day in days]
    rates = np.array([_effort_rate(effort, counts) for effort in made])
    expected = wanted.per_effort * rates / (rates.mean() if made else 1)
    cramped = rng.random(len(made)) < 1 - np.exp(-expected)
    return tuple(
        Effort(**{**vars(effort), "cramp": bool(it)}) for effort, it in zip(made, cramped, strict=True)
    )


def _effort(day: int, hard: bool, hot: bool, unusual: bool, rng: np.random.Generator) -> Effort:
    sport = str(rng.choice(["running", "cycling", "football"], p=[0.7, 0.2, 0.1]))
    minutes = float(np.clip(round(rng.lognormal(math.log(70 if unusual else 48), 0.3) / 5) * 5, 15, 240))
    speed = {"running": 10.0, "cycling": 24.0}.get(sport, 6.0)
    return Effort(
        day=day,
        sport=sport,
        minutes=minutes,
        session_rpe=float(rng.integers(7, 10) if hard else rng.integers(3, 7)),
        distance_km=round(minutes / 60 * speed * rng.uniform(0.85, 1.15), 1),
        hot=hot,
        drink_ml=float(round(minutes * rng.uniform(2, 10) / 50) * 50),
        warm_up=bool(rng.random() < 0.6),
        unusual=unusual,
    )


def _effort_rate(effort: Effort, counts: Ints) -> float:
    before = effort.day > 0 and counts[effort.day - 1] > 0
    there = {"hot": effort.hot, "unusual": effort.unusual, "cramp_the_day_before": before}
    return effort.minutes * math.prod(EFFORT_EFFECTS[name] for name, is_so in there.items() if is_so)
