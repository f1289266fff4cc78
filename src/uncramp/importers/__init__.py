"""Files in: one module a format, each with two functions.

`recognises(head, name)`: is a file that begins with these bytes and has this name mine?
`entries(path)`: what is in it, each record an `Entry` (of nobody yet: its person is empty) or `Refused`.
"""

from __future__ import annotations

from types import ModuleType

from uncramp.importers import pocket

IMPORTERS: tuple[ModuleType, ...] = (pocket,)
HEAD = 4096
"""Bytes from the beginning of a file that are enough to know its format."""
