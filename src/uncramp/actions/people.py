"""The people whose diaries lie here: their names, and who is who."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from uncramp.actions.check import Refused
from uncramp.actions.home import diary, owner

if TYPE_CHECKING:
    from uncramp.diary.people import Known

LONGEST_NAME = 60


def everybody(now: datetime) -> tuple[Known, ...]:
    """All who have a diary here, who came first first; there always is one."""
    from uncramp.diary.people import known

    owner(now)
    return known(diary())


def find(name: str, now: datetime) -> str:
    """The id of the person with that name, of the first person where no name is given.

    Raise `Refused` where nobody has it.
    """
    everyone = everybody(now)
    if not name:
        return everyone[0].id
    if found := named(name, everyone):
        return found.id
    names = ", ".join(person.name for person in everyone if person.name)
    raise Refused(
        f"--person: nobody here is called {name[:LONGEST_NAME]!r}. "
        + (
            f"There are: {names}."
            if names
            else "Nobody has a name yet; `uncramp people rename NAME` gives one."
        )
    )


def named(name: str, everyone: tuple[Known, ...]) -> Known | None:
    """Who of them has that name, however it is written in capitals and spaces."""
    wanted = as_compared(name)
    return next((person for person in everyone if as_compared(person.name) == wanted), None)


def add(name: str, now: datetime) -> str:
    """The id of a new person with an empty diary. Raise `Refused` for a name that cannot be."""
    from uncramp.diary.people import add_person

    chosen = _new_name(name, everybody(now))

    def look(everyone: tuple[Known, ...]) -> None:
        _new_name(chosen, everyone)
        if not all(person.name for person in everyone):
            raise Refused(
                "name: first say whose the diary is that is here already; `uncramp people rename NAME`."
            )

    return add_person(diary(), chosen, now, look)


def rename_first(own: str, other: str, now: datetime) -> None:
    """Name who came first and has no name yet, unless `other`, who is about to be added, could not be."""
    everyone = everybody(now)
    if everyone[0].name:
        raise Refused("own: who came first has a name already; only they can change it.")
    first = _new_name(own, everyone[1:])
    if as_compared(first) == as_compared(other):
        raise Refused("name: the two of you need two names.")
    _new_name(other, everyone[1:])
    rename(everyone[0].id, first, now)


def rename(person: str, name: str, now: datetime) -> None:
    """Give the person another name. Raise `Refused` for one that cannot be."""
    from uncramp.diary.people import name_person

    def look(everyone: tuple[Known, ...]) -> str:
        return _new_name(name, tuple(other for other in everyone if other.id != person))

    # Looked at twice, the second time while nobody else can write: two of one name must not come in at once.
    name_person(diary(), person, look(everybody(now)), look)


def as_a_name(name: str) -> str:
    """The name as it is kept. Raise `Refused` for one that nobody can have."""
    chosen = " ".join(unicodedata.normalize("NFC", name).split())
    if not chosen:
        raise Refused("name: it is empty; write a name.")
    if len(chosen) > LONGEST_NAME or not chosen.isprintable():
        raise Refused(f"name: use at most {LONGEST_NAME} letters, on one line.")
    return chosen


def _new_name(name: str, others: tuple[Known, ...]) -> str:
    chosen = as_a_name(name)
    if named(chosen, others):
        raise Refused(f"name: somebody here is called {chosen} already; take another name.")
    return chosen


def as_compared(name: str) -> str:
    """The name without what nobody looks at: capitals and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
