"""Plain data, as JSON has it, back into the frozen dataclasses that it was written from.

Only the kinds of field that findings and forecasts have; a command that shows a kept answer is to be there
in a moment, and a general validator takes longer to load than all the rest of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def read_back(kind: type[T], plain: object) -> T:
    """The noun of that kind that `plain` was written from; `ValueError` where it is none."""
    found: T = _read(kind, plain)
    return found


def _read(kind: Any, plain: Any) -> Any:
    if is_dataclass(kind):
        return _noun(kind, plain)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if plain is None else _read(inner[0], plain)
    if origin is tuple and isinstance(plain, list):
        return tuple(_read(inner[0], one) for one in plain)
    if origin is dict and isinstance(plain, dict):
        return {_read(inner[0], key): _read(inner[1], value) for key, value in plain.items()}
    if origin is Literal and plain in inner:
        return plain
    if kind is float and type(plain) in (int, float):
        return float(plain)
    if kind in (str, int, bool) and type(plain) is kind:
        return plain
    raise ValueError(f"{plain!r:.60} is no {kind}")


def _noun(kind: Any, plain: Any) -> Any:
    hints = _hints(kind)
    if not isinstance(plain, dict) or plain.keys() != hints.keys():
        raise ValueError(f"{plain!r:.60} is no {kind.__name__}")
    return kind(**{name: _read(hint, plain[name]) for name, hint in hints.items()})


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    told = get_type_hints(kind)
    return {field.name: told[field.name] for field in fields(kind)}
