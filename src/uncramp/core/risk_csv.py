"""A risk table as CSV, in and out: `date,cramps,<exposure>,...`; with `minutes` it is one of exercise. Pure.

One row a night or bout. An empty cell is unknown, `0` is zero; a column of only 0 and 1 is yes or no.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from uncramp.core.risk import Column, Floats, Prior, RiskTable

DATE, CRAMPS, MINUTES = "date", "cramps", "minutes"
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
DAY = re.compile(r"(19|20)\d\d-\d\d-\d\d")
LARGEST, MOST_CRAMPS, LONGEST_BOUT = 1e12, 1000, 10_000
MOST_ROWS, MOST_COLUMNS, LONGEST_NAME = 20_000, 500, 100
MOST_FAULTS = 20
LAGS = (0, 1, 2, 3)
WHY = "Nothing is known of a column in a file: about one in eight is taken to matter."
YES_NO_PRIOR = Prior(0.12, 0.7, 0.55, WHY, either=True)
NUMBER_PRIOR = Prior(0.12, 0.9, 0.7, WHY, either=True)


class NotATable(ValueError):
    """A text that is no risk table; `problems` has a sentence for each place."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class _Line:
    number: int
    date: date
    cramps: float
    minutes: float
    values: tuple[float, ...]


def read(text: str, name: str, known: Mapping[str, Column] | None = None) -> RiskTable:
    """The table in `text`, a file called `name`; raise `NotATable` with file, line and the mend.

    Rows are put in order of their dates. Dates of the rest table that are not there become rows of unknowns.
    A heading that is in `known` takes its words and its prior from there.
    """
    cells = _lines(text, name)
    if not cells:
        raise NotATable([f"{name}: it is empty; begin with a line date,cramps,... and then a line a night."])
    heading = [cell.strip() for cell in cells[0][1]]
    exposures = _heading(heading, name)
    faults: list[str] = []
    lines = [line for number, row in cells[1:] if (line := _line(number, row, heading, name, faults))]
    if not cells[1:]:
        faults.append(f"{name}: there is no line below the headings; write one for each night.")
    rest = MINUTES not in heading
    lines.sort(key=lambda line: line.date)
    if rest and not faults:
        faults += _twice(lines, name) or _too_long(lines, name)
    if faults:
        raise NotATable(faults[:MOST_FAULTS])
    return _table(_without_gaps(lines, len(exposures)) if rest else lines, exposures, rest, known or {})


def as_text(table: RiskTable) -> str:
    """The table as CSV; what it holds of later rows alone (`whole`) is not in it."""
    minutes = [] if table.minutes is None else [MINUTES]
    rows: list[list[str]] = [[DATE, CRAMPS, *minutes, *(column.id for column in table.columns)]]
    for n, day in enumerate(table.dates):
        numbers = [table.cramps[n], *([] if table.minutes is None else [table.minutes[n]]), *table.values[n]]
        rows.append([day.isoformat(), *(_shown(float(number)) for number in numbers)])
    page = _Page()
    csv.writer(page, lineterminator="\n").writerows(rows)
    return "".join(page.lines)


class _Page:
    """What the writer of CSV writes on."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)


def _shown(number: float) -> str:
    if math.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() else repr(number)


# ---- lines ---------------------------------------------------------------------------------------


def _lines(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Each line that has something in it, with its number."""
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(), strict=True)
    found: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append((reader.line_num, row))
            if len(found) > MOST_ROWS:
                raise NotATable([f"{name}: more than {MOST_ROWS:,} lines; split it."])
    except csv.Error as problem:
        raise NotATable([f"{name}, line {reader.line_num}: {problem}; save it as plain CSV."]) from problem
    return found


def _heading(heading: Sequence[str], name: str) -> tuple[str, ...]:
    """The exposures; raise `NotATable` for headings that cannot be used."""
    where = f"{name}, line 1"
    if len(heading) == 1 and ";" in heading[0]:
        raise NotATable([f"{where}: the cells are parted by semicolons; save it with commas."])
    faults = [f"{where}: there is no column {one}; add it." for one in (DATE, CRAMPS) if one not in heading]
    faults += [f"{where}: {_quoted(one)} is there twice; rename one of them." for one in _doubles(heading)]
    faults += [f"{where}: column {n} has no name; add it." for n, one in enumerate(heading, 1) if not one]
    faults += [
        f"{where}: {_quoted(one)} is no name; use at most {LONGEST_NAME} printable characters."
        for one in heading
        if len(one) > LONGEST_NAME or not one.isprintable()
    ]
    if len(heading) > MOST_COLUMNS:
        faults.append(f"{where}: more than {MOST_COLUMNS} columns; leave some out.")
    if faults:
        raise NotATable(faults[:MOST_FAULTS])
    return tuple(one for one in heading if one not in (DATE, CRAMPS, MINUTES))


def _doubles(heading: Sequence[str]) -> Iterator[str]:
    return (one for one in dict.fromkeys(heading) if one and heading.count(one) > 1)


def _line(
    number: int, row: Sequence[str], heading: Sequence[str], name: str, faults: list[str]
) -> _Line | None:
    """What the line says; `None` where something in it cannot be used, which is told in `faults`."""
    where = f"{name}, line {number}"
    if len(faults) >= MOST_FAULTS:
        return None
    if len(row) != len(heading):
        faults.append(f"{where}: {len(row)} cells under {len(heading)} headings; leave unknown cells empty.")
        return None
    before = len(faults)
    cells = dict(zip(heading, (cell.strip() for cell in row), strict=True))
    day = _date(cells.pop(DATE), where, faults)
    cramps = _cramps(cells.pop(CRAMPS), where, faults)
    minutes = _minutes(cells.pop(MINUTES, ""), where, faults)
    values = tuple(_number(cell, f"{where}, {_quoted(key)}", faults) for key, cell in cells.items())
    return None if day is None or len(faults) > before else _Line(number, day, cramps, minutes, values)


def _date(cell: str, where: str, faults: list[str]) -> date | None:
    try:
        if DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    faults.append(f"{where}, date: {_quoted(cell)} is no day from 1900 to 2099; write it like 2026-11-22.")
    return None


def _number(cell: str, where: str, faults: list[str]) -> float:
    if not cell:
        return math.nan
    if not NUMBER.fullmatch(cell) or not cell.isascii():
        faults.append(
            f"{where}: {_quoted(cell)} is no number; write 1 for yes, 0 for no, and nothing for unknown."
        )
        return math.nan
    number = float(cell)
    if not abs(number) <= LARGEST:
        faults.append(f"{where}: {_quoted(cell)} is too large; at most {LARGEST:g}.")
        return math.nan
    return number + 0.0


def _cramps(cell: str, where: str, faults: list[str]) -> float:
    before = len(faults)
    number = _number(cell, f"{where}, cramps", faults)
    if len(faults) == before and cell and not (0 <= number <= MOST_CRAMPS and number.is_integer()):
        faults.append(
            f"{where}, cramps: {_quoted(cell)} is no count of cramps; "
            f"write a whole number from 0 to {MOST_CRAMPS:,}, and nothing for unknown."
        )
    return number


def _minutes(cell: str, where: str, faults: list[str]) -> float:
    before = len(faults)
    number = _number(cell, f"{where}, minutes", faults)
    if len(faults) == before and cell and not 0 < number <= LONGEST_BOUT:
        faults.append(
            f"{where}, minutes: {_quoted(cell)} is no length of a bout; "
            f"write more than 0 and at most {LONGEST_BOUT:,}, and nothing for unknown."
        )
    return number


def _twice(lines: Sequence[_Line], name: str) -> list[str]:
    """`lines` are in the order of their dates."""
    return [
        f"{name}, line {max(one.number, other.number)}: {one.date} is also in line "
        f"{min(one.number, other.number)}; a night has one line, so put the two together."
        for one, other in pairwise(lines)
        if one.date == other.date
    ]


def _too_long(lines: Sequence[_Line], name: str) -> list[str]:
    days = (lines[-1].date - lines[0].date).days + 1
    if days <= MOST_ROWS:
        return []
    first, last = lines[0], lines[-1]
    span = f"{name}, lines {first.number} and {last.number}: from {first.date} to {last.date} are {days:,} "
    span += f"nights; at most {MOST_ROWS:,}. Mend the date that is wrong."
    return [span]


def _quoted(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in text[:40])
    return f'"{shown}{"..." if len(text) > 40 else ""}"'


# ---- table ---------------------------------------------------------------------------------------


def _without_gaps(lines: Sequence[_Line], exposures: int) -> list[_Line]:
    there = {line.date.toordinal(): line for line in lines}
    unknown = (math.nan,) * exposures
    return [
        there.get(n) or _Line(0, date.fromordinal(n), math.nan, math.nan, unknown)
        for n in range(min(there), max(there) + 1)
    ]


def _table(
    lines: Sequence[_Line], exposures: Sequence[str], rest: bool, known: Mapping[str, Column]
) -> RiskTable:
    values = np.array([line.values for line in lines], dtype=np.float64).reshape(len(lines), len(exposures))
    columns = tuple(_column(name, values[:, k], rest, known) for k, name in enumerate(exposures))
    return RiskTable(
        outcome="rest" if rest else "effort",
        dates=tuple(line.date for line in lines),
        cramps=_array(line.cramps for line in lines),
        minutes=None if rest else _array(line.minutes for line in lines),
        columns=columns,
        values=values,
    )


def _array(numbers: Iterable[float]) -> Floats:
    return np.array(tuple(numbers), dtype=np.float64)


def _column(name: str, values: Floats, rest: bool, known: Mapping[str, Column]) -> Column:
    yes_no = bool(np.isin(values[~np.isnan(values)], (0.0, 1.0)).all())
    kind = "yes_no" if yes_no else "number"
    if name in known and known[name].kind == kind:
        return known[name]
    return Column(
        id=name,
        name=name,
        kind="yes_no" if yes_no else "number",
        unit="",
        low_words=f"days without {name}" if yes_no else f"days with less {name}",
        high_words=f"days with {name}" if yes_no else f"days with more {name}",
        lags=LAGS if rest else (0,),
        summed=(),
        prior=YES_NO_PRIOR if yes_no else NUMBER_PRIOR,
    )
