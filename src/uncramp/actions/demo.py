"""A diary of somebody made up, in a file of its own that no real diary ever lies in."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from uncramp.actions.home import DATABASE, FILE, HOME, close_diaries, diary, owner
from uncramp.actions.library import knowledge
from uncramp.core.nights import day_of

if TYPE_CHECKING:
    import numpy as np

    from uncramp.core.simulate import Truth, Wanted
    from uncramp.core.simulated_diary import OffsetOf

NAME = "Demo"


def make_demo(
    folder: Path,
    now: datetime,
    offset_of: OffsetOf,
    rng: np.random.Generator,
    wanted: Wanted | None = None,
) -> Truth:
    """Let this process work on a new demo diary in the empty `folder` and on nothing else; give its truth.

    `now` is a time of the clock on the wall, with its zone. The last night is the one before today; of what
    would be written later than `now` nothing is there yet.
    """
    from uncramp.core.simulated_diary import PROTOCOL, Holding, simulate
    from uncramp.diary.entries import put_all
    from uncramp.diary.people import name_person
    from uncramp.diary.settings import set_setting
    from uncramp.diary.whole import DEMO

    _turn_to(folder)
    last = day_of(now.replace(tzinfo=None)) - timedelta(days=1)
    known = knowledge()
    begun = now - timedelta(days=400)
    person = owner(begun)
    made = simulate(
        person,
        last,
        tuple(known.exposures.values()),
        known.protocols[PROTOCOL].techniques,
        rng,
        holding=(Holding("age", 52.0, 0.0), Holding("statin", True, 0.35, 0.7)),
        offset_of=offset_of,
        wanted=wanted,
    )
    # What is exported from it says so, and no other diary takes it.
    set_setting(diary(), DEMO, "1")
    name_person(diary(), person, NAME)
    put_all(diary(), (entry for entry in made.entries if entry.recorded <= now))
    return made.truth


def _turn_to(folder: Path) -> None:
    """From here on this process knows no other diary: neither the file at home nor a database server."""
    if (folder / FILE).exists():
        raise FileExistsError(f"{folder / FILE} is there already; a demo begins in an empty folder.")
    close_diaries()
    os.environ[HOME] = str(folder)
    os.environ.pop(DATABASE, None)
