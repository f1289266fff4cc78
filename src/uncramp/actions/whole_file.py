"""A file that appears whole or not at all, for its owner alone."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from uncramp.actions.check import Refused

HALF = ".half-"
"""Stands in the name of a file that is still being written."""


def write_whole(path: Path, parts: Iterable[bytes], over: bool = False) -> None:
    """Write `parts` to `path`; a file that is there already is only replaced if one may go `over` it."""
    if path.exists() and not over:
        raise Refused(f"{path}: that file is there already; name another one, or add --force to replace it.")
    half = path.with_name(f"{path.name}{HALF}{uuid4().hex}")
    try:
        with os.fdopen(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        sync_folder(path.parent)
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror or problem}; name another file.") from problem
    finally:
        half.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the names in the folder on the disk too."""
    if hasattr(os, "O_DIRECTORY"):
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
