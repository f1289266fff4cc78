"""Words on paper: wrapped lines and headings on the terminal."""

from __future__ import annotations

import textwrap

WIDTH = 88


def head(text: str) -> None:
    """A heading with a line under it."""
    print()
    say(text)
    print("-" * min(len(text), WIDTH))


def say(text: str, indent: str = "") -> None:
    """`text`, wrapped, its further lines indented."""
    for line in text.splitlines() or [""]:
        lead = line[: len(line) - len(line.lstrip())]
        body = line.strip()
        print(textwrap.fill(body, WIDTH, initial_indent=lead, subsequent_indent=indent or lead))
