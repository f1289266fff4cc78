"""All words of the screens that are not knowledge, from `words.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import rtoml

HERE = Path(__file__).parent

_LETTERS = str.maketrans(
    "aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ",
    "åÅƀƁçÇđĐéÉƒƑĝĜĥĤîÎĵĴķĶļĻɱṀñÑöÖþÞɋɊŕŔšŠţŢûÛṽṼŵŴẋẊýÝžŽ",
)
_LONGER = 1.4


class Words:
    """The catalogue. `pseudo` makes every word long, accented and right-to-left, to test the pages with."""

    def __init__(self, pseudo: bool = False) -> None:
        self.pseudo = pseudo
        self.lang, self.dir = ("en-x-pseudo", "rtl") if pseudo else ("en", "ltr")
        self.of_knowledge: Callable[[str], str] = pseudo_words if pseudo else str

    def __call__(self, key: str, /, **values: object) -> str:
        """The words under `key` with `values` in their places; `n` also chooses between one and many."""
        words = catalogue()[key if "n" not in values else plural(key, values["n"])]
        return (pseudo_words(words) if self.pseudo else words).format(**values)


@cache
def words_in(pseudo: bool = False) -> Words:
    """The catalogue in our language, or in the test language."""
    return Words(pseudo)


def plural(key: str, n: object) -> str:
    return f"{key}.{'one' if n == 1 else 'many'}"


@cache
def catalogue() -> Mapping[str, str]:
    """Every key, such as `home.title`, and its words."""
    return dict(_flat(rtoml.loads((HERE / "words.toml").read_text(encoding="utf-8")), ""))


def _flat(table: Mapping[str, object], before: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{before}{key}.")
        else:
            found.append((f"{before}{key}", str(value)))
    return found


def pseudo_words(words: str) -> str:
    """`words` between brackets, longer and with every letter changed, so that no plain letter is left."""
    if not words.strip():
        return words
    parts = re.split(r"(\{[a-z_]*\})", words)
    changed = "".join(p if p.startswith("{") else p.translate(_LETTERS) for p in parts)
    return f"⟦{changed}{'~' * int(len(words) * (_LONGER - 1))}⟧"
