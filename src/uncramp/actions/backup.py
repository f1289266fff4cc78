"""Backups of the whole diary: made every night, looked at, and put back for a rehearsal each time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from uncramp.actions.check import Refused
from uncramp.actions.home import FILE, close_diaries, diary, home
from uncramp.actions.whole_file import HALF, write_whole
from uncramp.diary.faults import DiaryUnusable

if TYPE_CHECKING:
    from uncramp.diary.backup_file import Key
    from uncramp.diary.connection import Diary

PASSPHRASE = "UNCRAMP_BACKUP_PASSPHRASE"  # noqa: S105
RECIPIENT = "backup_recipient"
LAST, REHEARSED, OUTCOME = "backup_last", "backup_rehearsed", "backup_outcome"
DAILY, WEEKLY = 7, 4
"""So many backups are kept: of the last days, and of weeks before."""
DONE = "ok"
SERVER = "This diary lies in a database server; back it up there, with pg_dump."


@dataclass(frozen=True)
class Backup:
    """One backup that is there, and whether it is whole."""

    path: Path
    date: date
    size: int
    whole: bool
    locked: bool


@dataclass(frozen=True)
class Known:
    """When the last backup was made, when it was last put back for a rehearsal, and what came of it."""

    last: datetime | None
    rehearsed: datetime | None
    outcome: str
    possible: bool
    """False where the diary lies in a database server."""

    @property
    def well(self) -> bool:
        return self.outcome == DONE


def nightly(now: datetime) -> Path:
    """Make the backup of the day, keep the right ones of those before, and rehearse the restore.

    What came of it is kept among the settings. Raise `DiaryUnusable` for a damaged diary, whose older backups
    are then all left, and `Refused` where none can be made here.
    """
    from uncramp.actions.removal import sweep

    opened = diary()
    path = _file_of(opened)
    with suppress(DiaryUnusable):
        sweep(opened, now)
    try:
        made, rows = _make(path, opened, now)
    except (DiaryUnusable, Refused) as problem:
        _remember(opened, {OUTCOME: str(problem)})
        raise
    _remember(opened, {LAST: now.isoformat(timespec="seconds")})
    outcome = _rehearse(made, rows, key_of(opened))
    _remember(opened, {REHEARSED: now.isoformat(timespec="seconds")} if outcome == DONE else {})
    _remember(opened, {OUTCOME: outcome})
    _prune(path)
    return made


def known() -> Known:
    """What is known of the backups of the diary."""
    from uncramp.diary.backup import path_of
    from uncramp.diary.settings import setting_of

    opened = diary()
    last, rehearsed = (_time(setting_of(opened, key)) for key in (LAST, REHEARSED))
    return Known(last, rehearsed, setting_of(opened, OUTCOME), path_of(opened) is not None)


def listed() -> tuple[Backup, ...]:
    """Every backup that is there, the newest first, also while the diary itself cannot be used."""
    from uncramp.diary.backup_file import NAME, PLAIN, Unreadable, backups_of, way_of

    found = []
    for path in backups_of(home() / FILE):
        named = NAME.fullmatch(path.name)
        if named is None:
            continue
        try:
            whole, locked = True, way_of(path.read_bytes()) != PLAIN
        except Unreadable:
            whole, locked = False, False
        found.append(Backup(path, date.fromisoformat(named[1]), path.stat().st_size, whole, locked))
    return tuple(found)


def set_recipient(recipient: str) -> None:
    """Lock backups from now on for that age recipient; an empty one leaves them open."""
    from uncramp.diary.backup_file import Key, Unreadable, frame
    from uncramp.diary.settings import set_setting

    if recipient:
        try:
            frame(b"", Key(recipient=recipient))
        except Unreadable as problem:
            raise Refused(f"--recipient: {problem} It begins with age1.") from problem
    set_setting(diary(), RECIPIENT, recipient)


def key_of(opened: Diary | None) -> Key:
    """What locks the backups: a recipient of age, or the passphrase in the environment, or nothing."""
    from uncramp.diary.backup_file import Key
    from uncramp.diary.settings import setting_of

    return Key(setting_of(opened, RECIPIENT) if opened else "", os.environ.get(PASSPHRASE, ""))


def restore_backup(path: Path, now: datetime, replace: bool = False, identity: str = "") -> Path | None:
    """Let the backup be the diary; where the diary that was there lies now, `None` for none.

    Raise `Refused` for a damaged backup, and while the present diary can be used unless it is to be replaced.
    """
    from uncramp.diary import backup
    from uncramp.diary.backup_file import Key, Unreadable, unframe

    if os.environ.get("UNCRAMP_DATABASE"):
        raise Refused(f"{SERVER} To put one back, use pg_restore.")
    key, there = Key(passphrase=os.environ.get(PASSPHRASE, ""), identity=identity), home() / FILE
    with _scrap(there) as scrap:
        try:
            _write_private(scrap, unframe(_whole(path), key, _room(there)))
        except (OSError, Unreadable) as problem:
            raise Refused(f"{path}: {problem}") from problem
        _refuse_bad(scrap, path)
        close_diaries()
        if not replace and _is_usable(there):
            raise Refused(
                f"The diary {there} can be used, and what is only in it would be gone from your sight. "
                "Nothing was changed; if you are sure, add --replace: it is then kept beside."
            )
        return backup.put_back(scrap, there, now.strftime("%Y-%m-%d-%H%M%S"))


def is_backup(path: Path) -> bool:
    from uncramp.diary.backup_file import recognises

    try:
        with path.open("rb") as file:
            return recognises(file.read(64))
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror or problem}.") from problem


# ---- making --------------------------------------------------------------------------------------


def _file_of(opened: Diary) -> Path:
    from uncramp.diary.backup import path_of

    if (path := path_of(opened)) is None:
        raise Refused(SERVER)
    return path


def _make(path: Path, opened: Diary, now: datetime) -> tuple[Path, Mapping[str, int]]:
    """The backup, and how many rows each table has in it."""
    from uncramp.diary.backup import copy
    from uncramp.diary.backup_file import BACKUPS, Unreadable, frame

    folder = path.parent / BACKUPS
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        raise Refused(
            f"The folder {folder} cannot be made ({problem.strerror}); make room for it."
        ) from problem
    made = folder / f"diary-{now.date().isoformat()}.uncramp-backup"
    with _scrap(path) as scrap:
        rows = copy(path, scrap)
        try:
            write_whole(made, [frame(scrap.read_bytes(), key_of(opened))], over=True)
        except Unreadable as problem:
            raise Refused(str(problem)) from problem
    return made, rows


def _rehearse(made: Path, rows: Mapping[str, int], key: Key) -> str:
    """Put the backup back into a file of its own and count what is in it: `DONE`, or what is wrong."""
    from uncramp.diary.backup import refuse_additions, rows_in
    from uncramp.diary.backup_file import Unreadable, can_open, unframe, way_of

    try:
        whole = made.read_bytes()
        if not can_open(way_of(whole), key):
            return (
                "It is locked with a key that is not on this machine: rehearse the restore where the key is."
            )
        with _scrap(home() / FILE) as scrap:
            _write_private(scrap, unframe(whole, key))
            found = rows_in(scrap)
            refuse_additions(scrap)
    except (OSError, Unreadable, DiaryUnusable) as problem:
        return str(problem)
    return DONE if found == rows else "What came back out of it is not what went in."


def _prune(path: Path) -> None:
    """Keep the newest of the last days, and before them the newest of each of some weeks."""
    from uncramp.diary.backup_file import backups_of

    there = backups_of(path)
    weeks: dict[tuple[int, int], Path] = {}
    for old in there[DAILY:]:
        year, week, _ = date.fromisoformat(old.name[6:16]).isocalendar()
        weeks.setdefault((year, week), old)
    kept = {*there[:DAILY], *list(weeks.values())[:WEEKLY]}
    for old in there:
        if old not in kept:
            old.unlink(missing_ok=True)


def _remember(opened: Diary, said: Mapping[str, str]) -> None:
    from uncramp.diary.settings import set_setting

    with suppress(DiaryUnusable):
        for key, value in said.items():
            set_setting(opened, key, value)


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# ---- scraps --------------------------------------------------------------------------------------


@contextmanager
def _scrap(path: Path) -> Iterator[Path]:
    """A file of its own beside the diary, gone afterwards with all that belongs to it.

    What an earlier one that was cut short left behind goes too.
    """
    scrap = path.with_name(f"{path.name}{HALF}{uuid4().hex}")
    try:
        yield scrap
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{scrap}{end}").unlink(missing_ok=True)


def _whole(path: Path) -> bytes:
    from uncramp.diary.backup_file import LARGEST, Unreadable

    if path.stat().st_size > LARGEST:
        raise Unreadable("it is larger than any diary; take another copy.")
    return path.read_bytes()


def _room(path: Path) -> int:
    """Bytes that a backup may unpack to: some of the disk has to be left."""
    from uncramp.diary.backup_file import LARGEST

    return min(LARGEST, shutil.disk_usage(path.parent).free // 2)


def _write_private(path: Path, parts: Iterable[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


def _refuse_bad(scrap: Path, path: Path) -> None:
    from uncramp.diary.backup import refuse_additions, rows_in

    try:
        rows_in(scrap)
        refuse_additions(scrap)
    except DiaryUnusable as problem:
        raise Refused(
            f"{path}: {problem} Nothing was changed; take another backup, one that uncramp made."
        ) from problem


def _is_usable(path: Path) -> bool:
    from uncramp.diary.backup import rows_in

    if not path.exists():
        return False
    try:
        rows_in(path)
    except DiaryUnusable:
        return False
    return True


def rewrite(change: Callable[[Path], None], key: Key) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Change what is in each backup; those that were written anew, and those that had to be deleted.

    Deleted is what cannot be opened: whatever stands in it cannot be taken out either.
    """
    from uncramp.diary.backup import refuse_additions, rows_in
    from uncramp.diary.backup_file import Unreadable, backups_of, frame, unframe

    there = home() / FILE
    anew, gone = [], []
    for path in backups_of(there):
        try:
            with _scrap(there) as scrap:
                _write_private(scrap, unframe(path.read_bytes(), key))
                refuse_additions(scrap)
                change(scrap)
                rows_in(scrap)
                write_whole(path, [frame(scrap.read_bytes(), key)], over=True)
            anew.append(path)
        except (OSError, Unreadable, DiaryUnusable, Refused):
            path.unlink()
            gone.append(path)
    return tuple(anew), tuple(gone)


def scraps() -> Iterable[Path]:
    """What was put aside by a restore, or left half by something that was cut short."""
    from uncramp.diary.backup import BESIDE
    from uncramp.diary.backup_file import BACKUPS

    folder = home()
    for pattern in (f"{FILE}{BESIDE}*", f"{FILE}{HALF}*", f"{FILE}.new-*", f"{BACKUPS}/*{HALF}*"):
        yield from folder.glob(pattern)
