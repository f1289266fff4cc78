"""The words that people read: plain, and without claims that nobody may make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.strategies import KNOWLEDGE
from tests.readability import grade
from uncramp.model import GuidePage

ROOT = Path(__file__).parents[2]
FORBIDDEN = (
    "safe to",
    "validated",
    "clinically proven",
    "diagnoses",
    "prevents cramps",
    "medically reviewed",
    "AI doctor",
    "you are safe",
    "better than other",
    "symptom checker",
)
# These two name the forbidden words in order to forbid them, or quote this list.
EXEMPT = {"CONTRIBUTING.md", "LICENSE"}


def texts() -> Iterator[Path]:
    for folder in ("src", "docs"):
        for ending in ("*.toml", "*.html", "*.md", "*.txt", "*.js"):
            yield from (ROOT / folder).rglob(ending)
    yield from (path for path in ROOT.glob("*.md") if path.name not in EXEMPT)


@pytest.mark.parametrize("words", FORBIDDEN)
def test_a_claim_nobody_may_make_stands_nowhere(words: str) -> None:
    pattern = re.compile(rf"\b{re.escape(words)}\b", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("page", KNOWLEDGE.guide, ids=lambda page: page.id)
def test_every_guide_page_reads_at_grade_eight_or_lower(page: GuidePage) -> None:
    text = " ".join(p.text for section in page.sections for p in section.paragraphs)
    assert grade(text) <= 8


def test_what_a_check_says_reads_at_grade_eight_or_lower() -> None:
    for outcome in (*KNOWLEDGE.outcomes.values(), KNOWLEDGE.unsettled):
        assert grade(outcome.words) <= 8, outcome.title
        # A safety net is one list of signs; its commas are its pauses.
        assert grade(outcome.safety_net.replace(",", ".").replace(":", ".")) <= 8, outcome.title
    flags = " ".join(f"{flag.say} {' '.join(flag.do)}" for flag in KNOWLEDGE.red_flags)
    assert grade(flags) <= 8
    remedies = " ".join(f"{r.what} {' '.join(x.because for x in r.rules)}" for r in KNOWLEDGE.remedies)
    assert grade(remedies) <= 8
    questions = " ".join(f"{f.question} {f.explain}" for f in KNOWLEDGE.vocabulary.facts.values())
    assert grade(questions) <= 8


def test_statements_are_answered_at_grade_eight_or_lower() -> None:
    assert grade(" ".join(seed.because for seed in KNOWLEDGE.seeds)) <= 8


def test_drinking_more_is_never_advised_without_an_end() -> None:
    open_ended = re.compile(
        r"(?<!not )(?<!never )\b(drink (more|plenty|lots)|plenty of (water|fluids))\b", re.IGNORECASE
    )
    for path in (ROOT / "src/uncramp/knowledge").rglob("*.toml"):
        if path.parent.name in ("sources", "conflicts", "triggers") or path.stem in ("seeds", "facts"):
            continue
        assert not open_ended.search(path.read_text(encoding="utf-8")), path.name


def test_no_path_of_a_machine_and_no_address_of_an_index_stands_anywhere() -> None:
    telltale = re.compile(r"/(home|root|tmp|opt|Users)/|index-url|localhost:\d")
    for path in texts():
        assert not telltale.search(path.read_text(encoding="utf-8")), path
