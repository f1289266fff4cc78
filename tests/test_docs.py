"""The documentation says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rtoml

from tests.cli.test_cli import COMMANDS
from uncramp.actions import reference

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_a_reference_page_is_what_the_knowledge_makes_it(name: str) -> None:
    written = (ROOT / "docs/reference" / name).read_text(encoding="utf-8")
    assert written == reference.pages()[name], "run `make docs`"


def test_every_page_written_for_reference_is_one_that_is_made() -> None:
    assert {path.name for path in (ROOT / "docs/reference").iterdir()} == set(reference.pages())


def test_safety_md_lists_what_is_not_verified_as_the_knowledge_has_it() -> None:
    text = (ROOT / "SAFETY.md").read_text(encoding="utf-8")
    assert reference.safety_list() in text, "run `make docs`"


def test_every_command_and_page_is_documented() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md"))
    text += (ROOT / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"uncramp {command}" in text, command


def test_no_link_between_the_documents_is_broken() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for document in documents:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_dependency_has_a_line() -> None:
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").lower()
    project = rtoml.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=]", one)[0] for one in wanted}
    assert names
    assert [name for name in names if name not in text] == []
