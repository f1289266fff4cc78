"""Say what a person feels, get the right next step."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from uncramp.actions.library import knowledge
from uncramp.actions.medicines import Recognised, near_names, recognise
from uncramp.core import triage
from uncramp.core.facts import Stated, read_answers
from uncramp.model import (
    Answer,
    Check,
    Disposition,
    EmergencyNumber,
    Fact,
    FactKind,
    Group,
    LookAlike,
    Outcome,
    Reason,
    RemedyVerdict,
    Verdict,
)

LARGEST_FILE = 1_000_000
"""Characters. All facts answered take about 10,000."""

OWN_CAUTION = "our own caution"

NEVER_SHOWN = ("never", "specialist")
"""Kinds of remedies that are known of and never offered."""

COMMON_NUMBERS = ("112", "911", "999", "000")
"""Shown side by side until a country is chosen; one is never guessed."""


class Refused(Exception):
    """Input that cannot be used. `problems` has a sentence for each, which names the place and the mend."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Screen:
    """One screen of questions: a group and its facts that still matter."""

    group: Group
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Checked:
    """A check, what it was asked about, and the words that belong over it."""

    check: Check
    answers: Mapping[str, Answer]
    medicines: Recognised
    outcome: Outcome

    def question(self, fact: str) -> str:
        return knowledge().vocabulary.facts[fact].question

    def short(self, fact: str) -> str:
        return knowledge().vocabulary.facts[fact].short


def read_facts(
    text: str, place: str = "the facts", example: str = '{"age": 40, "pop": false}'
) -> dict[str, Any]:
    """The flat JSON object in `text`; raise `Refused` with `place` and the mend if it is none.

    A key given twice and a number that is not finite are refused, so that none of two answers is lost.
    """
    if len(text) > LARGEST_FILE:
        raise Refused(f"{place} is longer than {LARGEST_FILE:,} characters; give only what belongs there.")
    try:
        raw = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except Refused as refused:
        raise Refused(*(f"{place}: {problem}" for problem in refused.problems)) from refused
    except json.JSONDecodeError as error:
        raise Refused(
            f"{place}, line {error.lineno}, column {error.colno}: not JSON ({error.msg}); "
            f"write it like {example}."
        ) from error
    except (RecursionError, ValueError) as error:
        raise Refused(f"{place}: cannot be read as JSON; write one flat object.") from error
    if not isinstance(raw, dict):
        raise Refused(f"{place}: expected one object like {example}, not a {type(raw).__name__}.")
    return raw


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise Refused(f"{twice[:60]!r} stands there twice; give it once.")
    return whole


def _no_constant(name: str) -> float:
    raise Refused(f"{name} is not a number; leave the fact out if it is not known.")


def run(raw: Mapping[str, Any], medicines: Iterable[str] = ()) -> Checked:
    """Check `raw` facts and medicine names; raise `Refused` if any of the facts cannot be used."""
    rulebook = knowledge().rulebook
    answers, problems = read_answers(raw, rulebook.vocabulary)
    if problems:
        raise Refused(*problems)
    given = [name for name in medicines if name.strip()]
    recognised = recognise(given) if given else Recognised(frozenset(), (), ())
    denied = [fact for fact in sorted(recognised.facts) if answers.get(fact) is False]
    answers.update(dict.fromkeys(recognised.facts, True))
    check = triage.check(answers, rulebook, recognised.unrecognised)
    check = replace(check, notes=(*check.notes, *(_denied_note(fact) for fact in denied)))
    return Checked(check, answers, recognised, outcome_for(check))


def outcome_for(check: Check) -> Outcome:
    """The words over a check: those of its disposition, or that questions are still open."""
    unsettled = not check.settled and check.disposition is Disposition.SELF_CARE
    return knowledge().unsettled if unsettled else check.outcome


def _denied_note(fact: str) -> str:
    short = knowledge().vocabulary.facts[fact].short
    return f"You said no to {short}, but a medicine you named is one. We go by the medicine."


def next_screen(checked: Checked, passed: Collection[str] = ()) -> Screen | None:
    """What to ask next, but for facts in `passed`; `None` when no answer could make it more urgent."""
    return _screen(triage.next_screen(checked.check, knowledge().vocabulary, passed))


def sharpening_screen(checked: Checked) -> Screen | None:
    """The next screen that changes what is shown (remedies, or what a doctor reads), or `None`."""
    vocabulary = knowledge().vocabulary
    wanted = _sharpening_facts(checked) & set(checked.check.unknown_facts)
    for group in vocabulary.groups:
        here = tuple(f.id for f in vocabulary.facts.values() if f.id in wanted and f.group == group)
        if here:
            return _screen((group, here))
    return None


def _sharpening_facts(checked: Checked) -> set[str]:
    """What the rules of remedies still look at, and, where a clot is suspected, what doctors count."""
    vocabulary = knowledge().vocabulary
    stated = Stated(checked.answers, vocabulary)
    wanted = {fact.id for fact in vocabulary.facts.values() if fact.refine}
    for verdict in checked.check.remedies:
        if verdict.remedy.kind not in NEVER_SHOWN:
            for rule in verdict.remedy.rules:
                wanted |= stated.open_facts(rule.rule)
    if stated.truth("suspected_clot"):
        wanted |= {fact.id for fact in vocabulary.facts.values() if fact.wells}
        wanted |= stated.open_facts("pregnant_or_after_birth")
    return wanted


def _screen(found: tuple[str, tuple[str, ...]] | None) -> Screen | None:
    if found is None:
        return None
    group, facts = found
    vocabulary = knowledge().vocabulary
    return Screen(vocabulary.groups[group], tuple(vocabulary.facts[fact] for fact in facts))


def answers_of_screen(screen: Screen, yes: Iterable[str], numbers: Mapping[str, str]) -> dict[str, Any]:
    """A screen's answers as given on paper: what is marked is true, the other yes/no facts are false.

    `numbers` has the typed text of number facts and the chosen id of choices; an empty one stays unknown.
    Raise `Refused` for text that is no number.
    """
    marked = set(yes)
    answers: dict[str, Any] = {}
    for fact in screen.facts:
        if fact.kind is FactKind.YES_NO:
            answers[fact.id] = fact.id in marked
        elif fact.kind is FactKind.MANY_OF:
            answers[fact.id] = [c for c, _ in fact.choices if f"{fact.id}:{c}" in marked]
        elif text := numbers.get(fact.id, "").strip():
            answers[fact.id] = read_number(text, fact) if fact.kind is FactKind.NUMBER else text
    return answers


def read_number(text: str, fact: Fact) -> float:
    """The number a person typed, with a decimal point or comma; raise `Refused` if it is none."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if len(text) > 20 or not math.isfinite(value):
        raise Refused(f"{fact.id}: {text[:20]!r} is not a number; write it in {fact.unit} like 40.")
    return value


def shown_remedies(checked: Checked) -> tuple[RemedyVerdict, ...]:
    """The remedies that may be shown, the freest first. One that is withheld appears nowhere."""
    if checked.check.disposition is Disposition.EMERGENCY:
        return ()
    kept = [r for r in checked.check.remedies if r.verdict is not Verdict.WITHHOLD]
    return tuple(sorted(kept, key=lambda r: r.verdict))


def remedies_for_now(checked: Checked) -> tuple[RemedyVerdict, ...]:
    """Of those that may be shown, the ones for the stage the person is in."""
    stage = checked.check.stage
    fitting = {"cramping", "released"} if stage == "unknown" else {stage}
    return tuple(r for r in shown_remedies(checked) if fitting & set(r.remedy.when))


def remedies_for_later(checked: Checked) -> tuple[RemedyVerdict, ...]:
    """Of those that may be shown, the ones against the next cramp; none while something is urgent."""
    if checked.check.disposition >= Disposition.URGENT:
        return ()
    now = remedies_for_now(checked)
    return tuple(r for r in shown_remedies(checked) if r.remedy.prevention and r not in now)


def outcome_of(disposition: Disposition) -> Outcome:
    """The words that go with `disposition`."""
    return knowledge().outcomes[disposition]


def main_reasons(checked: Checked) -> tuple[Reason, ...]:
    """The reasons that decide; what the milder ones advise (a visit in 2 weeks) would contradict them."""
    top = checked.check.disposition
    return tuple(reason for reason in checked.check.reasons if reason.red_flag.disposition is top)


def other_reasons(checked: Checked) -> tuple[Reason, ...]:
    """The milder ones, to be named and no more."""
    main = main_reasons(checked)
    return tuple(reason for reason in checked.check.reasons if reason not in main)


def further_look_alikes(checked: Checked) -> tuple[LookAlike, ...]:
    """What else can feel like it, but for what the main reasons already name."""
    named = {reason.red_flag.look_alike for reason in main_reasons(checked)}
    return tuple(x for x in checked.check.look_alikes if x.id not in named)


def not_if(checked: Checked, verdict: RemedyVerdict) -> tuple[str, ...]:
    """In short words, what is not known of this person and would forbid or change the remedy."""
    vocabulary = knowledge().vocabulary
    stated = Stated(checked.answers, vocabulary)
    open_facts = {
        fact
        for rule in verdict.remedy.rules
        if rule.when_unknown is not Verdict.OFFER
        for fact in stated.open_facts(rule.rule)
    }
    words = [fact.short for fact in vocabulary.facts.values() if fact.id in open_facts]
    signs = [b.words for b in verdict.because if not b.known and b.words.startswith("signs of ")]
    return (*words, *signs)


def emergency_number(country: str) -> EmergencyNumber | None:
    """The number of the chosen country (ISO code), or `None` where it is not known."""
    return knowledge().emergency_numbers.get(country.upper())


def as_json(checked: Checked) -> dict[str, Any]:
    """The answer in the form that is held fixed for other programs."""
    check = checked.check
    return {
        "disposition": check.disposition.id,
        "within": check.within,
        "settled": check.settled,
        "could_be": check.could_be.id,
        "words": {"title": checked.outcome.title, "text": checked.outcome.words},
        "stage": check.stage,
        "reasons": [
            {
                "red_flag": reason.red_flag.id,
                "name": reason.red_flag.name,
                "disposition": reason.red_flag.disposition.id,
                "within": reason.red_flag.within,
                "because": list(reason.because),
                "say": reason.red_flag.say,
                "do": list(reason.red_flag.do),
                "sources": list(reason.red_flag.sources) or [OWN_CAUTION],
            }
            for reason in check.reasons
        ],
        "look_alikes": [{"id": x.id, "name": x.name, "differs": x.differs} for x in check.look_alikes],
        "remedies": {
            r.remedy.id: {
                "verdict": r.verdict.id,
                "because": [
                    {
                        "words": b.words,
                        "verdict": b.verdict.id,
                        "known": b.known,
                        "sources": list(b.sources) or [OWN_CAUTION],
                    }
                    for b in r.because
                ],
            }
            for r in check.remedies
        },
        "ask_next": list(check.ask_next),
        "unknown_facts": list(check.unknown_facts),
        "clot_items": dict(check.clot_items),
        "medicines": {
            "recognised": {name: list(m.facts) for name, m in checked.medicines.medicines},
            "unrecognised": list(checked.medicines.unrecognised),
            "did_you_mean": {
                name: list(near) for name, near in near_names(checked.medicines.unrecognised).items() if near
            },
        },
        "notes": list(check.notes),
        "safety_net": checked.outcome.safety_net,
        "knowledge": check.version,
    }
