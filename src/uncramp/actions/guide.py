"""The pages of the guide, with what readers may have read elsewhere."""

from __future__ import annotations

from uncramp.actions.check import Refused
from uncramp.actions.library import knowledge
from uncramp.model import GuidePage, Seed

VERDICT_WORDS = {
    "holds": "holds",
    "holds_with_correction": "holds with a correction",
    "does_not_hold": "does not hold",
}


def pages() -> tuple[GuidePage, ...]:
    """All pages in their order."""
    return knowledge().guide


def page(topic: str) -> GuidePage:
    """The page of that id; raise `Refused` with the list of topics where there is none."""
    found = next((p for p in pages() if p.id == topic), None)
    if found is None:
        topics = ", ".join(p.id for p in pages())
        raise Refused(f"There is no guide page {topic[:60]!r}. The topics are {topics}.")
    return found


def you_may_have_read(topic: str) -> tuple[Seed, ...]:
    """The statements that readers meet elsewhere on this topic; what does not hold comes first."""
    order = tuple(reversed(VERDICT_WORDS))
    return tuple(
        sorted(
            (seed for seed in knowledge().seeds if seed.topic == topic),
            key=lambda seed: order.index(seed.verdict),
        )
    )
