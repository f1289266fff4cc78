"""The knowledge compiled for the phone, which decides without a server.

`pocket.js` interprets a pack and knows nothing by itself. Rules are a name, `{"any_of": [...]}` or
`{"all_of": [...]}`; dispositions and verdicts are numbers in the order of their lists, mildest first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from uncramp.actions.evening import defaults, evening
from uncramp.actions.library import knowledge
from uncramp.core import walk
from uncramp.core.facts import STAGE_FACT, Stated
from uncramp.core.known import NEVER, Known
from uncramp.core.safety import verdicts
from uncramp.core.triage import WITHIN, level
from uncramp.model import (
    ALWAYS,
    Answers,
    AnyOf,
    Asked,
    Choice,
    Contradiction,
    Disposition,
    Fact,
    FactKind,
    Group,
    LookAlike,
    Outcome,
    Protocol,
    RedFlag,
    Remedy,
    RemedyRule,
    Rule,
    Step,
    Threshold,
    Verdict,
    Vocabulary,
)

Words = Callable[[str], str]
Json = dict[str, Any]

OF_A_WALK = {"cramping": STAGE_FACT, "minutes": "cramp_minutes", "times_back": "came_back_times"}
"""The facts that a walk states by itself."""

NOT_NAMES = frozenset({"blood", "medicine", "muscle", "weight", "years"})
"""Words in the short words of facts that name no condition."""


def pack(words: Words = str) -> Json:
    """All rules and walks for a person we know nothing of; `words` turns each text into another language."""
    return _packed(Known({}, knowledge().vocabulary), words) | {"evening": evening(defaults(), words)}


def personal_pack(
    answers: Answers,
    unrecognised: int = 0,
    order: Sequence[str] = (),
    words: Words = str,
    asked: Sequence[Asked] | None = None,
) -> Json:
    """All rules with `answers` (the facts that hold for longer than tonight) put in, to be told tonight's.

    With the same answers of tonight it gives the same disposition, `within`, `settled`, `could_be`, stage,
    verdicts, `ask_next` and unknown facts as the plain pack gives with both. What is said of a rule that
    leans on a condition or medicine of the person is replaced by a general sentence, and such a rule has no
    name of its own. `unrecognised` is how many of the person's medicines we do not know, `order` the
    techniques to begin a walk with, `asked` what the evening asks (without it, as of everybody).
    """
    v = knowledge().vocabulary
    denied = [f for f, a in answers.items() if unrecognised and a is False and _is_medicine(v.facts[f], v)]
    sure = {fact: answer for fact, answer in answers.items() if fact not in denied}
    known = Known(sure, v, tonight=_told_tonight(), places=_places())
    return {
        **_packed(known, words),
        "unrecognised": unrecognised,
        "not_asked": denied,
        "order": list(order),
        "evening": evening(defaults() if asked is None else asked, words),
    }


def _is_medicine(fact: Fact, vocabulary: Vocabulary) -> bool:
    return vocabulary.groups[fact.group].medicines


def _told_tonight() -> frozenset[str]:
    """What a walk asks or states; an older answer to one of these may be another tonight."""
    steps = [step for p in knowledge().protocols.values() for step in p.steps.values()]
    stated = {fact for step in steps for choice in step.choices for fact in choice.facts}
    return frozenset(OF_A_WALK.values()) | stated | {fact for step in steps for fact in step.marks}


def _places() -> frozenset[str]:
    return frozenset(fact for p in knowledge().protocols.values() for fact in p.states)


def _packed(known: Known, words: Words) -> Json:
    k, v = knowledge(), knowledge().vocabulary
    say = _Says(known, words)
    facts = {fact: _fact(v.facts[fact], known, words) for fact in known.left()}
    asked = {fact["group"] for fact in facts.values()}
    flags = [_red_flag(n, f, say) for n, f in enumerate(filter(say.matters, k.red_flags), 1)]
    named = {flag["look_alike"] for flag in flags}
    made: Json = {
        "version": k.version,
        "answers": {f: list(a) if isinstance(a, tuple) else a for f, a in known.later.items()},
        "facts": facts,
        "groups": {g.id: _group(g, words) for g in v.groups.values() if g.id in asked},
        "thresholds": {t.id: _threshold(t) for t in v.thresholds.values() if t.fact in facts},
        "signs": {s.id: _rule(known.put_in(s.rule)) for s in v.signs.values() if known.put_in(s.id) == s.id},
        "stage": _stages(known),
        "contradictions": [c for c in (_contradiction(c, facts, say) for c in v.contradictions) if c],
        "dispositions": [d.id for d in Disposition],
        "within": list(WITHIN),
        "verdicts": [verdict.id for verdict in Verdict],
        "red_flags": flags,
        "look_alikes": [
            _look_alike(x, known, words) for x in k.look_alikes if x.id in named or say.may_be_said(x.rule)
        ],
        "remedies": {r.id: _remedy(r, say) for r in k.remedies},
        "listed": {
            "if": _rule(known.put_in("suspected_clot")),
            "unless": _rule(known.put_in("pregnant_or_after_birth")),
            "items": [f for f in facts if v.facts[f].wells and v.facts[f].kind is FactKind.YES_NO],
        },
        "outcomes": {d.id: _outcome(o, words) for d, o in k.outcomes.items()},
        "unsettled": _outcome(k.unsettled, words),
        "says": {name: words(text) for name, text in _templates().items()},
        "walk": {
            **OF_A_WALK,
            "technique": walk.TECHNIQUE,
            "end": walk.END,
            "release": walk.LET_GO,
            "last": walk.LAST,
        },
    }
    return {**made, **_protocols(tuple(k.protocols.values()), words)}


# ---- words ------------------------------------------------------------------------------------------


class _Says:
    """What may be said of a rule on this person's phone."""

    def __init__(self, known: Known, words: Words) -> None:
        self.known = known
        self.words = words
        self._names = {stem for fact in known.true for stem in _stems(knowledge().vocabulary.facts[fact])}

    def matters(self, flag: RedFlag) -> bool:
        """Whether it can be raised; one that asks for nothing need not be said in general words."""
        if self.known.put_in(flag.rule) == NEVER:
            return False
        return bool(flag.disposition or flag.withholds) or self.may_be_said(flag.rule)

    def may_be_said(self, rule: Rule) -> bool:
        return self.known.put_in(rule) != NEVER and not self.known.leans_on_it(rule)

    def generic(self, name: str) -> str:
        return self.words(knowledge().generic[name])

    def because(self, rule: RemedyRule) -> str:
        """How a thing has to be done is said even of a known condition, as long as that is not named."""
        may = self.may_be_said(rule.rule) or (rule.verdict is Verdict.CHANGE and not self._names_it(rule))
        return self.words(rule.because) if may else self.generic(rule.verdict.id)

    def _names_it(self, rule: RemedyRule) -> bool:
        return any(stem in rule.because.lower() for stem in self._names)


def _stems(fact: Fact) -> Iterator[str]:
    """The beginnings of the words that name a condition, so that `pregnan` finds pregnant and pregnancy."""
    for word in re.findall(r"[a-z]{5,}", f"{fact.id} {fact.short}".lower()):
        if word not in NOT_NAMES:
            yield word[:7]


def _templates() -> dict[str, str]:
    """The sentences that the core makes, with {names} left open; asked of it, so that they stand once."""
    parent = Fact("parent", "", "{parent}", "", "")
    answered = Fact("answered", "", "{answered}", "", "", only_if="parent")
    both = Vocabulary({"parent": parent, "answered": answered}, {}, {}, {})
    (denied,) = Stated({"parent": False, "answered": True}, both).notes
    return {
        "denied": denied,
        "withheld": _of_gate("{name}", raised=True),
        "signs": _of_gate("{names}", raised=False),
        "unrecognised": knowledge().generic["unrecognised"],
    }


@cache
def _of_gate(name: str, raised: bool, disposition: Disposition = Disposition.URGENT) -> str:
    """What the safety gate says of a red flag of that name that is raised, or still open."""
    flag = RedFlag("", "", name, name, disposition, None, ALWAYS, "", (), frozenset({""}), (), "", False)
    remedy = Remedy("", "", "", "", (), False, "", Verdict.ASK, (), (), (), ())
    stated = Stated({}, Vocabulary({}, {}, {}, {}))
    (verdict,) = verdicts([remedy], [flag] if raised else [], [] if raised else [flag], stated)
    return verdict.because[0].words


def _short(flag: RedFlag, short: str) -> str:
    """What an open red flag is called: the short words, but for an emergency."""
    before = _of_gate("", raised=False)
    return _of_gate(short, raised=False, disposition=flag.disposition).removeprefix(before)


# ---- rules ------------------------------------------------------------------------------------------


def _rule(rule: Rule) -> Any:
    if isinstance(rule, str):
        return rule
    return {"any_of" if isinstance(rule, AnyOf) else "all_of": [_rule(part) for part in rule.parts]}


def _fact(fact: Fact, known: Known, words: Words) -> Json:
    """A key stands only where it says something; `kind` only where it is not yes or no."""
    made: Json = {
        "group": fact.group,
        "question": words(fact.question),
        "short": words(fact.short),
        "explain": words(fact.explain),
    }
    if fact.kind is not FactKind.YES_NO:
        made["kind"] = fact.kind.value
    if fact.kind is FactKind.NUMBER:
        made |= {"unit": words(fact.unit), "low": fact.low, "high": fact.high}
    if fact.choices:
        made["choices"] = {choice: words(text) for choice, text in fact.choices}
    if fact.only_if:
        made["only_if"] = _rule(known.put_in(fact.only_if))
    if not fact.implies_parent:
        made["implies_parent"] = False
    if not fact.worst_case_if_missing:
        made["worst_case_if_missing"] = False
    return made


def _group(group: Group, words: Words) -> Json:
    made: Json = {"title": words(group.title), "help": words(group.help)}
    return {**made, "doubted": True} if group.medicines else made


def _threshold(threshold: Threshold) -> Json:
    if threshold.at_least is not None:
        return {"fact": threshold.fact, "at_least": threshold.at_least}
    return {"fact": threshold.fact, "below": threshold.below}


def _stages(known: Known) -> Json:
    return {
        "first": [[name, _rule(known.put_in(name))] for name in ("suspected_strain", "recovering")],
        "fact": STAGE_FACT,
        "asked": _rule(known.put_in(STAGE_FACT)),
        "yes": "cramping",
        "no": "released",
        "unknown": "unknown",
    }


def _contradiction(c: Contradiction, facts: Mapping[str, Json], say: _Says) -> Json | None:
    """`None` where what is known rules it out, or makes it all by itself."""
    left = [fact for fact in c.facts if fact in facts]
    known = [fact for fact in c.facts if fact not in facts]
    if not left or any(say.known.put_in(fact) != ALWAYS for fact in known):
        return None
    words = say.generic("contradiction") if known else say.words(c.say)
    return {"facts": left, "say": words, "beside_red_flag": c.beside_red_flag}


def _red_flag(number: int, flag: RedFlag, say: _Says) -> Json:
    own = say.may_be_said(flag.rule)
    disposition = flag.disposition.id
    return {
        "id": flag.id if own else f"known_{number}",
        "name": say.words(flag.name) if own else say.generic("name"),
        "short": say.words(_short(flag, flag.short if own else knowledge().generic["short"])),
        "disposition": int(flag.disposition),
        "within": flag.within,
        "level": _level(flag),
        "rule": _rule(say.known.put_in(flag.rule)),
        "say": say.words(flag.say) if own else say.generic(f"say_{disposition}"),
        "do": [say.words(line) for line in flag.do] if own else [say.generic(f"do_{disposition}")],
        "withholds": sorted(flag.withholds),
        "look_alike": flag.look_alike if own else "",
    }


def _level(flag: RedFlag) -> int:
    """How urgent as one number: 0 for no hurry, greater for more urgent."""
    disposition, soon = level(flag.disposition, flag.within)
    return disposition * (len(WITHIN) + 1) + soon + len(WITHIN)


def _look_alike(x: LookAlike, known: Known, words: Words) -> Json:
    rule = _rule(known.put_in(x.rule))
    return {"id": x.id, "name": words(x.name), "differs": words(x.differs), "rule": rule}


def _remedy(remedy: Remedy, say: _Says) -> Json:
    return {
        "name": say.words(remedy.name),
        "kind": remedy.kind,
        "what": say.words(remedy.what),
        "when": list(remedy.when),
        "when_unknown": int(remedy.when_unknown),
        "rules": _without_repeats(_gate_rules(remedy, say)),
    }


def _gate_rules(remedy: Remedy, say: _Says) -> Iterator[Json]:
    """Where what is known withholds the remedy, that is all; else every rule that can still hold."""
    settled = {rule.verdict for rule in remedy.rules if say.known.settles(rule.rule)}
    if Verdict.WITHHOLD in settled:
        yield _gate_rule(ALWAYS, Verdict.WITHHOLD, Verdict.OFFER, say.generic("withhold"), "")
        return
    for rule in remedy.rules:
        stricter = rule.when_unknown > rule.verdict
        left = say.known.put_in_openly(rule.rule) if stricter else say.known.put_in(rule.rule)
        if left != NEVER:
            unknown = say.words(rule.words) if say.may_be_said(rule.rule) else say.generic("unknown")
            yield _gate_rule(left, rule.verdict, rule.when_unknown, say.because(rule), unknown)


def _gate_rule(rule: Rule, verdict: Verdict, when_unknown: Verdict, because: str, words: str) -> Json:
    made: Json = {"rule": _rule(rule), "verdict": int(verdict), "because": because}
    return made if rule == ALWAYS else {**made, "when_unknown": int(when_unknown), "words": words}


def _without_repeats(rules: Iterable[Json]) -> list[Json]:
    kept: list[Json] = []
    for rule in rules:
        if rule not in kept:
            kept.append(rule)
    return kept


def _outcome(outcome: Outcome, words: Words) -> Json:
    return {
        "title": words(outcome.title),
        "words": words(outcome.words),
        "symbol": outcome.symbol,
        "safety_net": words(outcome.safety_net),
    }


# ---- walks ------------------------------------------------------------------------------------------


def _protocols(protocols: Sequence[Protocol], words: Words) -> Json:
    """The walks. A step stands under `steps` as most places have it, and in a place where it differs."""
    steps = {p.id: {step.id: _step(step, words) for step in p.steps.values()} for p in protocols}
    names = dict.fromkeys(name for own in steps.values() for name in own)
    shared = {name: _most_common([own[name] for own in steps.values() if name in own]) for name in names}
    return {
        "steps": shared,
        "protocols": {
            p.id: {
                "title": words(p.title),
                "short": words(p.short),
                "stop": words(p.stop),
                "safe": words(p.safe),
                "techniques": list(p.techniques),
                "first": p.first,
                "states": dict(p.states),
                "steps": {name: step for name, step in steps[p.id].items() if step != shared[name]},
            }
            for p in protocols
        },
    }


def _most_common(versions: list[Json]) -> Json:
    return max(versions, key=versions.count)


def _step(step: Step, words: Words) -> Json:
    """What is empty is left out."""
    made: Json = {
        "say": words(step.say),
        "more": words(step.more),
        "helper": words(step.helper),
        "pose": step.pose,
        "helper_pose": step.helper_pose,
        "remedies": [r.id for r in knowledge().remedies if r.id in step.remedies],
        "hold": step.hold,
        "prompt_every": step.prompt_every,
        "prompts": [words(prompt) for prompt in step.prompts],
        "marks": list(step.marks),
        "otherwise": step.otherwise,
        "cramping": step.cramping,
        "choices": [_choice(choice, words) for choice in step.choices],
    }
    return {key: value for key, value in made.items() if value}


def _choice(choice: Choice, words: Words) -> Json:
    made: Json = {"id": choice.id, "words": words(choice.words), "to": choice.to}
    return made | {k: v for k, v in (("facts", dict(choice.facts)), ("remedy", choice.remedy)) if v}
