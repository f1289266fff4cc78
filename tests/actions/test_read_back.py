"""What was kept comes back as the noun that it was, or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

import pytest

from uncramp.actions.read_back import read_back


@dataclass(frozen=True)
class Inner:
    name: str
    share: float


@dataclass(frozen=True)
class Outer:
    kind: Literal["a", "b"]
    count: int
    sure: bool
    parts: tuple[Inner, ...]
    by_name: dict[str, float]
    one: Inner | None
    other: float | None = None


WHOLE = Outer("a", 3, True, (Inner("x", 0.5), Inner("y", 1.0)), {"0": 0.25}, Inner("z", 0.0))


@pytest.mark.parametrize("noun", [WHOLE, Outer("b", 0, False, (), {}, None, 2.5)])
def test_what_was_written_comes_back_the_same(noun: Outer) -> None:
    assert read_back(Outer, json.loads(json.dumps(asdict(noun)))) == noun


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "c"}, {"count": 2.5}, {"count": True}, {"sure": 1}, {"parts": {}}, {"parts": [{"name": ""}]},
        {"by_name": []}, {"by_name": {"0": "much"}}, {"one": "z"}, {"other": "2"}, {"more": 1},
    ],
)  # fmt: skip
def test_what_has_another_form_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is no"):
        read_back(Outer, asdict(WHOLE) | {"parts": []} | changed)


@pytest.mark.parametrize("plain", [None, [], "text", {}])
def test_what_is_no_noun_at_all_is_refused(plain: object) -> None:
    with pytest.raises(ValueError, match="is no Outer"):
        read_back(Outer, plain)
