"""The knowledge that all actions share, read once a process and folder by folder as it is needed."""

from __future__ import annotations

from functools import cache

from uncramp.knowledge.reader import BrokenKnowledge, Knowledge

__all__ = ["BrokenKnowledge", "knowledge", "refuse_broken_knowledge"]


@cache
def knowledge() -> Knowledge:
    """The knowledge that comes with the program."""
    return Knowledge()


def refuse_broken_knowledge() -> None:
    """Read everything; raise `BrokenKnowledge` with one line a fault if anything does not hold together."""
    from uncramp.knowledge.crosscheck import problems

    if faults := problems(knowledge()):
        raise BrokenKnowledge("\n".join(faults))
