"""The reference pages of the documentation, made from the knowledge so that they cannot drift from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from uncramp.actions import reference_columns, vocabulary
from uncramp.actions.check import OWN_CAUTION, Refused
from uncramp.actions.evidence import causes
from uncramp.actions.guide import VERDICT_WORDS
from uncramp.actions.library import knowledge
from uncramp.actions.words import CERTAINTY, DIRECTION, rule_in_words
from uncramp.model import (
    Conflict,
    Evidence,
    FactKind,
    Protocol,
    Recipe,
    RedFlag,
    Remedy,
    Source,
    Step,
    Trigger,
)

NOTE = "<!-- Made from the knowledge files by `uncramp reference`. Edit those, not this page. -->"


def write(folder: Path) -> tuple[Path, ...]:
    """Write every page below `folder`; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pages().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return tuple(written)


BEGIN, END = "<!-- generated: unverified -->", "<!-- /generated -->"


def write_safety(document: Path) -> None:
    """Put the list of what is not verified between the marks of `document`; leave all else as it is."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise Refused(f"{document}: has no {BEGIN} ... {END}; put both back.")
    document.write_text(f"{before}{safety_list()}{after}", encoding="utf-8")


def safety_list() -> str:
    """What SAFETY.md lists, with its marks."""
    k = knowledge()
    own = sum(flag.own_caution for flag in k.red_flags)
    own += sum(rule.own_caution for remedy in k.remedies for rule in remedy.rules)
    lines = (BEGIN, "", *_without_number(), "", f"Rules that are our own caution: {own}.", "", END)
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """File name -> text of each reference page."""
    makers: dict[str, tuple[str, Callable[[], Iterable[str]]]] = {
        "facts.md": ("Facts: what a person can state", _facts),
        "red-flags.md": ("Red flags", _red_flags),
        "remedies.md": ("Remedies and their rules", _remedies),
        "protocols.md": ("Guided relief, step by step", _protocols),
        "causes.md": ("Causes, the surest first", _causes),
        "conflicts.md": ("Where sources disagree", _conflicts),
        "statements.md": ("The 155 statements the program began from", _statements),
        "sources.md": ("Sources", _sources),
        "emergency-numbers.md": ("Emergency numbers", _emergency_numbers),
        "unverified.md": ("What is not verified, and what is our own caution", _unverified),
    }
    return {name: _page(title, lines()) for name, (title, lines) in makers.items()}


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", NOTE, "", *lines]).rstrip() + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(head)
    body = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *body, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _named(sources: Iterable[str]) -> str:
    return "; ".join(f"[{source}](sources.md#{source})" for source in sources) or OWN_CAUTION


def _facts() -> Iterable[str]:
    v = knowledge().vocabulary
    for group in v.groups.values():
        refine = " (changes which remedies are shown, never the urgency)" if group.refine else ""
        yield f"## {group.title}\n\n`{group.id}`{refine}. {group.help}\n"
        rows = (
            (
                f"`{fact.id}`",
                fact.question,
                fact.explain,
                _kind(fact.id),
                f"`{fact.only_if}`" if fact.only_if else "",
            )
            for fact in vocabulary.facts()
            if fact.group == group.id
        )
        yield from _table(("fact", "question", "why it is asked", "kind", "asked only if"), rows)
    yield "## Thresholds\n"
    cuts = (
        (
            f"`{t.id}`",
            f"`{t.fact}`",
            f"at least {t.at_least:g}" if t.at_least is not None else f"below {t.below:g}",
            t.words,
        )
        for t in v.thresholds.values()
    )
    yield from _table(("threshold", "of", "cut", "words"), cuts)
    yield "## Signs\n"
    signs = ((f"`{s.id}`", s.words, rule_in_words(s.rule)) for s in v.signs.values())
    yield from _table(("sign", "words", "holds if"), signs)


def _kind(fact_id: str) -> str:
    fact = knowledge().vocabulary.facts[fact_id]
    if fact.kind is FactKind.NUMBER:
        return f"number, {fact.low:g} to {fact.high:g} {fact.unit}"
    if fact.choices:
        return f"{fact.kind.value}: " + ", ".join(f"`{choice}`" for choice, _ in fact.choices)
    return "yes, no or not known"


def _red_flags() -> Iterable[str]:
    for flag in knowledge().red_flags:
        yield from _red_flag(flag)


def _red_flag(flag: RedFlag) -> Iterable[str]:
    yield f"## {flag.name}\n"
    yield f"`{flag.id}` · row {flag.row} · **{flag.disposition.id}**" + (
        f", {flag.within}" if flag.within else ""
    )
    yield f"\nRaised if {rule_in_words(flag.rule)}.\n"
    yield f"> {flag.say}\n"
    yield from (f"- {line}" for line in flag.do)
    if flag.withholds:
        yield "\nWithholds: " + ", ".join(f"`{remedy}`" for remedy in sorted(flag.withholds)) + "."
    yield f"\nSources: {_named(flag.sources)}.\n"


def _remedies() -> Iterable[str]:
    for remedy in knowledge().remedies:
        yield from _remedy(remedy)


def _remedy(remedy: Remedy) -> Iterable[str]:
    yield f"## {remedy.name}\n"
    yield f"`{remedy.id}` · {remedy.kind} · {CERTAINTY[remedy.certainty]}\n\n{remedy.what}\n"
    yield from (f"- {dose.text} ({dose.flag}; {_named(dose.sources)})" for dose in remedy.doses)
    yield ""
    yield from _evidence(remedy.evidence)
    rows = (
        (
            r.row,
            r.verdict.id,
            rule_in_words(r.rule),
            r.because,
            r.when_unknown.id,
            _named(r.sources),
        )
        for r in remedy.rules
    )
    if remedy.rules:
        yield from _table(("row", "verdict", "if", "because", "if unknown", "sources"), rows)
    yield from _columns(remedy.recipes)


def _evidence(evidence: tuple[Evidence, ...]) -> list[str]:
    if not evidence:
        return []
    rows = (
        (
            e.row,
            e.finding,
            e.population,
            DIRECTION[e.direction],
            CERTAINTY[e.certainty],
            e.flag,
            _named(e.sources) if e.sources else "none",
        )
        for e in evidence
    )
    return _table(("row", "finding", "in whom", "direction", "certainty", "flag", "sources"), rows)


def _protocols() -> Iterable[str]:
    yield (
        "A step is passed over while the safety gate withholds one of its remedies from this person. "
        "After 10 minutes of cramping in all, or when it has come back three times, the panel "
        "to ask for advice stands above the step.\n"
    )
    for protocol in knowledge().protocols.values():
        yield from _protocol(protocol)


def _protocol(protocol: Protocol) -> Iterable[str]:
    yield f"## {protocol.title}\n\n`{protocol.id}`. {protocol.short}\n\n{protocol.safe} {protocol.stop}\n"
    if protocol.states:
        yield "States: " + ", ".join(f"`{fact}`" for fact in protocol.states) + ".\n"
    first = [] if protocol.first.startswith("@") else [protocol.first]
    after = [name for name, step in protocol.steps.items() if not step.cramping]
    shown = [*first, *protocol.techniques, *after]
    rows = ((f"`{name}`", *_step(protocol.steps[name])) for name in shown)
    yield from _table(("step", "it says", "to a helper", "picture", "remedies in it", "answers"), rows)
    yield f"Rests on: {', '.join(f'`{name}`' for name in protocol.evidence)}.\n"


def _step(step: Step) -> tuple[str, ...]:
    answers = (f"{choice.words} ({choice.to.lstrip('@')})" for choice in step.choices)
    ticks = (f"tick: `{fact}`" for fact in step.marks)
    return (
        f"{step.say} {step.more}".strip(),
        step.helper,
        f"`{step.pose}`",
        ", ".join(f"`{remedy}`" for remedy in step.remedies),
        "; ".join((*ticks, *answers)),
    )


def _causes() -> Iterable[str]:
    for trigger in causes():
        yield from _cause(trigger)


def _cause(trigger: Trigger) -> Iterable[str]:
    yield f"## {trigger.name}\n"
    yield f"`{trigger.id}` · {DIRECTION[trigger.direction]} · {CERTAINTY[trigger.certainty]}\n"
    yield f"{trigger.summary}\n"
    yield from _evidence(trigger.evidence)
    yield from _columns(trigger.recipes)


def _columns(recipes: tuple[Recipe, ...]) -> Iterable[str]:
    if recipes:
        yield from _table(reference_columns.HEAD, reference_columns.rows(recipes, _named))


def _conflicts() -> Iterable[str]:
    for conflict in knowledge().conflicts:
        yield from _conflict(conflict)


def _conflict(conflict: Conflict) -> Iterable[str]:
    yield f"## {conflict.title}\n\n`{conflict.id}` · row {conflict.row} · {CERTAINTY[conflict.certainty]}\n"
    yield from (
        f"- One side: {claim.says}" + (f" ({', '.join(claim.seeds)})" if claim.seeds else "")
        for claim in conflict.claims
    )
    yield f"\n**We follow:** {conflict.we_follow}\n\n**Because:** {conflict.because}\n"
    yield from (f"- {row.finding} ({row.flag}; {_named(row.sources)})" for row in conflict.evidence)
    yield ""


def _statements() -> Iterable[str]:
    rows = (
        (
            seed.id,
            seed.says,
            VERDICT_WORDS[seed.verdict],
            seed.because,
            f"due: {seed.due}" if seed.due else f"{seed.status}: `{seed.carried_by}`",
            f"[{seed.conflict}](conflicts.md)" if seed.conflict else "",
        )
        for seed in knowledge().seeds
    )
    head = ("id", "statement", "verdict", "why", "what became of it", "conflict")
    yield from _table(head, rows)


def _sources() -> Iterable[str]:
    for source in knowledge().sources.values():
        yield f'<a id="{source.id}"></a>\n'
        yield f"- **{source.name}** (`{source.id}`): {_source(source)}"
    yield ""


def _source(source: Source) -> str:
    parts = (
        source.authors,
        str(source.year or ""),
        source.title,
        source.published_in,
        f"doi:{source.doi}" if source.doi else "",
        f"PMID {source.pmid}" if source.pmid else "",
        source.pmcid,
        f"<{source.address}>" if source.address else "",
        source.kind.replace("_", " "),
        "read" if source.seen == "SEEN" else f"as reported by {source.reported_by or 'a secondary page'}",
        source.note,
    )
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _emergency_numbers() -> Iterable[str]:
    rows = (
        (n.country, n.name, n.number, ", ".join(n.also), n.advice_line, _named(n.sources))
        for n in knowledge().emergency_numbers.values()
    )
    yield from _table(("country", "name", "number", "also", "advice line", "sources"), rows)


def _without_number() -> Iterable[str]:
    k = knowledge()
    for folder, things in (("causes", k.triggers), ("remedies", k.remedies)):
        yield from (
            f"- {thing.name} ({folder}, {row.row}): {row.finding}"
            for thing in things
            for row in thing.evidence
            if not row.verified
        )


def _unverified() -> Iterable[str]:
    k = knowledge()
    yield "## Worded without a number, because no source was seen\n"
    yield from _without_number()
    yield "\n## Our own cautions (no source; they stay in force)\n"
    yield from (f"- Red flag: {flag.name}" for flag in k.red_flags if flag.own_caution)
    for remedy in k.remedies:
        yield from (
            f"- {remedy.name}, {rule.row}: {rule.because}" for rule in remedy.rules if rule.own_caution
        )
    yield "\n## Read only second-hand\n"
    yield from (f"- {source.name}" for source in k.sources.values() if source.seen != "SEEN")
