"""Answers that take long to work out: kept at home for the next time, and begun in a process of their own.

A kept answer is found by the digest of all that it depends on: table, priors, version, seed. It lies in the
folder `analysis` at home, for its owner alone; `erase` takes it away.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from uncramp import __version__
from uncramp.actions.home import home
from uncramp.actions.whole_file import write_whole

if TYPE_CHECKING:
    from uncramp.core.risk import RiskTable

FOLDER = "analysis"
MOST_KEPT = 60
MODULE = "uncramp.actions.analysing"
FORM = 1
"""Of what is kept; another number forgets all that was kept before."""

_begun: dict[str, subprocess.Popen[bytes]] = {}


def key_of(table: RiskTable, what: str, seed: int) -> str:
    """The digest of all that an answer depends on."""
    digest = hashlib.sha256()
    told = [__version__, FORM, what, seed, table.outcome, [day.isoformat() for day in table.dates]]
    told.append([asdict(column) for column in table.columns])
    digest.update(json.dumps(told, sort_keys=True, default=str).encode())
    for part in (table.cramps, table.minutes, table.values, table.whole):
        digest.update(b"none" if part is None else part.tobytes())
    return digest.hexdigest()


def kept(key: str) -> str | None:
    """The answer that is kept under the key, as JSON; `None` where there is none."""
    try:
        return _path(key).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def keep(key: str, answer: str) -> None:
    """Keep the answer, and forget the oldest where there are too many. An answer that cannot be kept is
    lost."""
    from uncramp.actions.check import Refused

    with suppress(OSError, Refused):
        path = _path(key)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(path, [answer.encode()], over=True)
        _prune(path.parent)


def forget() -> None:
    """Take away all that is kept."""
    for path in _all():
        path.unlink(missing_ok=True)


def _all() -> list[Path]:
    try:
        return list((home() / FOLDER).iterdir())
    except OSError:
        return []


def _path(key: str) -> Path:
    return home() / FOLDER / f"{key}.json"


def _prune(folder: Path) -> None:
    for path in _newest_first(folder.iterdir())[MOST_KEPT:]:
        path.unlink(missing_ok=True)


def _newest_first(paths: Iterable[Path]) -> list[Path]:
    dated: list[tuple[float, Path]] = []
    for path in paths:
        with suppress(OSError):
            dated.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(dated, reverse=True)]


# ---- in another process ----------------------------------------------------------------------------


def begin(what: str, person: str, outcome: str, seed: int, key: str) -> None:
    """Have the answer worked out in another process, unless one is at it; it is then kept under its key."""
    for done in [name for name, process in _begun.items() if process.poll() is not None]:
        with _begun.pop(done):
            pass
    if key in _begun:
        return
    command = [sys.executable, "-m", MODULE, what, person, outcome, str(seed)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    quiet = subprocess.DEVNULL
    # It reads from us until we are gone, and then goes as well: nothing is written behind our back.
    _begun[key] = subprocess.Popen(  # noqa: S603
        command, env=environment, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet
    )


@atexit.register
def stop() -> None:
    """End what was begun and is not done."""
    while _begun:
        with _begun.popitem()[1] as process:
            process.kill()
