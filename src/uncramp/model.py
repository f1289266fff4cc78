"""The nouns: frozen data and nothing else. Names are those of GLOSSARY.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any

Answer = bool | float | str | tuple[str, ...]
Answers = Mapping[str, Answer]
"""Fact id -> what the person said. A fact that is not in it is unknown."""


class Disposition(IntEnum):
    """How soon somebody should look at it; the most urgent wins."""

    SELF_CARE = 0
    ROUTINE = 1
    URGENT = 2
    EMERGENCY = 3

    @property
    def id(self) -> str:
        return self.name.lower()


class Verdict(IntEnum):
    """What the safety gate says of one remedy for one person; the strictest wins."""

    OFFER = 0
    CHANGE = 1
    ASK = 2
    WITHHOLD = 3

    @property
    def id(self) -> str:
        return self.name.lower()


class FactKind(StrEnum):
    YES_NO = "yes_no"
    NUMBER = "number"
    ONE_OF = "one_of"
    MANY_OF = "many_of"


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Rule, ...]


Rule = str | AnyOf | AllOf
"""The one rule language. A name is a fact, a threshold, a sign, `fact:choice` or `stage:...`.

There is no "none of", so more facts can only add.
"""

ALWAYS = AllOf(())


def names_in(rule: Rule) -> Iterator[str]:
    """Every name that stands in `rule`, as written."""
    if isinstance(rule, str):
        yield rule
    else:
        for part in rule.parts:
            yield from names_in(part)


@dataclass(frozen=True)
class Fact:
    id: str
    group: str
    question: str
    short: str
    explain: str
    kind: FactKind = FactKind.YES_NO
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[tuple[str, str], ...] = ()
    only_if: str = ""
    implies_parent: bool = True
    worst_case_if_missing: bool = True
    refine: bool = False
    wells: bool = False
    lasting: bool = False
    grows: str = ""


@dataclass(frozen=True)
class Group:
    """Facts asked on one screen. `refine` groups sharpen the remedies and never the urgency."""

    id: str
    title: str
    help: str
    refine: bool = False
    medicines: bool = False
    lasting: bool = False


@dataclass(frozen=True)
class Threshold:
    """A named cut of a number: true from `at_least` up, or strictly under `below`."""

    id: str
    fact: str
    words: str
    at_least: float | None = None
    below: float | None = None


@dataclass(frozen=True)
class Sign:
    """A named combination of facts that several rules share."""

    id: str
    words: str
    rule: Rule


@dataclass(frozen=True)
class Contradiction:
    """Answers that do not fit together, or that play down a red flag."""

    facts: tuple[str, ...]
    say: str
    beside_red_flag: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """All that a person can state, and the names that rules may use."""

    facts: Mapping[str, Fact]
    groups: Mapping[str, Group]
    thresholds: Mapping[str, Threshold]
    signs: Mapping[str, Sign]
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True)
class Signed:
    """Who looked at a file and when; empty until a clinician has."""

    reviewed_by: str = ""
    reviewed_on: str = ""


@dataclass(frozen=True)
class RedFlag:
    """Facts that make self-care unsafe, and what follows from them."""

    id: str
    row: str
    name: str
    short: str
    disposition: Disposition
    within: str | None
    rule: Rule
    say: str
    do: tuple[str, ...]
    withholds: frozenset[str]
    sources: tuple[str, ...]
    flag: str
    own_caution: bool
    look_alike: str = ""
    signed: Signed = field(default_factory=Signed)


@dataclass(frozen=True)
class LookAlike:
    """Something else that can feel like a cramp."""

    id: str
    name: str
    differs: str
    rule: Rule
    sources: tuple[str, ...]
    own_caution: bool
    signed: Signed = field(default_factory=Signed)


@dataclass(frozen=True)
class Evidence:
    """What publications say of one cause or remedy: one row of the evidence base."""

    row: str
    finding: str
    population: str
    direction: str
    certainty: str
    flag: str
    sources: tuple[str, ...]
    verified: bool = True


@dataclass(frozen=True)
class Dose:
    text: str
    flag: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Because:
    """One reason of the safety gate; `known` is false where an unanswered fact is the reason."""

    verdict: Verdict
    words: str
    known: bool
    sources: tuple[str, ...]


@dataclass(frozen=True)
class RemedyRule:
    row: str
    verdict: Verdict
    rule: Rule
    words: str
    because: str
    when_unknown: Verdict
    sources: tuple[str, ...]
    flag: str
    own_caution: bool

    # Made once for all checks: there are some 300 rules, and a check is to take no time.
    @cached_property
    def if_true(self) -> Because:
        return Because(self.verdict, self.because, True, self.sources)

    @cached_property
    def if_unknown(self) -> Because:
        return Because(self.when_unknown, self.words, False, self.sources)


@dataclass(frozen=True)
class Prior:
    """What is believed of a column before any diary: see `core.risk.Column` for its contrast.

    `inclusion` is the probability that it matters (a rate ratio outside 0.8-1.25), `mean` and `sd` are of the
    log rate ratio given that it does; where `either`, of its size, up being as likely as down. `own_guess` is
    true where no publication gives a figure.
    """

    inclusion: float
    mean: float
    sd: float
    why: str = ""
    sources: tuple[str, ...] = ()
    own_guess: bool = True
    either: bool = False


@dataclass(frozen=True)
class Recipe:
    """How a column of a risk table is made of what a person writes down.

    `tables` are those it is for: "rest", "effort". It reads an `exposure`: an id of the exposures, or
    `effort` with a `field` of that form; or it reads a `fact`, a circumstance. `summary` says how a day (or a
    bout) becomes one number; `span` is in days, where the summary looks back. `stays`: it cannot be a
    consequence of that day's cramps, for it is the weather or the night before.
    """

    tables: tuple[str, ...]
    summary: str
    prior: Prior
    low_words: str
    high_words: str
    exposure: str = ""
    field: str = ""
    fact: str = ""
    kind: FactKind = FactKind.YES_NO
    unit: str = ""
    lags: tuple[int, ...] = (0,)
    summed: tuple[int, ...] = ()
    span: int = 0
    stays: bool = False


@dataclass(frozen=True)
class Remedy:
    """Something one can do or take."""

    id: str
    name: str
    kind: str
    what: str
    when: tuple[str, ...]
    prevention: bool
    certainty: str
    when_unknown: Verdict
    conflicts: tuple[str, ...]
    doses: tuple[Dose, ...]
    evidence: tuple[Evidence, ...]
    rules: tuple[RemedyRule, ...]
    recipes: tuple[Recipe, ...] = ()
    signed: Signed = field(default_factory=Signed)


@dataclass(frozen=True)
class Trigger:
    """A candidate cause and what is known of it."""

    id: str
    name: str
    summary: str
    direction: str
    certainty: str
    setting: str
    conflicts: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    recipes: tuple[Recipe, ...] = ()
    signed: Signed = field(default_factory=Signed)


@dataclass(frozen=True)
class Asked:
    """Something that happens on a day and that the evening can ask for: a kind of exposure.

    A number has a unit, a range, and what one tap adds. It leads to causes or to a remedy; a person's own
    leads to none. `of_a_day` words the question for a day that need not be today; `if_yes` is said
    after a yes.
    """

    id: str
    question: str
    short: str
    kind: FactKind
    unit: str = ""
    low: float = 0
    high: float = 0
    portion: float = 1
    triggers: tuple[str, ...] = ()
    remedy: str = ""
    of_a_day: str = ""
    if_yes: str = ""


@dataclass(frozen=True)
class Claim:
    says: str
    seeds: tuple[str, ...]


@dataclass(frozen=True)
class ConflictEvidence:
    finding: str
    flag: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Publications that disagree, what we follow, and why."""

    id: str
    row: str
    title: str
    we_follow: str
    because: str
    certainty: str
    claims: tuple[Claim, ...]
    evidence: tuple[ConflictEvidence, ...]
    signed: Signed = field(default_factory=Signed)


@dataclass(frozen=True)
class Source:
    """A publication, with the fields that were seen and no others."""

    id: str
    name: str
    kind: str
    seen: str
    cited_in: tuple[str, ...]
    authors: str = ""
    year: int | None = None
    title: str = ""
    published_in: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    address: str = ""
    reported_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Seed:
    """One statement of the three articles the program began from, and what became of it."""

    id: str
    says: str
    kind: str
    topic: str
    verdict: str
    because: str
    status: str = ""
    carried_by: str = ""
    conflict: str = ""
    due: str = ""


@dataclass(frozen=True)
class Paragraph:
    text: str
    evidence: tuple[str, ...] = ()
    own_caution: bool = False


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: tuple[Paragraph, ...]
    generated: str = ""


@dataclass(frozen=True)
class GuidePage:
    id: str
    order: int
    title: str
    short: str
    sections: tuple[Section, ...]
    picture: str = ""
    signed: Signed = field(default_factory=Signed)


@dataclass(frozen=True)
class Medicine:
    """A medicine by its usual names, and the facts that taking it makes true."""

    id: str
    names: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class EmergencyNumber:
    country: str
    name: str
    number: str
    also: tuple[str, ...]
    advice_line: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """The words that go with a disposition: its name, what to do, and what would change it."""

    disposition: Disposition
    title: str
    words: str
    symbol: str
    safety_net: str


@dataclass(frozen=True)
class Rulebook:
    """All that a check needs, and nothing else."""

    vocabulary: Vocabulary
    red_flags: tuple[RedFlag, ...]
    remedies: tuple[Remedy, ...]
    look_alikes: tuple[LookAlike, ...]
    outcomes: Mapping[Disposition, Outcome]
    version: str


@dataclass(frozen=True)
class Reason:
    """A red flag that is raised, and the answers that raised it."""

    red_flag: RedFlag
    because: tuple[str, ...]


@dataclass(frozen=True)
class RemedyVerdict:
    remedy: Remedy
    verdict: Verdict
    because: tuple[Because, ...]


@dataclass(frozen=True)
class Check:
    """The whole answer to one set of facts."""

    disposition: Disposition
    within: str | None
    settled: bool
    could_be: Disposition
    stage: str
    reasons: tuple[Reason, ...]
    look_alikes: tuple[LookAlike, ...]
    remedies: tuple[RemedyVerdict, ...]
    ask_next: tuple[str, ...]
    unknown_facts: tuple[str, ...]
    clot_items: tuple[tuple[str, bool], ...]
    notes: tuple[str, ...]
    outcome: Outcome
    version: str


@dataclass(frozen=True)
class Choice:
    """A button of a step: what it states, and where it leads.

    `to` is a step's id, `@technique` (the next one that is left) or `@end`. With a `remedy` it is shown only
    while the safety gate does not withhold that.
    """

    id: str
    words: str
    to: str
    facts: Mapping[str, Answer] = field(default_factory=dict)
    remedy: str = ""


@dataclass(frozen=True)
class Step:
    """One instruction of a walk. `hold` is "open", a number of seconds, or nothing.

    `remedies` are what it makes a person do: while the safety gate withholds one of them, the walk goes to
    `otherwise` instead. `marks` are facts to tick. `helper` words the step for a partner.
    """

    id: str
    say: str
    more: str = ""
    helper: str = ""
    pose: str = ""
    helper_pose: str = ""
    remedies: tuple[str, ...] = ()
    hold: str | float = ""
    prompt_every: int = 0
    prompts: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    otherwise: str = ""
    cramping: bool = False


@dataclass(frozen=True)
class Protocol:
    """Guided relief in one place: its techniques in our order, and the steps that all places share.

    `states` are the facts that somebody states by being there (pregnant, not steady).
    """

    id: str
    order: int
    title: str
    short: str
    stop: str
    safe: str
    techniques: tuple[str, ...]
    first: str
    steps: Mapping[str, Step]
    evidence: tuple[str, ...]
    states: Answers = field(default_factory=dict)
    signed: Signed = field(default_factory=Signed)


@dataclass(frozen=True)
class Timed:
    """One answer of a walk: the id of a choice, when (seconds since 1970), and the facts that were ticked."""

    choice: str
    at: float
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a walk is told before it begins.

    `order` are technique ids to begin with; `bout` is 1 for the first seizing and more when it came back;
    `cramped` are the seconds it has already cramped in the bouts before.
    """

    start: float
    facts: Answers = field(default_factory=dict)
    order: tuple[str, ...] = ()
    bout: int = 1
    cramped: float = 0.0


@dataclass(frozen=True)
class Position:
    """Where a walk stands. At its end `step` is the last words and `ended` is true.

    `since` is when the step began, `released` when it let go; `technique` is the one in use, or in use when
    it let go. `used` has each technique with its beginning and end (`None`: still in use). Seconds: `bout_s`
    of this seizing, `cramped_s` in all.
    """

    step: Step
    choices: tuple[Choice, ...]
    remedies: tuple[RemedyVerdict, ...]
    check: Check
    ended: bool
    since: float
    released: float | None
    technique: str | None
    used: tuple[tuple[str, float, float | None], ...]
    bout_s: float
    cramped_s: float
    prompt: str


class EntryKind(StrEnum):
    EPISODE = "episode"
    EXPOSURE = "exposure"
    WALK = "walk"
    DAY_NOTE = "day_note"
    CIRCUMSTANCE = "circumstance"


@dataclass(frozen=True)
class Entry:
    """One version of one thing in the diary. `body` is JSON; all times are aware and in UTC.

    `id` is made by whoever wrote it. A change is a new entry that `replaces` the one before; of two
    replacements the later `recorded` wins.
    """

    id: str
    person: str
    kind: EntryKind
    start: datetime
    end: datetime | None
    offset_minutes: int
    body: Mapping[str, Any]
    origin: str
    recorded: datetime
    replaces: str | None = None


@dataclass(frozen=True)
class Refused:
    """A record of a file that cannot be used: where it stands, and why, in one sentence."""

    where: str
    why: str
