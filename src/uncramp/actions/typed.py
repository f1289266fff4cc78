"""What stands in the fields of a form, read one by one; every fault is found, and each names its field."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from uncramp.actions.check import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

Fields = Mapping[str, str]
"""Field -> what is typed, ticked or chosen in it; empty is not known."""
EARLIEST, LATEST = date(1970, 1, 1), date(2099, 12, 31)
LONGEST_NOTE = 2000
YES, NO = "yes", "no"


class Typed:
    """Reads fields, and gathers what is wrong with them until `done`."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.problems: list[str] = []

    def done(self) -> None:
        """Raise `Refused` with all that was wrong so far."""
        if self.problems:
            raise Refused(*self.problems)

    def wrong(self, field: str, words: str) -> None:
        self.problems.append(f"{field}: {words}")

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """What is refused inside is gathered with the rest."""
        try:
            yield
        except Refused as refused:
            self.problems += refused.problems

    def text(self, field: str) -> str:
        return self.fields.get(field, "").strip()

    def note(self, field: str = "note") -> str | None:
        """Lines and signs as typed; a browser ends lines with two characters where we keep one."""
        text = self.text(field).replace("\r\n", "\n")
        if len(text) > LONGEST_NOTE:
            self.wrong(field, f"it has {len(text):,} characters; at most {LONGEST_NOTE:,} are kept.")
        if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
            self.wrong(field, "it has signs in it that are no text; type it again.")
        return text or None

    def number(self, field: str, low: float, high: float, unit: str = "") -> float | None:
        """The number with a point or a comma, `None` for an empty field."""
        text = self.text(field)
        if not text:
            return None
        try:
            found = float(text.replace(",", ".")) if len(text) <= 20 else math.nan
        except ValueError:
            found = math.nan
        if not (re.fullmatch(r"[-+]?[0-9.,]+", text) and low <= found <= high):
            self.wrong(field, f"expected a number from {low:g} to {high:g}{unit and ' ' + unit}.")
            return None
        return found

    def yes_no(self, field: str) -> bool | None:
        return {YES: True, NO: False}.get(self.choice(field, (YES, NO)) or "")

    def choice(self, field: str, among: Collection[str]) -> str | None:
        """One of `among`, `None` for none."""
        text = self.text(field)
        if text and text not in among:
            self.wrong(field, "choose one of those that stand there.")
        return text if text and text in among else None

    def day(self, field: str) -> date | None:
        text = self.text(field)
        try:
            found = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
        except ValueError:
            self.wrong(field, "there is no such day; look at the month and the day.")
            return None
        if text and found is None:
            self.wrong(field, "write the day as year-month-day, like 2026-11-22.")
        elif found and not EARLIEST <= found <= LATEST:
            self.wrong(field, f"days from {EARLIEST} to {LATEST} can be written down.")
            return None
        return found

    def time(self, field: str) -> time | None:
        text = self.text(field)
        if not text:
            return None
        if not re.fullmatch(r"([01]?\d|2[0-3])[:.][0-5]\d", text, re.ASCII):
            self.wrong(field, "write the time as hours and minutes, from 00:00 to 23:59.")
            return None
        hours, minutes = re.split("[:.]", text)
        return time(int(hours), int(minutes))


def changed(fields: Fields, shown: Fields, *names: str) -> bool:
    """Whether any of these fields has something else in it than what was shown there."""
    return any(fields.get(name, "").strip() != shown.get(name, "") for name in names)


def shown_number(value: object) -> str:
    """A number as it stands in a field, empty where none is known."""
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else ""


def shown_yes_no(value: object) -> str:
    return {True: YES, False: NO}.get(value, "") if isinstance(value, bool) else ""


def shown_day(wall: datetime) -> str:
    return wall.date().isoformat()


def day_asked(day: str) -> date | None:
    """The day in the address; one that is none is as good as no day."""
    return Typed({"day": day}).day("day")
