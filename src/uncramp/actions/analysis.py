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
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

from uncramp import __version__
from uncramp.actions.home import home
from uncramp.actions.whole_file import write_whole

if TYPE_CHECKING:
    from uncramp.core.risk import RiskTable

# Read when numpy is loaded, which comes later: threads cost more than they gain on so little.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

FOLDER = "analysis"
MOST_KEPT = 60
MODULE = "uncramp.actions.analysing"
FORM = 2
"""Of what is kept and of how it is found; another number forgets all that was kept before."""
LONGEST = 900.0
"""Seconds after which a process that has no answer yet is ended: many times what a small machine needs."""
Ended = Literal["", "killed", "broke", "lost", "late"]
"""How a process ended without an answer: from outside (most often for want of memory), by a fault of the
program, with an answer that could not be kept (or that is of another diary by now), or after too long."""


@dataclass(frozen=True)
class Work:
    """A process, the key of its answer, and the clock's seconds when it was begun."""

    key: str
    process: subprocess.Popen[bytes]
    since: float


_begun: dict[tuple[str, str, str], Work] = {}
"""By what is asked, of whom, and for which cramps."""
_failed: dict[str, Ended] = {}
_lock = Lock()


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


def begin(what: str, person: str, outcome: str, seed: int, key: str, again: bool = False) -> Ended:
    """Have the answer worked out in another process, unless one is at it; it is then kept under its key.

    Gives "" while it is at work, or how it ended without an answer: then nothing is begun until somebody
    asks for it `again`, or the diary is another. What was asked of an older diary is given up.
    """
    question = (what, person, outcome)
    with _lock:
        if again:
            _failed.pop(key, None)
        was_at_it = question in _begun and _begun[question].key == key
        _tidy_up()
        if was_at_it or key in _failed:
            return _failed.get(key, "")
        if question in _begun:
            _end(_begun.pop(question))
        try:
            _begun[question] = Work(key, _process(*question, str(seed)), time.monotonic())
        except OSError:
            _failed[key] = "killed"
        return _failed.get(key, "")


def _process(*asked: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    quiet = subprocess.DEVNULL
    # It reads from us until we are gone, and then goes as well: nothing is written behind our back.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", MODULE, *asked],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=quiet,
        stderr=quiet,
    )


def _tidy_up() -> None:
    """Note how each process ended that is done; end those that take too long."""
    for question, work in tuple(_begun.items()):
        late = time.monotonic() - work.since > LONGEST
        if work.process.poll() is None and not late:
            continue
        _end(_begun.pop(question))
        if kept(work.key) is None:
            code = work.process.returncode
            _failed[work.key] = "late" if late else "killed" if code < 0 else "broke" if code else "lost"
    while len(_failed) > MOST_KEPT:
        del _failed[next(iter(_failed))]


def _end(work: Work) -> None:
    with work.process:
        work.process.kill()


@atexit.register
def stop() -> None:
    """End what was begun and is not done."""
    while _begun:
        _end(_begun.popitem()[1])
