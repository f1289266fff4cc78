"""Whether the knowledge holds together: every name that one file uses stands in another.

Run at every start of the server and in the tests; a fault names its file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from uncramp.knowledge.reader import Knowledge
from uncramp.knowledge.recipes import recipe_faults
from uncramp.model import ALWAYS, FactKind, Protocol, Rule, Step, Verdict, Vocabulary, names_in

CERTAINTIES = frozenset({"high", "moderate", "low", "very_low"})
CITABLE = frozenset({"SEEN", "SEEN-2", "CALC"})
FLAGS = CITABLE | {"MEM", "design"}
GROWS = ("", "weekly", "yearly")
STAGES = frozenset({"cramping", "released", "suspected_strain", "recovering"})
TOPICS = 8
NEEDED_BY_CODE = (
    "cramping_now",
    "recovering",
    "suspected_strain",
    "suspected_clot",
    "pregnant_or_after_birth",
    "cramp_minutes",
    "came_back_times",
)
STEPS = ("released", "wrong", "finish")
SEED_STATUS = {"used": "holds", "corrected": "holds_with_correction", "refused": "does_not_hold"}
DUE = frozenset({"relief", "plan", "recovery", "report"})
WITHIN = {"self_care": None, "emergency": "now", "urgent": "today"}
ROUTINE_WITHIN = frozenset({"3 days", "2 weeks"})


def problems(knowledge: Knowledge) -> list[str]:
    """One sentence for each fault, which begins with the file; empty when all holds together.

    Raise `BrokenKnowledge` where a file cannot even be read.
    """
    return [
        *_vocabulary(knowledge.vocabulary),
        *_red_flags(knowledge),
        *_remedies(knowledge),
        *_look_alikes(knowledge),
        *_evidence(knowledge),
        *_exposures(knowledge),
        *_recipes(knowledge),
        *_conflicts(knowledge),
        *_guide(knowledge),
        *_seeds(knowledge),
        *_protocols(knowledge),
        *_poses(knowledge),
        *_lists(knowledge),
    ]


def pointers(knowledge: Knowledge) -> set[str]:
    """Every address that a guide paragraph or a statement may point to, such as `conflict:dehydration`."""
    folders: tuple[tuple[str, Iterable[str]], ...] = (
        ("trigger", (x.id for x in knowledge.triggers)),
        ("remedy", (x.id for x in knowledge.remedies)),
        ("red_flag", (x.id for x in knowledge.red_flags)),
        ("conflict", (x.id for x in knowledge.conflicts)),
        ("look_alike", (x.id for x in knowledge.look_alikes)),
        ("guide", (x.id for x in knowledge.guide)),
    )
    return {f"{folder}:{name}" for folder, names in folders for name in names}


def _unknown_names(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    for name in names_in(rule):
        fact, _, choice = name.partition(":")
        if name in vocabulary.signs or name in vocabulary.thresholds:
            continue
        if fact == "stage" and choice in STAGES:
            continue
        known = vocabulary.facts.get(fact)
        if known is None:
            yield f"{name!r} is no fact, threshold or sign"
        elif choice and choice not in dict(known.choices):
            yield f"{name!r} is no choice of {fact}"
        elif not choice and known.kind is not FactKind.YES_NO:
            yield f"{name!r} needs a threshold or a choice: it is a {known.kind.value}"


def _both_ways(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """A rule that wants a number both high and low could never be judged by its parts."""
    seen: dict[str, set[bool]] = {}
    for name in _deep_names(rule, vocabulary):
        if threshold := vocabulary.thresholds.get(name):
            seen.setdefault(threshold.fact, set()).add(threshold.at_least is not None)
    yield from (f"asks for {fact} both high and low" for fact, ways in seen.items() if len(ways) > 1)


def _refining(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """Facts that only refine the remedies may not decide about urgency: the check says so to people."""
    for name in _deep_names(rule, vocabulary):
        fact = vocabulary.facts.get(name.partition(":")[0])
        if fact and (fact.refine or vocabulary.groups[fact.group].refine):
            yield f"{fact.id} only refines the remedies"


def _deep_names(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    for name in names_in(rule):
        yield name
        if sign := vocabulary.signs.get(name):
            yield from _deep_names(sign.rule, vocabulary)


def _vocabulary(v: Vocabulary) -> Iterator[str]:
    where = "knowledge/facts.toml"
    names = [*v.facts, *v.thresholds, *v.signs]
    yield from (f"{where}: {name} stands there twice" for name in names if names.count(name) > 1)
    yield from (
        f"{where}: {name} is missing; the program reads it" for name in NEEDED_BY_CODE if name not in names
    )
    for fact in v.facts.values():
        if fact.group not in v.groups:
            yield f"{where}: {fact.id}: no group {fact.group!r}"
        if fact.grows not in GROWS or (fact.grows and fact.kind is not FactKind.NUMBER):
            yield f"{where}: {fact.id}: only a number grows, and it grows weekly or yearly"
        if fact.only_if and fact.only_if not in v.facts and fact.only_if not in v.signs:
            yield f"{where}: {fact.id}: no parent {fact.only_if!r}"
        if (fact.kind is FactKind.NUMBER) != (fact.low is not None and fact.high is not None):
            yield f"{where}: {fact.id}: a number, and only a number, has low and high"
        if not fact.question.endswith("?"):
            yield f"{where}: {fact.id}: the question has no question mark"
    for threshold in v.thresholds.values():
        if threshold.fact not in v.facts or v.facts[threshold.fact].kind is not FactKind.NUMBER:
            yield f"{where}: {threshold.id}: {threshold.fact!r} is no number"
        if (threshold.at_least is None) == (threshold.below is None):
            yield f"{where}: {threshold.id}: needs at_least or below, one of them"
    for sign in v.signs.values():
        yield from (f"{where}: {sign.id}: {fault}" for fault in _unknown_names(sign.rule, v))
    for contradiction in v.contradictions:
        yield from (f"{where}: no fact {f!r}" for f in contradiction.facts if f not in v.facts)


def _red_flags(k: Knowledge) -> Iterator[str]:
    remedies = {remedy.id for remedy in k.remedies}
    look_alikes = {x.id for x in k.look_alikes}
    for flag in k.red_flags:
        where = f"knowledge/red_flags/{flag.id}.toml"
        yield from (f"{where}: {fault}" for fault in _unknown_names(flag.rule, k.vocabulary))
        yield from (f"{where}: {fault}" for fault in _both_ways(flag.rule, k.vocabulary))
        yield from (f"{where}: {fault}" for fault in _refining(flag.rule, k.vocabulary))
        yield from (f"{where}: no remedy {name!r}" for name in flag.withholds - remedies)
        yield from _sourced(where, flag.sources, flag.own_caution, k)
        if flag.look_alike and flag.look_alike not in look_alikes:
            yield f"{where}: no look-alike {flag.look_alike!r}"
        fits = (
            flag.within in ROUTINE_WITHIN
            if flag.disposition.id == "routine"
            else flag.within == WITHIN[flag.disposition.id]
        )
        if not fits:
            yield f"{where}: {flag.disposition.id} does not go with within = {flag.within!r}"
        if flag.withholds and not flag.short:
            yield f"{where}: it withholds something, so it needs `short` words"


def _sourced(where: str, sources: tuple[str, ...], own: bool, k: Knowledge) -> Iterator[str]:
    yield from (f"{where}: no source {name!r}" for name in sources if name not in k.sources)
    if not sources and not own:
        yield f"{where}: needs a source or own_caution = true"


def _remedies(k: Knowledge) -> Iterator[str]:
    conflicts = {c.id for c in k.conflicts}
    for remedy in k.remedies:
        where = f"knowledge/remedies/{remedy.id}.toml"
        yield from (f"{where}: no conflict {c!r}" for c in remedy.conflicts if c not in conflicts)
        if remedy.certainty not in CERTAINTIES:
            yield f"{where}: no certainty {remedy.certainty!r}"
        for rule in remedy.rules:
            yield from (f"{where}, {rule.row}: {f}" for f in _unknown_names(rule.rule, k.vocabulary))
            yield from _sourced(f"{where}, {rule.row}", rule.sources, rule.own_caution, k)
            strict = remedy.kind in ("medicine", "supplement")
            if strict and rule.rule != ALWAYS and rule.when_unknown is not Verdict.WITHHOLD:
                yield f"{where}, {rule.row}: unknown must withhold a {remedy.kind}"
            if strict and rule.rule != ALWAYS and rule.verdict < Verdict.ASK:
                yield f"{where}, {rule.row}: we give no dose, so a change is for a pharmacist: ask"
        hidden = any(r.rule == ALWAYS and r.verdict is Verdict.WITHHOLD for r in remedy.rules)
        if remedy.kind in ("never", "specialist") and not hidden:
            yield f"{where}: a {remedy.kind} remedy needs a rule that always withholds it"
        for dose in remedy.doses:
            yield from _sourced(where, dose.sources, False, k)
            if remedy.kind == "medicine":
                yield f"{where}: no dose of a medicine is ever shown"
            if dose.flag not in CITABLE:
                yield f"{where}: a dose flagged {dose.flag} may not be shown"


def _look_alikes(k: Knowledge) -> Iterator[str]:
    for x in k.look_alikes:
        where = f"knowledge/look_alikes/{x.id}.toml"
        yield from (f"{where}: {fault}" for fault in _unknown_names(x.rule, k.vocabulary))
        yield from _sourced(where, x.sources, x.own_caution, k)


def _evidence(k: Knowledge) -> Iterator[str]:
    conflicts = {c.id for c in k.conflicts}
    files = [(f"knowledge/triggers/{t.id}.toml", t.evidence) for t in k.triggers]
    files += [(f"knowledge/remedies/{r.id}.toml", r.evidence) for r in k.remedies]
    for where, evidence in files:
        for row in evidence:
            yield from (f"{where}, {row.row}: no source {s!r}" for s in row.sources if s not in k.sources)
            if row.flag not in FLAGS:
                yield f"{where}, {row.row}: no flag {row.flag!r}"
            if row.verified and (row.flag not in CITABLE or not row.sources):
                yield f"{where}, {row.row}: verified, but without a source that was seen"
            if not row.verified and any(ch.isdigit() for ch in row.finding):
                yield f"{where}, {row.row}: a figure that was not verified may not be shown"
            if row.certainty not in CERTAINTIES:
                yield f"{where}, {row.row}: no certainty {row.certainty!r}"
    for trigger in k.triggers:
        where = f"knowledge/triggers/{trigger.id}.toml"
        yield from (f"{where}: no conflict {c!r}" for c in trigger.conflicts if c not in conflicts)


def _exposures(k: Knowledge) -> Iterator[str]:
    triggers, remedies = {t.id for t in k.triggers}, {r.id for r in k.remedies}
    for asked in k.exposures.values():
        where = f"exposures.toml, {asked.id}"
        yield from (f"{where}: no trigger {t!r}" for t in asked.triggers if t not in triggers)
        if asked.remedy and asked.remedy not in remedies:
            yield f"{where}: no remedy {asked.remedy!r}"
        if not asked.triggers and not asked.remedy:
            yield f"{where}: leads to no trigger and no remedy"
        number = asked.kind is FactKind.NUMBER
        if number and not (asked.unit and 0 <= asked.low < asked.high and asked.portion > 0):
            yield f"{where}: a number has a unit, a range and a portion"
        if not number and asked.kind is not FactKind.YES_NO:
            yield f"{where}: is neither yes_no nor a number"
        if not asked.question.endswith("?"):
            yield f"{where}: the question has no question mark"


def _recipes(k: Knowledge) -> Iterator[str]:
    files = [(f"knowledge/triggers/{t.id}.toml", t.id, t.recipes) for t in k.triggers]
    files += [(f"knowledge/remedies/{r.id}.toml", r.id, r.recipes) for r in k.remedies]
    columns = [(name, table) for _, name, some in files for recipe in some for table in recipe.tables]
    for where, name, some in files:
        for number, recipe in enumerate(some, start=1):
            place = f"{where}, column {number}"
            yield from (f"{place}: {fault}" for fault in recipe_faults(recipe, k.exposures, k.vocabulary))
            yield from _sourced(place, recipe.prior.sources, recipe.prior.own_guess, k)
            twice = [table for table in recipe.tables if columns.count((name, table)) > 1]
            yield from (f"{place}: there is another column {name} in the {table} table" for table in twice)
    read = {recipe.exposure for _, _, some in files for recipe in some}
    for asked in k.exposures:
        if asked not in read:
            yield f"knowledge/exposures.toml, {asked}: no cause and no remedy makes a column of it"


def _conflicts(k: Knowledge) -> Iterator[str]:
    seeds = {seed.id for seed in k.seeds}
    for conflict in k.conflicts:
        where = f"knowledge/conflicts/{conflict.id}.toml"
        for claim in conflict.claims:
            yield from (f"{where}: no statement {s!r}" for s in claim.seeds if s not in seeds)
        for row in conflict.evidence:
            yield from _sourced(where, row.sources, False, k)
            if row.flag not in CITABLE:
                yield f"{where}: a finding flagged {row.flag} may not be shown as cited"


def _guide(k: Knowledge) -> Iterator[str]:
    known = pointers(k)
    for page in k.guide:
        where = f"knowledge/guide/{page.id}.toml"
        for paragraph in (p for section in page.sections for p in section.paragraphs):
            yield from (f"{where}: no {e!r}" for e in paragraph.evidence if e not in known)
            if not paragraph.evidence and not paragraph.own_caution:
                yield f"{where}: no evidence for {paragraph.text[:40]!r}..."


def _seeds(k: Knowledge) -> Iterator[str]:
    known = pointers(k)
    topics = {page.id for page in k.guide}
    conflicts = {c.id for c in k.conflicts}
    for seed in k.seeds:
        where = f"knowledge/seeds.toml, {seed.id}"
        if seed.topic not in topics:
            yield f"{where}: no guide page {seed.topic!r}"
        if seed.conflict and seed.conflict not in conflicts:
            yield f"{where}: no conflict {seed.conflict!r}"
        if bool(seed.status) == bool(seed.due):
            yield f"{where}: needs a status or a due, one of them"
        elif seed.due:
            if seed.due not in DUE:
                yield f"{where}: no due {seed.due!r}"
        elif SEED_STATUS.get(seed.status) != seed.verdict:
            yield f"{where}: {seed.status!r} does not go with {seed.verdict!r}"
        elif seed.carried_by not in known:
            yield f"{where}: no {seed.carried_by!r}"
        elif seed.status != "used" and not seed.conflict:
            yield f"{where}: {seed.status} needs the conflict that says why"


def _protocols(k: Knowledge) -> Iterator[str]:
    known = pointers(k)
    for protocol in k.protocols.values():
        where = f"knowledge/protocols/{protocol.id}.toml"
        yield from (f"{where}: no {e!r}" for e in protocol.evidence if e not in known)
        yield from (f"{where}: no step {t!r}" for t in protocol.techniques if t not in protocol.steps)
        yield from (f"{where}: {fault}" for fault in _leads_nowhere(protocol))
        yield from (f"{where}: no fact {f!r}" for f in protocol.states if f not in k.vocabulary.facts)
        last = protocol.steps.get(protocol.techniques[-1])
        if last and last.remedies:
            yield f"{where}: the last technique must suit everybody, so it may hold no remedy"
        for step in protocol.steps.values():
            yield from (f"{where}, {step.id}: {fault}" for fault in _step(step, k))


def _leads_nowhere(protocol: Protocol) -> Iterator[str]:
    known = {*protocol.steps, "@technique", "@end"}
    for step in protocol.steps.values():
        ways = [*(choice.to for choice in step.choices), step.otherwise]
        yield from (
            f"{step.id} leads to {way!r}, which is no step" for way in ways if way and way not in known
        )
        if step.remedies and not step.otherwise:
            yield f"{step.id}: a step with remedies needs `otherwise`, for those it is withheld from"
    if protocol.first not in known:
        yield f"no first step {protocol.first!r}"
    yield from (f"{name!r} is missing; the program reads it" for name in STEPS if name not in protocol.steps)


def _step(step: Step, k: Knowledge) -> Iterator[str]:
    remedies = {remedy.id for remedy in k.remedies}
    named = [*step.remedies, *(choice.remedy for choice in step.choices if choice.remedy)]
    yield from (f"no remedy {name!r}" for name in named if name not in remedies)
    facts = [*step.marks, *(fact for choice in step.choices for fact in choice.facts)]
    yield from (f"no fact {fact!r}" for fact in facts if fact not in k.vocabulary.facts)
    poses = {pose for pose in (step.pose, step.helper_pose) if pose}
    yield from (f"no picture {pose!r}" for pose in poses if pose not in k.poses)
    if not step.pose:
        yield "needs a picture"


def _poses(k: Knowledge) -> Iterator[str]:
    """That a person could take the poses is for the drawing to judge, and for its tests."""
    for name, scene in k.poses.items():
        where = f"knowledge/poses/{name}.toml"
        yield from (f"{where}: no {key}" for key in ("title", "desc", "pose") if not scene.get(key))


def _lists(k: Knowledge) -> Iterator[str]:
    for medicine in k.medicines:
        yield from (
            f"knowledge/medicines.toml, {medicine.id}: no fact {fact!r}"
            for fact in medicine.facts
            if fact not in k.vocabulary.facts
        )
    for number in k.emergency_numbers.values():
        where = f"knowledge/emergency_numbers.toml, {number.country}"
        yield from _sourced(where, number.sources, False, k)
        if not number.number.isdecimal():
            yield f"{where}: {number.number!r} is no number"
    if len(k.guide) != TOPICS:
        yield f"knowledge/guide: expected {TOPICS} pages, not {len(k.guide)}"
