"""Which version of an entry is the newest. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Versioned(Protocol):
    """An entry, or the part of one that decides."""

    @property
    def id(self) -> str: ...
    @property
    def recorded(self) -> datetime: ...
    @property
    def replaces(self) -> str | None: ...


@dataclass(frozen=True)
class Version:
    id: str
    recorded: datetime
    replaces: str | None


def newest_of(versions: Iterable[Versioned]) -> frozenset[str]:
    """The ids of the newest versions, one for each family of versions that hang together by `replaces`.

    Nothing that was replaced is ever the newest, whatever its clock said. Of those that nothing replaces
    the one that was recorded last is, and of two recorded at once the one with the greater id. What
    replaces one that has not come in yet belongs to that one's family all the same.
    """
    by_id = {version.id: version for version in versions}
    replaced = {version.replaces for version in by_id.values()}
    families: dict[str, list[Versioned]] = {}
    roots: dict[str, str] = {}
    for version in by_id.values():
        families.setdefault(_root(version, by_id, roots), []).append(version)
    return frozenset(_last(family, replaced).id for family in families.values())


def _root(version: Versioned, by_id: Mapping[str, Versioned], roots: dict[str, str]) -> str:
    """The id that a family begins with; of a ring of replacements its smallest id.

    `roots` holds those found so far: a long chain is walked once, and not again for each of its versions.
    """
    # A dict, not a list: it keeps the order, and says at once whether an id was seen.
    seen: dict[str, None] = {}
    at = version.id
    while at in by_id and at not in seen and at not in roots:
        seen[at] = None
        before = by_id[at].replaces
        if before is None:
            break
        at = before
    else:
        if at in seen:
            way = list(seen)
            at = min(way[way.index(at) :])
    root = roots.get(at, at)
    roots |= dict.fromkeys(seen, root)
    return root


def _last(family: list[Versioned], replaced: set[str | None]) -> Versioned:
    # In a ring each is replaced. Nobody can make one by accident, and even so nothing may vanish.
    standing = [version for version in family if version.id not in replaced] or family
    return max(standing, key=lambda version: (version.recorded, version.id))
