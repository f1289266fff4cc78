"""What travels from screen to screen in hidden fields; nothing of it is kept on the server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request

from uncramp.actions.check import (
    Checked,
    Refused,
    Screen,
    next_screen,
    read_facts,
    run,
    sharpening_screen,
)
from uncramp.actions.library import knowledge
from uncramp.actions.medicines import recognise, split_names
from uncramp.model import Fact, FactKind
from uncramp.web.show import known_country

MOST_MEDICINES, LONGEST_LINE = 60, 200
STATE = ("answers", "medicines", "skipped", "history", "country", "sharpen")
CONTROLS = ("screen", "go", "instead")

Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """All answers so far, and the way that led here."""

    answers: Mapping[str, Any]
    medicines: str = ""
    skipped: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    country: str = ""
    sharpen: bool = False

    @property
    def hidden(self) -> dict[str, str]:
        """Itself as form fields."""
        return {
            "answers": json.dumps(dict(self.answers)),
            "medicines": self.medicines,
            "skipped": " ".join(self.skipped),
            "history": " ".join(self.history),
            "country": self.country,
            "sharpen": "yes" if self.sharpen else "",
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of medicines, as typed."""
        return split_names(self.medicines)

    def check(self) -> Checked:
        return run(self.answers, self.names)


async def read_form(request: Request) -> Form:
    """All text fields of the body; raise `Refused` for anything but a plain form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused("the body is not a form; send it as application/x-www-form-urlencoded.")
    fields: dict[str, list[str]] = {}
    for name, value in (await request.form(max_files=0)).multi_items():
        if not isinstance(value, str):
            raise Refused(f"the field {name[:60]!r} is a file; send text.")
        fields.setdefault(name, []).append(value)
    return fields


def read_asked(form: Form, country: str) -> Asked:
    """What the hidden fields say; raise `Refused` with the place where they were changed."""
    groups = knowledge().vocabulary.groups
    asked = Asked(
        answers=read_facts(one(form, "answers") or "{}", "the hidden field `answers`"),
        medicines=one(form, "medicines"),
        skipped=known(form, "skipped", knowledge().vocabulary.facts),
        history=known(form, "history", groups),
        country=known_country(one(form, "country")) if "country" in form else country,
        sharpen=one(form, "sharpen") == "yes",
    )
    if len(asked.names) > MOST_MEDICINES or len(asked.medicines) > MOST_MEDICINES * LONGEST_LINE:
        raise Refused(f"medicines: write at most {MOST_MEDICINES} names, one a line.")
    asked.check()
    return asked


def one(form: Form, name: str) -> str:
    """The one value of the field, empty if it is absent; raise `Refused` if it was sent twice."""
    values = form.get(name, ("",))
    if len(values) > 1:
        raise Refused(f"the field `{name}` was sent twice; send it once.")
    return values[0]


def known(form: Form, name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The words of a hidden field, which must all be among `names`."""
    found = tuple(dict.fromkeys(one(form, name).split()))
    for strange in set(found) - set(names):
        raise Refused(f"the hidden field `{name}`: {strange[:60]!r} is not known.")
    return found


def screen_facts(form: Form) -> tuple[Fact, ...]:
    """The facts that the screen asked: those it names, or else those that have a field."""
    facts = knowledge().vocabulary.facts
    named = known(form, "screen", facts) or tuple(name for name in form if name in facts)
    for strange in set(form) - {*named, *STATE, *CONTROLS}:
        raise Refused(f"the field {strange[:60]!r} is not one of this screen.")
    return tuple(fact for fact in facts.values() if fact.id in named)


# ---- which screen comes next --------------------------------------------------------------------


def upcoming(asked: Asked, checked: Checked) -> Screen | None:
    """The next screen that was not left open before, or `None` when it is time for the answer."""
    rest = without(checked, asked.skipped)
    screen = next_screen(rest)
    if screen is None and asked.sharpen and checked.check.disposition.id != "emergency":
        screen = sharpening_screen(rest)
    return screen


def without(checked: Checked, skipped: tuple[str, ...]) -> Checked:
    """`checked` as if the facts that the person left open were not to be asked."""
    check = replace(
        checked.check,
        ask_next=tuple(f for f in checked.check.ask_next if f not in skipped),
        unknown_facts=tuple(f for f in checked.check.unknown_facts if f not in skipped),
    )
    return replace(checked, check=check)


def screen_of(group: str, facts: Iterable[str]) -> Screen:
    vocabulary = knowledge().vocabulary
    wanted = set(facts)
    shown = tuple(f for f in vocabulary.facts.values() if f.id in wanted and f.group == group)
    return Screen(vocabulary.groups[group], shown)


def screen_again(asked: Asked, checked: Checked, group: str) -> Screen:
    """The screen of `group` with all that was asked on it before, or could still matter."""
    return screen_of(group, {*asked.answers, *asked.skipped, *checked.check.unknown_facts})


def asked_groups(asked: Asked) -> tuple[str, ...]:
    """The groups that have been on a screen, in the order of the questions."""
    facts = knowledge().vocabulary.facts
    seen = {facts[fact].group for fact in (*asked.answers, *asked.skipped)}
    return tuple(group for group in knowledge().vocabulary.groups if group in seen)


# ---- taking a screen's answers ------------------------------------------------------------------


@dataclass(frozen=True)
class Marked:
    """What stands on a screen as filled in."""

    yes: frozenset[str]
    typed: Mapping[str, str]


def marked(facts: Iterable[Fact], form: Form) -> Marked:
    """What the person ticked (`fact` or `fact:choice`) and typed or chose."""
    yes: set[str] = set()
    typed: dict[str, str] = {}
    for fact in facts:
        if fact.kind is FactKind.YES_NO:
            yes |= {fact.id} if one(form, fact.id) else set()
        elif fact.kind is FactKind.MANY_OF:
            yes |= {f"{fact.id}:{choice}" for choice in form.get(fact.id, ())}
        else:
            typed[fact.id] = one(form, fact.id)
    return Marked(frozenset(yes), typed)


def marked_before(screen: Screen, answers: Mapping[str, Any]) -> Marked:
    """The same for a screen that was answered before."""
    yes: set[str] = set()
    typed: dict[str, str] = {}
    for fact in screen.facts:
        answer = answers.get(fact.id)
        if answer is True:
            yes.add(fact.id)
        elif isinstance(answer, list | tuple):
            yes |= {f"{fact.id}:{choice}" for choice in answer}
        elif isinstance(answer, str):
            typed[fact.id] = answer
        elif isinstance(answer, int | float) and not isinstance(answer, bool):
            typed[fact.id] = f"{answer:g}"
    return Marked(frozenset(yes), typed)


def with_screen(asked: Asked, screen: Screen, answers: Mapping[str, Any]) -> Asked:
    """`asked` after a screen: its answers, and what the person left open, which is not asked again."""
    here = [fact.id for fact in screen.facts]
    kept = {fact: answer for fact, answer in asked.answers.items() if fact not in here}
    named = recognise(asked.names).facts
    # Not ticking what one has just named by its box is no denial.
    meant = {fact: answer for fact, answer in answers.items() if answer is not False or fact not in named}
    after = replace(asked, answers={**kept, **meant})
    still_open = set(after.check().check.unknown_facts)
    before = [fact for fact in asked.skipped if fact not in here]
    skipped = [*before, *(fact for fact in here if fact in still_open)]
    history = [*(g for g in asked.history if g != screen.group.id), screen.group.id]
    return replace(after, skipped=tuple(skipped), history=tuple(history))
