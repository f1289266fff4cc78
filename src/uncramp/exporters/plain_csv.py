"""Rows as CSV that a spreadsheet opens and never takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r\n])")
"""Before what a spreadsheet would carry out, in full width too. Some end a cell at a semicolon or a tab."""


def table(first: tuple[str, ...], rows: Iterable[Mapping[str, object]]) -> bytes:
    """The rows under one line of headings: `first`, then every other column by its name.

    What a row does not say is an empty cell.
    """
    rows = list(rows)
    others = sorted({name for row in rows for name in row} - set(first))
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in (*first, *others)])
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in (*first, *others)])
    # The mark at the beginning tells a spreadsheet that it is UTF-8.
    return b"\xef\xbb\xbf" + page.getvalue().encode()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            # A number below zero begins with a sign and is no formula.
            return f"{value:.12g}"
    text = str(value).replace("\0", "")
    return FORMULA.sub(r"\1'", text)
