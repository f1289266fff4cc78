"""A pocket on the disk: each file is whole, and nothing is written over or removed that is not ours."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from uncramp.actions.check import Refused

MARK = "uncramp-pocket.json"
"""Stands in a folder that we wrote, with the names of all its files; only such a folder is written over."""

_PLAIN_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", re.ASCII)


def put(path: Path, data: bytes) -> int:
    """Write `data` whole or not at all; how many bytes. Raise `OSError` where that cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return len(data)


def put_all(path: Path, files: Mapping[str, bytes]) -> int:
    """Write all `files` into the folder `path`, and remove what a pocket there had before; how many bytes.

    Raise `Refused` for a folder that holds anything else. The service worker's script comes last: a phone
    that looks in between keeps what it has.
    """
    before = _written_before(path)
    _refuse_outside(path, {*before, *files, MARK})
    size = sum(put(path / name, data) for name, data in files.items() if name != "sw.js")
    put(path / MARK, json.dumps(sorted(files), indent=0).encode())
    size += put(path / "sw.js", files["sw.js"])
    for name in before - set(files):
        (path / name).unlink(missing_ok=True)
    return size


def _written_before(path: Path) -> set[str]:
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return set()
    if not path.is_dir():
        raise Refused(f"{path}: is a file; name a folder, or a file that ends in .html.")
    _refuse_outside(path, {MARK})
    try:
        names = json.loads((path / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(f"{path}: holds other things; name a new or empty folder.") from error
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refused(f"{path}: its {MARK} is no list of names of files; name a new or empty folder.")
    return set(names)


def _refuse_outside(path: Path, names: Iterable[str]) -> None:
    """Raise `Refused` for a name that leads out of the folder, by itself or by a link that lies there.

    The folder may come from somebody else, and what it names is written over or removed.
    """
    for name in sorted(names):
        if not _PLAIN_NAME.fullmatch(name):
            raise Refused(
                f"{path}: its {MARK} names {name[:60]!a}, which is none of our files; name a new folder."
            )
        on_the_way = [path / name, *(path / part for part in PurePosixPath(name).parents)][:-1]
        if any(part.is_symlink() for part in on_the_way):
            raise Refused(f"{path}: {name} is a link to somewhere else; name a new folder.")
