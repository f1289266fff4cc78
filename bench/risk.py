"""How long the risk tables take: five years, 40 columns, 50,000 entries in memory; and one more entry.

    python bench/risk.py

CPU milliseconds of one thread, the median of several turns; the goals are 400 and 10. The first line is a
sum of ten million numbers, which takes some 150 ms on a machine that has nothing else to do.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

import numpy as np

from uncramp.core.risk_columns import candidates
from uncramp.core.risk_days import written
from uncramp.core.risk_effort import effort_table
from uncramp.core.risk_rest import rest, updated
from uncramp.knowledge.reader import Knowledge
from uncramp.model import Asked, Entry, EntryKind, FactKind, Remedy, Trigger

DAYS, ENTRIES, COLUMNS = 1825, 50_000, 40
FIRST = date(2021, 11, 22)


def main() -> None:
    k = Knowledge()
    things: tuple[Trigger | Remedy, ...] = (*k.triggers, *k.remedies)
    missing = COLUMNS - len(candidates("rest", things))
    own = [Asked(f"own.thing_{n}", "?", f"thing {n}", FactKind.YES_NO) for n in range(missing)]
    entries = _entries([*k.exposures, *(one.id for one in own)])
    columns = candidates("rest", things, own)
    one = replace(entries[len(entries) // 2], id="new", recorded=datetime(2027, 1, 1, tzinfo=UTC))
    _say("to compare", lambda: sum(range(10_000_000)), 150)
    print(f"{DAYS} days, {len(columns)} columns, {len(entries):,} entries")
    _say("all of it", lambda: rest(written(entries), columns), 400)
    whole = rest(written(entries), columns)
    _say("one new entry", lambda: updated(whole, one), 10)
    effort = replace(next(e for e in entries if e.body.get("effort")), id="new", replaces=None)
    _say("one new bout", lambda: updated(whole, effort), 10)
    _say("effort table", lambda: effort_table(whole.written, candidates("effort", things, own)), 400)


def _say(name: str, run: Callable[[], object], goal: float) -> None:
    taken = []
    for _ in range(7):
        begun = time.process_time()
        run()
        taken.append(1000 * (time.process_time() - begun))
    print(f"{name:>14}: {statistics.median(taken):7.1f} ms CPU, slowest {max(taken):.1f}, goal {goal}")


def _entries(exposures: list[str]) -> list[Entry]:
    """So many that a year has 10,000: answers of every evening, a bout of exercise most days, cramps."""
    rng = np.random.default_rng(5)
    found: list[Entry] = []
    for n in range(DAYS):
        day = FIRST + timedelta(days=n)
        asleep = bool(rng.random() < 0.7)
        if rng.random() < 0.3:
            hour = timedelta(hours=27 if asleep else float(rng.uniform(9, 22)))
            found.append(_entry(len(found), EntryKind.EPISODE, day, hour, asleep=asleep, doing=None))
        else:
            night = {"night": day.isoformat(), "word": "quiet"}
            found.append(_entry(len(found), EntryKind.DAY_NOTE, day, timedelta(hours=31), **night))
        effort = {"sport": "running", "minutes": 40.0, "session_rpe": 5.0, "distance_km": 7.0}
        if rng.random() < 0.6:
            body = {"exposure": "effort", "day": day.isoformat(), "value": True, "effort": effort}
            found.append(_entry(len(found), EntryKind.EXPOSURE, day, timedelta(hours=18), **body))
    while len(found) < ENTRIES:
        day = FIRST + timedelta(days=int(rng.integers(DAYS)))
        body = {"exposure": exposures[rng.integers(len(exposures))], "day": day.isoformat()}
        said: dict[str, object] = {
            **body,
            "value": bool(rng.random() < 0.3),
            "timed": bool(rng.random() < 0.3),
        }
        hour = timedelta(hours=float(rng.uniform(8, 23)))
        found.append(_entry(len(found), EntryKind.EXPOSURE, day, hour, **said))
    return found


def _entry(number: int, kind: EntryKind, on: date, hour: timedelta, **body: object) -> Entry:
    start = datetime.combine(on, clock(), UTC) + hour
    return Entry(
        id=f"{number:08}",
        person="p",
        kind=kind,
        start=start,
        end=None,
        offset_minutes=60,
        body=body,
        origin="bench",
        recorded=start + timedelta(hours=20),
    )


if __name__ == "__main__":
    main()
