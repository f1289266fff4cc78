"""Is it more than a cramp? Screen by screen to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uncramp.actions.check import Checked, Refused, Screen, answers_of_screen, run
from uncramp.actions.library import knowledge
from uncramp.model import Fact, FactKind
from uncramp.web.asked import (
    Asked,
    Form,
    Marked,
    asked_groups,
    marked,
    marked_before,
    one,
    read_asked,
    read_form,
    screen_again,
    screen_facts,
    upcoming,
    with_screen,
)
from uncramp.web.result import result
from uncramp.web.show import country_of, remember, show_of

router = APIRouter()

ANSWERED = ("next", "none", "unsure")


@router.get("/check")
async def start(request: Request) -> Response:
    return next_page(request, Asked(answers={}, country=country_of(request)))


@router.post("/check")
async def answered(request: Request) -> Response:
    """Take what the page says, and go where its button points."""
    form = await read_form(request)
    asked = read_asked(form, country_of(request))
    facts = screen_facts(form)
    go, _, group = (one(form, "go") or "next").partition(":")
    swap = one(form, "instead")
    if go in ANSWERED and facts and not swap:
        page = take_screen(request, asked, facts, form, go)
    elif swap:
        kept = with_ticks(asked, facts, form)
        page = next_page(request, replace(kept, medicines=swapped(asked.names, swap)))
    else:
        asked = with_ticks(asked, facts, form)
        page = go_to(request, asked, go, group)
    if "country" in form:
        remember(page, asked.country)
    return page


def with_ticks(asked: Asked, facts: tuple[Fact, ...], form: Form) -> Asked:
    """`asked` with what is ticked on a screen that is left by another button; no tick is lost."""
    ticked = marked(facts, form).yes
    said = {fact.id: True for fact in facts if fact.id in ticked}
    return replace(asked, answers={**asked.answers, **said})


def swapped(names: tuple[str, ...], swap: str) -> str:
    """The list of medicines with one name written as the person chose from our suggestions."""
    place, _, text = swap.partition(":")
    name = " ".join(text.split())[:100]
    lines = list(names)
    if not name or not place.isdecimal() or len(place) > 3 or int(place) >= len(lines):
        raise Refused("the field `instead`: there is no such line among the medicines.")
    lines[int(place)] = name
    return "\n".join(lines)


def go_to(request: Request, asked: Asked, go: str, group: str) -> Response:
    """Where a button leads that takes no answers."""
    match go:
        case "back" if asked.history:
            *before, last = asked.history
            return again(request, replace(asked, history=tuple(before)), last)
        case "back":
            return again(request, asked, "alarm")
        case "group" if group in knowledge().vocabulary.groups:
            return again(request, asked, group)
        case "open":
            return next_page(request, replace(asked, skipped=()))
        case "sharpen":
            return next_page(request, replace(asked, sharpen=True))
        case "result":
            return result_page(request, asked)
        case "next" | "none" | "unsure":
            return next_page(request, asked)
    raise Refused(f"the field `go`: there is no button {go[:60]!r}.")


def take_screen(request: Request, asked: Asked, facts: tuple[Fact, ...], form: Form, go: str) -> Response:
    """The page after a screen; the same screen again where a field cannot be used."""
    screen = Screen(knowledge().vocabulary.groups[facts[0].group], facts)
    given = marked(facts, form)
    if go == "none" and given.yes:
        return screen_page(request, asked, screen, given, {"": "screen.ticked_and_none"})
    try:
        answers = answers_of_screen(screen, given.yes, given.typed)
        run(answers)
    except Refused as refused:
        return screen_page(request, asked, screen, given, faults(refused, facts))
    if go == "unsure":
        answers = {fact: answer for fact, answer in answers.items() if answer not in (False, [])}
    after = with_screen(asked, screen, answers)
    return next_page(request, after, came_from=screen)


def faults(refused: Refused, facts: tuple[Fact, ...]) -> dict[str, str]:
    """Field -> what is wrong with it; what belongs to no field of the screen was tampered with."""
    found: dict[str, str] = {}
    for problem in refused.problems:
        field, _, words = problem.partition(": ")
        if field not in {fact.id for fact in facts}:
            raise refused
        found[field] = words
    return found


def next_page(request: Request, asked: Asked, came_from: Screen | None = None) -> Response:
    """The next screen, or the answer when nothing is left to ask."""
    checked = asked.check()
    screen = upcoming(asked, checked)
    if screen is None:
        return result_page(request, asked, checked)
    named = came_from is not None and came_from.group.medicines
    given = marked_before(screen, asked.answers)
    return screen_page(request, asked, screen, given, echo=checked if named else None)


def again(request: Request, asked: Asked, group: str) -> Response:
    """A screen that was there before, filled in as it was."""
    screen = screen_again(asked, asked.check(), group)
    return screen_page(request, asked, screen, marked_before(screen, asked.answers))


def screen_page(
    request: Request,
    asked: Asked,
    screen: Screen,
    given: Marked,
    problems: Mapping[str, str] | None = None,
    echo: Checked | None = None,
) -> Response:
    so_far = asked.check()
    groups = knowledge().vocabulary.groups
    before = [group for group in asked.history if group != screen.group.id]
    values: dict[str, Any] = {
        "asked": asked,
        "screen": screen,
        "given": given,
        "problems": problems or {},
        "echo": echo,
        "so_far": so_far if so_far.check.disposition > 0 else None,
        "asks_medicines": screen.group.medicines,
        "number": len(before) + 1,
        "at_most": sum(not group.refine for group in groups.values()),
        # A screen that is seen again, or only sharpens, is no step of the way that is counted.
        "counted": not asked.sharpen and screen.group.id not in asked.history,
        "yes_no": [fact for fact in screen.facts if fact.kind is FactKind.YES_NO],
    }
    status = 422 if problems else 200
    return show_of(request).page("screen", status, country=asked.country, **values)


def result_page(request: Request, asked: Asked, checked: Checked | None = None) -> Response:
    show = show_of(request)
    view = result(asked, checked or asked.check())
    values: dict[str, Any] = {"asked": asked, "view": view, "groups": asked_groups(asked)}
    text = show.text("result.txt", country=asked.country, **values)
    return show.page("result", country=asked.country, text=text, **values)
