"""What guided relief says aloud, and the names of its recordings, for phones that have no voice."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from uncramp.actions.library import knowledge
from uncramp.actions.sheet import LIMITS
from uncramp.model import Disposition

FOLDER = "static/voice"
"""Below `web`; beside the recordings lies `index.json` with the file of each text."""


def texts() -> tuple[str, ...]:
    """Every sentence that a walk may say, each once: steps, their wording for helpers, prompts, the answers
    on the buttons, and what stands first on the panel when help is needed."""
    return tuple(dict.fromkeys(text for text in _said() if text))


def _said() -> Iterator[str]:
    for protocol in knowledge().protocols.values():
        yield protocol.safe
        yield protocol.stop
        for step in protocol.steps.values():
            yield step.say
            yield step.helper
            yield from step.prompts
            yield from (choice.words for choice in step.choices)
    for disposition in Disposition:
        yield knowledge().outcomes[disposition].title
    yield knowledge().unsettled.title
    for disposition in (Disposition.URGENT, Disposition.EMERGENCY):
        yield knowledge().outcomes[disposition].words
    for flag in knowledge().red_flags:
        if flag.id in LIMITS:
            yield flag.name
            yield from flag.do


def file_of(text: str) -> str:
    """The name of the recording: made from the text, so that an old recording cannot pass for a new text."""
    return f"{sha256(text.encode()).hexdigest()[:16]}.mp3"
