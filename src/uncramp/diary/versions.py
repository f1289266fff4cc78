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
    for version in by_id.values():
        families.setdefault(_root(version, by_id), []).append(version)
    return frozenset(_last(family, replaced).id for family in families.values())


def _root(version: Versioned, by_id: Mapping[str, Versioned]) -> str:
    """The id that a family begins with; of a ring of replacements its smallest id."""
    seen = [version.id]
    while (before := by_id[seen[-1]].replaces) is not None:
        if before in seen:
            return min(seen[seen.index(before) :])
        if before not in by_id:
            return before
        seen.append(before)
    return seen[-1]


def _last(family: list[Versioned], replaced: set[str | None]) -> Versioned:
    # In a ring each is replaced. Nobody can make one by accident, and even so nothing may vanish.
    standing = [version for version in family if version.id not in replaced] or family
    return max(standing, key=lambda version: (version.recorded, version.id))
