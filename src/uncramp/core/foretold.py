"""What is told of nights to come: the nouns, as plain data that a page or JSON can show."""

from __future__ import annotations

from dataclasses import dataclass

INTERVAL = 0.9


@dataclass(frozen=True)
class Third:
    """Of the held-out nights those with low, middle or high chances: the mean chance told, the share seen."""

    said: float
    seen: float
    nights: int


@dataclass(frozen=True)
class Skill:
    """On held-out nights: by how much the log score a night is better than the own average's (`gain`, with
    its 90 % interval), the Brier skill, and calibration by thirds."""

    nights: int
    cramps: int
    gain: float
    low: float
    high: float
    brier_skill: float
    calibration: tuple[Third, ...]


@dataclass(frozen=True)
class Forecast:
    """The chance of at least one cramp in one night, with its 90 % interval, beside the person's own
    average."""

    date: str
    probability: float
    low: float
    high: float
    interval: float
    base_rate: float
    shown: bool
    why: str


@dataclass(frozen=True)
class Step:
    """The chance with the column at this value."""

    value: float
    probability: float


@dataclass(frozen=True)
class WhatIf:
    """The chance `nights_later` for values of one column today: how nights like these went, not what it
    would do."""

    trigger: str
    name: str
    unit: str
    yes_no: bool
    nights_later: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Tonight:
    """Tonight, the nights after it, how well such forecasts did, and what goes with today's exposures."""

    tonight: Forecast
    next_nights: tuple[Forecast, ...]
    skill: Skill | None
    what_if: tuple[WhatIf, ...]
