"""`uncramp guide`: the pages to read."""

from __future__ import annotations

import argparse
from typing import Any

from uncramp.cli.command import new_command
from uncramp.cli.paper import head, say


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "guide",
        run,
        "Read the guide: what it is, why, what now, how not again, when to worry.",
        "uncramp guide what_to_do_now",
    )
    made.add_argument("topic", nargs="?", metavar="TOPIC", help="a page; without it the pages are listed")


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions import guide

    if arguments.topic is None:
        for page in guide.pages():
            say(f"{page.id:24} {page.title}. {page.short}", indent=" " * 25)
        return 0
    page = guide.page(arguments.topic)
    head(page.title)
    for section in page.sections:
        head(section.heading)
        for paragraph in section.paragraphs:
            say(paragraph.text)
            say(f"    [{', '.join(paragraph.evidence) or 'our own caution'}]", indent="    ")
        for line in _generated(section.generated):
            say(line, indent="  ")
    head("You may have read")
    for seed in guide.you_may_have_read(page.id):
        say(
            f"- {seed.says}: {guide.VERDICT_WORDS[seed.verdict].upper()}. {seed.because}",
            indent="  ",
        )
    return 0


def _generated(what: str) -> list[str]:
    from uncramp.actions import check, evidence
    from uncramp.actions.words import CERTAINTY

    if what == "causes":
        return [f"- {t.name} ({CERTAINTY[t.certainty]}) [{t.id}]. {t.summary}" for t in evidence.causes()]
    if what == "prevention":
        shown = {r.remedy.id for r in check.shown_remedies(check.run({}))}
        kept = (r for r in evidence.preventive_remedies() if r.id in shown)
        return [f"- {r.name} ({CERTAINTY[r.certainty]}) [{r.id}]. {r.what}" for r in kept]
    return []
