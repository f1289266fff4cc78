"""What a diary says of one trigger, and of all: the nouns, as plain data that a page or JSON can show.

All rate ratios are for the column's contrast. No number here is ever infinite or NaN: `None` says that the
diary gives none. `docs/explanation/how-triggers-are-found.md` says where each comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from uncramp.core.risk import Of, Outcome

Verdict = Literal["raises", "lowers", "no_important_difference", "cannot_tell"]
Reason = Literal["", "no_cramps", "no_rows", "did_not_change", "never_written", "few", "may_be_consequence"]
INTERVAL = 0.9


@dataclass(frozen=True)
class Contrast:
    """What is compared: `low` and `high` in the column's `unit`, or `None` where nothing was written."""

    low: float | None
    high: float | None
    words: str
    low_words: str
    high_words: str
    unit: str


@dataclass(frozen=True)
class Spread:
    """A middle with its 90 % interval."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Range:
    """A 90 % interval with no middle of its own."""

    low: float
    high: float


@dataclass(frozen=True)
class More:
    """With so many more nights (bouts), the chance that the diary gives a verdict."""

    nights: int
    chance: float


@dataclass(frozen=True)
class Confused:
    """Another column that may be the real one.

    `why`: "instead" - where one is in, the other is out; "same" - both carry much the same. `either`: the
    probability that at least one of the two matters. `correlation` is of what was written on the same days.
    """

    trigger: str
    name: str
    why: Literal["instead", "same"]
    either: float
    correlation: float | None


@dataclass(frozen=True)
class UnknownNights:
    """How far the nights that nobody wrote of could move the rate ratio.

    `low`, `high`: where they had half (twice) the usual cramps with it, and twice (half) the usual without.
    """

    nights: int
    low: float
    high: float


@dataclass(frozen=True)
class Follows:
    """The column comes after cramps, so it may be a consequence of them.

    `how`: "day_after" - more often on a day after a cramp, given how it was the day before (`ratio`: the
    odds ratio);
    "same_day" - mostly written after that day's first cramp (`ratio`: the share of such days);
    "began" - it began in a spell with many cramps (`ratio`: cramps in the 14 days before, over the usual).
    "several" - nights with several cramps had it hardly more often than nights with one, as would be so for
    a cause (`ratio`: the rate ratio that the number of cramps alone shows);
    "strong" - it goes with cramps of the day itself, more strongly than a cause would (`ratio`: the rate
    ratio). `days`: the number of days that the figure rests on.
    """

    how: Literal["day_after", "same_day", "began", "several", "strong"]
    ratio: float
    days: int


@dataclass(frozen=True)
class Ghosts:
    """Beside a trigger: the probability of its own shuffled copy (`own`), and the share of all shuffled
    copies whose odds the diary moved as far up as this trigger's, or farther (`as_strong`). `diary_alone`:
    that of its own copy."""

    own: float
    as_strong: float
    diary_alone: Range | None = None


@dataclass(frozen=True)
class Finding:
    """What the diary says of one column. See each field's class; `None` is "nothing can be said".

    `probability` that it matters in either direction, `raises` and `lowers` in each; `prior` the same
    without the diary. `rate_ratio` given that it matters. `diary_alone`: 90 % interval of the rate ratio
    with no prior on it. `from_diary`: share of what is known of the size that comes from the diary, the
    rest being the prior. `odds_moved`: by how much the diary multiplied the odds that it matters. `lag`:
    "0" to "3" days later and "sum", given that it matters. `smallest_detectable`: rate ratio that this
    diary would have shown with 80 %.
    """

    trigger: str
    name: str
    of: Of
    contrast: Contrast
    probability: float
    raises: float
    lowers: float
    prior: float
    rate_ratio: Spread | None
    diary_alone: Range | None
    interval: float
    from_diary: float
    odds_moved: float
    lag: dict[str, float]
    attributable_per_30: Spread | None
    smallest_detectable: float | None
    confused_with: tuple[Confused, ...]
    verdict: Verdict
    why: Reason
    known_rows: int
    curve: tuple[More, ...]
    nights_needed: int | None
    unknown_nights: UnknownNights | None
    follows_cramps: Follows | None
    ghosts: Ghosts | None = None


@dataclass(frozen=True)
class Fakes:
    """Of the shuffled copies: how many there were, the highest probability, how many would have got a
    verdict."""

    count: int
    strongest: float
    called: int


@dataclass(frozen=True)
class Findings:
    """Of one person and one outcome, the most useful first. `rows` are nights (bouts), `cramps` those on
    known ones."""

    outcome: Outcome
    first: str
    last: str
    rows: int
    known_rows: int
    cramps: int
    findings: tuple[Finding, ...]
    fakes: Fakes | None = None
