"""What the server does once a night, if it runs then, and else as soon as it runs again."""

from __future__ import annotations

from datetime import datetime

from uncramp.actions import backup, removal
from uncramp.actions.check import Refused
from uncramp.actions.home import diary
from uncramp.actions.own_clock import OwnClock

HOUR = 3
"""By the clock of this machine."""
LAST = "upkeep_last"


def once_a_night(now: datetime) -> None:
    """Make the backup of the night, unless it was tried already. What came of it stands among the settings.

    Raise `DiaryUnusable` for a diary that is damaged.
    """
    from uncramp.diary.settings import set_setting, setting_of

    here = now.astimezone(OwnClock())
    if here.hour < HOUR or setting_of(diary(), LAST) == here.date().isoformat():
        return
    # Before it is made: one that fails is not tried again each minute.
    set_setting(diary(), LAST, here.date().isoformat())
    try:
        backup.nightly(now)
    except Refused:
        # There is none to be made here, such as in a database server; the page on data says so.
        return


def sweep(now: datetime) -> None:
    """Empty what was taken away and can no longer be brought back, and what stayed in the log before."""
    from uncramp.diary.removal import settle_again

    removal.sweep(diary(), now)
    settle_again(diary())
