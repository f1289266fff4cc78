"""Everything that a clinician has to read before signing, file by file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from uncramp.actions.check import OWN_CAUTION
from uncramp.actions.library import knowledge
from uncramp.actions.words import rule_in_words
from uncramp.model import LookAlike, Protocol, RedFlag, Remedy, Signed


@dataclass(frozen=True)
class Sheet:
    """One knowledge file to go through: its name, its lines to tick, and who has signed it."""

    file: str
    title: str
    lines: tuple[str, ...]
    signed: Signed


@dataclass(frozen=True)
class Part:
    title: str
    sheets: tuple[Sheet, ...]


def parts() -> tuple[Part, ...]:
    """Signs, red flags, the rules of remedies, guided relief, look-alikes, the words of the answers."""
    k = knowledge()
    return (
        Part("Signs, named in brackets below", tuple(_signs())),
        Part("Red flags", tuple(_red_flag(flag) for flag in k.red_flags)),
        Part("Remedies and their rules", tuple(_remedy(remedy) for remedy in k.remedies)),
        Part("Guided relief, place by place", tuple(_protocol(p) for p in k.protocols.values())),
        Part("Look-alikes", tuple(_look_alike(x) for x in k.look_alikes)),
        Part("The words of each answer", tuple(_outcomes())),
    )


def _signs() -> Iterator[Sheet]:
    for sign in knowledge().vocabulary.signs.values():
        yield Sheet("facts.toml", f"[{sign.words}]", (f"Holds if {rule_in_words(sign.rule)}.",), Signed())


def _red_flag(flag: RedFlag) -> Sheet:
    within = f" (within: {flag.within})" if flag.within else ""
    withheld = ", ".join(sorted(flag.withholds))
    lines = (
        f"If {rule_in_words(flag.rule)}:",
        f"{flag.disposition.id.replace('_', ' ')}{within}.",
        flag.say,
        *flag.do,
        *((f"Withholds: {withheld}.",) if withheld else ()),
        _sources(flag.sources),
    )
    return Sheet(f"red_flags/{flag.id}.toml", f"{flag.row}: {flag.name}", lines, flag.signed)


def _remedy(remedy: Remedy) -> Sheet:
    rules = (
        f"{rule.row}: if {rule_in_words(rule.rule)}: {rule.verdict.id}. {rule.because} "
        f"If unknown: {rule.when_unknown.id}. {_sources(rule.sources)}"
        for rule in remedy.rules
    )
    return Sheet(f"remedies/{remedy.id}.toml", remedy.name, (remedy.what, *rules), remedy.signed)


def _protocol(protocol: Protocol) -> Sheet:
    """Its own wording of each step; what all places share stands in full under each."""
    steps = (
        f"[{step.id}] {step.say} {step.more}"
        + (f" To a helper: {step.helper}" if step.helper else "")
        + (f" Every {step.prompt_every} s: {' / '.join(step.prompts)}" if step.prompts else "")
        for step in protocol.steps.values()
    )
    lines = (protocol.stop, protocol.safe, f"In this order: {', '.join(protocol.techniques)}.", *steps)
    return Sheet(f"protocols/{protocol.id}.toml", protocol.title, lines, protocol.signed)


def _look_alike(x: LookAlike) -> Sheet:
    lines = (f"Named if {rule_in_words(x.rule)}.", x.differs, _sources(x.sources))
    return Sheet(f"look_alikes/{x.id}.toml", x.name, lines, x.signed)


def _outcomes() -> list[Sheet]:
    k = knowledge()
    named = [(d.id, outcome) for d, outcome in k.outcomes.items()] + [("unsettled", k.unsettled)]
    return [
        Sheet("dispositions.toml", f"{name}: {o.title}", (o.words, o.safety_net), Signed())
        for name, o in named
    ]


def _sources(sources: tuple[str, ...]) -> str:
    names = [knowledge().sources[source].name for source in sources]
    return f"Source: {'; '.join(names) or OWN_CAUTION}."
