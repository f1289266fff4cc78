"""What the server does by itself while it runs: it looks once a minute, beside all requests."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event, Thread

from uncramp.actions.home import DiaryUnusable, is_begun

log = logging.getLogger("uncramp.web")

EVERY_S = 60.0
FINISH_WITHIN_S = 2.0

Duty = Callable[[datetime], None]
"""Looks what is to be done at that time, and does it; asked every minute, it does nothing twice."""


def ring(now: datetime) -> None:
    """Remind those for whom it is time."""
    from uncramp.actions.reminders import ring_due

    ring_due(now)


def tidy(now: datetime) -> None:
    """Empty what was taken away long enough ago."""
    from uncramp.actions.upkeep import sweep

    sweep(now)


def back_up(now: datetime) -> None:
    """Once a night, the backup."""
    from uncramp.actions.upkeep import once_a_night

    once_a_night(now)


DUTIES: tuple[Duty, ...] = (ring, tidy, back_up)


class NightWatch:
    """A thread that goes through its duties each minute. One that fails leaves the rest alone."""

    def __init__(self, clock: Callable[[], datetime], duties: Sequence[Duty] = DUTIES) -> None:
        self.clock = clock
        self.duties = duties
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="night watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it; a duty under way is given a moment and then left behind."""
        self._stopped.set()
        self._thread.join(FINISH_WITHIN_S)

    def _run(self) -> None:
        # Not at once: whoever has just started the server waits for its first page.
        while not self._stopped.wait(EVERY_S):
            self.look(self.clock())

    def look(self, now: datetime) -> None:
        """Go through all duties once, if anybody keeps a diary here."""
        for duty in self.duties:
            try:
                if is_begun():
                    duty(now)
            except (DiaryUnusable, OSError) as trouble:
                log.error("%s", trouble)
            except Exception as fault:
                # Where it happened, and not what was said of it: that can quote what a person wrote.
                where = "".join(traceback.format_list(traceback.extract_tb(fault.__traceback__)))
                log.error("A fault of the program: %s\n%s", type(fault).__name__, where)
