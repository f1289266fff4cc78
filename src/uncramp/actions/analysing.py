"""The process that works an answer out and keeps it: `python -m uncramp.actions.analysing WHAT PERSON
OUTCOME SEED`.

It gives way to everything else on the machine.
"""

from __future__ import annotations

import os
import sys
from threading import Thread
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from uncramp.core.risk import Outcome


def main(what: str, person: str, outcome: Outcome, seed: int) -> None:
    """Work out the findings or the forecast of a person."""
    from uncramp.actions import analysis, forecast, triggers
    from uncramp.actions.home import close_diaries, diary
    from uncramp.diary.people import people

    if hasattr(os, "nice"):
        os.nice(10)
    try:
        if what == triggers.WHAT:
            triggers.findings_of(diary(), person, outcome, seed)
        else:
            forecast.forecast_of(diary(), person, seed)
        if person not in [one for one, _ in people(diary())]:
            # Erased meanwhile.
            analysis.forget()
    finally:
        close_diaries()


def end_with_parent() -> None:
    """Leave as soon as the process that began this one has gone."""

    def watch() -> None:
        sys.stdin.read()
        os._exit(0)

    Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    end_with_parent()
    main(sys.argv[1], sys.argv[2], cast("Outcome", sys.argv[3]), int(sys.argv[4]))
