"""The evidence card of a cause, remedy, red flag, look-alike or conflict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from uncramp.actions.check import Refused
from uncramp.actions.library import knowledge
from uncramp.model import Conflict, LookAlike, RedFlag, Remedy, Source, Trigger

CERTAINTY_ORDER = ("high", "moderate", "low", "very_low")


@dataclass(frozen=True)
class Card:
    """All that is known under one id. A cause and the conflict about it may share the id."""

    id: str
    title: str
    trigger: Trigger | None
    remedy: Remedy | None
    red_flag: RedFlag | None
    look_alike: LookAlike | None
    conflicts: tuple[Conflict, ...]
    sources: tuple[Source, ...]


def card(card_id: str) -> Card:
    """The card of `card_id`; raise `Refused` with near ids where there is none."""
    k = knowledge()
    trigger = next((x for x in k.triggers if x.id == card_id), None)
    remedy = next((x for x in k.remedies if x.id == card_id), None)
    red_flag = next((x for x in k.red_flags if x.id == card_id), None)
    look_alike = next((x for x in k.look_alikes if x.id == card_id), None)
    own = {card_id, *(trigger.conflicts if trigger else ()), *(remedy.conflicts if remedy else ())}
    conflicts = tuple(c for c in k.conflicts if c.id in own)
    found = trigger or remedy or red_flag or look_alike
    if not found and not conflicts:
        near = get_close_matches(card_id, ids(), n=3)
        hint = f" Did you mean {', '.join(near)}?" if near else " `uncramp why` lists them."
        raise Refused(f"There is no evidence card {card_id[:60]!r}.{hint}")
    title = found.name if found else conflicts[0].title
    used = _sources(trigger, remedy, red_flag, look_alike, conflicts)
    return Card(card_id, title, trigger, remedy, red_flag, look_alike, conflicts, used)


def _sources(
    trigger: Trigger | None,
    remedy: Remedy | None,
    red_flag: RedFlag | None,
    look_alike: LookAlike | None,
    conflicts: tuple[Conflict, ...],
) -> tuple[Source, ...]:
    groups: list[tuple[str, ...]] = []
    if trigger:
        groups += [row.sources for row in trigger.evidence]
    if remedy:
        groups += [row.sources for row in remedy.evidence]
        groups += [dose.sources for dose in remedy.doses]
        groups += [rule.sources for rule in remedy.rules]
    groups += [x.sources for x in (red_flag, look_alike) if x]
    groups += [row.sources for conflict in conflicts for row in conflict.evidence]
    named = dict.fromkeys(source for group in groups for source in group)
    return tuple(knowledge().sources[source] for source in named)


def ids() -> tuple[str, ...]:
    """Every id that has a card, in alphabetical order."""
    k = knowledge()
    groups: tuple[Iterable[Trigger | Remedy | RedFlag | LookAlike | Conflict], ...] = (
        k.triggers, k.remedies, k.red_flags, k.look_alikes, k.conflicts,
    )  # fmt: skip
    return tuple(sorted({x.id for group in groups for x in group}))


def source(source_id: str) -> Source:
    """One publication; raise `Refused` where there is none of that id."""
    found = knowledge().sources.get(source_id)
    if found is None:
        raise Refused(f"There is no source {source_id[:60]!r}. `uncramp why ID` shows those of a card.")
    return found


def causes() -> tuple[Trigger, ...]:
    """All candidate causes, the surest first."""
    return tuple(sorted(knowledge().triggers, key=lambda t: (CERTAINTY_ORDER.index(t.certainty), t.name)))


def preventive_remedies() -> tuple[Remedy, ...]:
    """What people do against the next cramp, the surest evidence first."""
    kept = [r for r in knowledge().remedies if r.prevention]
    return tuple(sorted(kept, key=lambda r: (CERTAINTY_ORDER.index(r.certainty), r.name)))
