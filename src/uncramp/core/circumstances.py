"""From when to when a circumstance holds, and on which days of a diary it did. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from uncramp.core.nights import date_in
from uncramp.model import Entry

ANSWERED = "check"
"""The origin of what was answered on a day: it held on that day, and may have begun before."""


def first_day(body: Mapping[str, Any]) -> date:
    """The first day, long ago where it is not known."""
    return date_in(body, "from") or date.min


def last_day(body: Mapping[str, Any]) -> date:
    """The last day, far away while it still holds.

    What stopped on a day that is not known is known to have held on its first day, and unknown from then on.
    """
    if body.get("ended") and not body.get("to"):
        return first_day(body)
    return date_in(body, "to") or date.max


def holds(body: Mapping[str, Any], day: date) -> bool:
    return first_day(body) <= day <= last_day(body)


def held(entries: Iterable[Entry], fact: str, first: int, days: int) -> tuple[list[float], list[str]]:
    """1, 0 or NaN (unknown) for each of `days` days from number `first` on, and the entries that say so.

    `entries` are in the order in which they were recorded, so that of two the later holds. Where it is known
    on which day something began, it did not hold before; and after its last day it does not hold either.
    """
    found, base = [math.nan] * days, [math.nan] * days
    mine = [e for e in entries if e.body.get("fact") == fact and isinstance(e.body.get("value"), bool)]
    for entry in sorted(mine, key=lambda entry: first_day(entry.body)):
        _around(entry, base, first)
    for entry in mine:
        since, until = _cells(entry, first, days)
        found[since:until] = [float(entry.body["value"])] * max(0, until - since)
    values = [before if math.isnan(said) else said for said, before in zip(found, base, strict=True)]
    return values, [entry.id for entry in mine]


def _around(entry: Entry, base: list[float], first: int) -> None:
    """Write into `base` that what began did not hold before, and what ended does not hold after.

    Earlier ones come first: where one of them ended on a day that is not known, it may have gone on.
    """
    if entry.body["value"] is not True:
        return
    since, until = _cells(entry, first, len(base))
    begun = date_in(entry.body, "from") is not None and entry.origin != ANSWERED
    if begun and all(math.isnan(value) for value in base[:since]):
        base[:since] = [0.0] * since
    if entry.body.get("ended") and not entry.body.get("to"):
        base[until:] = [math.nan] * (len(base) - until)
    else:
        base[until:] = [0.0] * (len(base) - until)


def _cells(entry: Entry, first: int, days: int) -> tuple[int, int]:
    """The cells from which and up to which it holds."""
    since = min(max(first_day(entry.body).toordinal() - first, 0), days)
    return since, max(since, min(last_day(entry.body).toordinal() - first + 1, days))
