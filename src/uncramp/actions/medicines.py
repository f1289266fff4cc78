"""Medicine names -> the facts that taking them makes true."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from uncramp.actions.library import knowledge
from uncramp.model import Medicine

MOST_LOOKED_FOR = 8
LONGEST_NAME = 100
"""Characters; no medicine's name is longer, and longer text is not worth a search."""

# Strengths and forms that stand behind the name on a box. A single digit stays: "tylenol 3" is not plain.
_AMOUNT = r"\d+([.,]\d+)?(/\d+([.,]\d+)?)*"
_UNIT = r"\s*(mg|g|mcg|µg|ug|micrograms?|ml|iu|units?|%)(?=\W|$)"
_STRENGTH = re.compile(rf"\b({_AMOUNT}{_UNIT}|(?=\d\d){_AMOUNT}(?=\s|$))")
_FORM = re.compile(
    r"\b(tablets?|tabs?|capsules?|caps?|pills?|inhaler|patch(es)?|drops|syrup|injections?|"
    r"cream|gel|spray|solution|"
    r"slow release|modified release|prolonged release|gastro[- ]resistant|effervescent|"
    r"sr|mr|xl|la|cr|er|od|bd)\b"
)


@dataclass(frozen=True)
class Recognised:
    """What a list of names came to."""

    facts: frozenset[str]
    medicines: tuple[tuple[str, Medicine], ...]
    unrecognised: tuple[str, ...]


def plain(name: str) -> str:
    """`name` in lower case, without accents, strengths, forms and stray signs."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    text = _FORM.sub(" ", _STRENGTH.sub(" ", text))
    return " ".join(re.sub(r"[^a-z0-9/+' -]", " ", text).split()).strip(" -/+'")


def recognise(names: Iterable[str]) -> Recognised:
    """Look each of `names` up; a name that is not found stays unknown and is returned as given."""
    by_name = _by_name()
    facts: set[str] = set()
    found: list[tuple[str, Medicine]] = []
    unrecognised: list[str] = []
    for name in (n.strip() for n in names):
        if not name:
            continue
        medicines = by_name.get(plain(name[:LONGEST_NAME]), []) if len(name) <= LONGEST_NAME else []
        for medicine in medicines:
            facts |= set(medicine.facts)
            found.append((name, medicine))
        if not medicines:
            shown = name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "..."
            unrecognised.append(shown)
    return Recognised(frozenset(facts), tuple(found), tuple(unrecognised))


def near_names(unrecognised: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each of the first few names that we do not know, the known ones that are spelled much alike.

    They are for a person to choose from and never taken by us. Looking takes time: some 20 ms a name.
    """
    by_name = _by_name()
    return {
        name: tuple(get_close_matches(plain(name), by_name, n=3, cutoff=0.8))
        for name in unrecognised[:MOST_LOOKED_FOR]
    }


def split_names(text: str) -> tuple[str, ...]:
    """The names in a list that somebody typed, a line or a comma apart."""
    return tuple(name.strip() for name in re.split(r"[,;\n]", text) if name.strip())


@cache
def _by_name() -> dict[str, list[Medicine]]:
    """One name may stand for several medicines (a brand differs between countries): all count."""
    by_name: dict[str, list[Medicine]] = {}
    for medicine in knowledge().medicines:
        for name in {plain(name) for name in (medicine.id, *medicine.names)}:
            by_name.setdefault(name, []).append(medicine)
    return by_name
