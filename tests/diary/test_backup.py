"""Backups: every damage is found, the restore is rehearsed, and nothing that can be used is lost."""

from __future__ import annotations

import random
import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyrage
import pytest

from tests.diary import version_1
from tests.diary.entries import NIGHT, an_entry, uuid
from uncramp.actions import backup, home, reminders, tokens
from uncramp.actions.check import Refused
from uncramp.actions.entries import newest
from uncramp.actions.erase import erase
from uncramp.diary import backup_file
from uncramp.diary.backup_file import BACKUPS, Key, Unreadable, frame, unframe
from uncramp.diary.entries import put
from uncramp.diary.faults import DiaryUnusable
from uncramp.diary.logins import Login, add_login, login_of
from uncramp.diary.settings import setting_of

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
SECRET = pyrage.x25519.Identity.generate()
RECIPIENT, IDENTITY = str(SECRET.to_public()), str(SECRET)
KEYS = {
    "plain": (Key(), Key()),
    "recipient": (Key(recipient=RECIPIENT), Key(identity=IDENTITY)),
    "passphrase": (Key(passphrase="a long one"), Key(passphrase="a long one")),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    put(home.diary(), an_entry(home.owner(NIGHT)))
    yield tmp_path
    home.close_diaries()


def opened(whole: bytes, key: Key) -> bytes:
    return b"".join(unframe(whole, key))


def shown() -> list[str]:
    return [entry.id for entry in newest(home.diary(), home.owner(NIGHT))]


@pytest.mark.parametrize("way", KEYS)
def test_a_thousand_flipped_bytes_are_all_found(way: str) -> None:
    locks, opens = KEYS[way]
    content = bytes(random.Random(1).randbytes(3000)) + b"diary " * 1000
    whole = frame(content, locks)
    assert opened(whole, opens) == content
    chance = random.Random(2)
    places = [*range(100), *(chance.randrange(len(whole)) for _ in range(900))]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= chance.randrange(1, 256)
        with pytest.raises(Unreadable):
            opened(bytes(damaged), opens)
    for shorter in (whole[:-1], whole[: len(whole) // 2], whole[:20], b""):
        with pytest.raises(Unreadable):
            opened(shorter, opens)


def test_a_locked_backup_opens_with_its_own_key_only() -> None:
    other = str(pyrage.x25519.Identity.generate())
    whole = frame(b"diary", Key(recipient=RECIPIENT))
    assert b"diary" not in whole[40:]
    for key in (Key(), Key(identity=other), Key(passphrase="x")):
        with pytest.raises(Unreadable):
            opened(whole, key)
    with pytest.raises(Unreadable, match="recipient"):
        frame(b"", Key(recipient="age1nonsense"))


def test_the_nightly_backup_is_made_and_its_restore_rehearsed(folder: Path) -> None:
    made = backup.nightly(NOW)
    assert made == folder / BACKUPS / "diary-2026-11-22.uncramp-backup"
    assert made.stat().st_mode & 0o777 == 0o600
    known = backup.known()
    assert (known.last, known.rehearsed, known.outcome) == (NOW, NOW, "ok")
    [one] = backup.listed()
    assert (one.date, one.whole, one.locked) == (date(2026, 11, 22), True, False)
    assert not list(folder.glob("**/*.half-*"))


def test_a_backup_that_only_another_machine_can_open_is_said_not_to_be_rehearsed(folder: Path) -> None:
    backup.set_recipient(RECIPIENT)
    made = backup.nightly(NOW)
    known = backup.known()
    assert known.rehearsed is None
    assert "locked" in known.outcome
    assert backup.listed()[0].locked
    home.close_diaries()
    (folder / "diary.sqlite").unlink()
    with pytest.raises(Refused, match="--identity"):
        backup.restore_backup(made, NOW)
    backup.restore_backup(made, NOW, identity=IDENTITY)
    assert shown() == [uuid(1)]
    with pytest.raises(Refused, match="age1"):
        backup.set_recipient("nobody")


def test_by_a_passphrase_it_is_locked_and_rehearsed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(backup.PASSPHRASE, "a long one")
    assert backup.nightly(NOW).parent == folder / BACKUPS
    assert backup.known().well
    assert backup.listed()[0].locked


@pytest.mark.parametrize("busy", [2, 100])
def test_a_machine_that_is_busy_for_a_moment_opens_it_and_one_that_stays_so_says_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, busy: int
) -> None:
    monkeypatch.setenv(backup.PASSPHRASE, "a long one")
    asked, really = [], pyrage.passphrase.decrypt

    def decrypt(packed: bytes, passphrase: str) -> bytes:
        asked.append(passphrase)
        if len(asked) <= busy:
            raise pyrage.DecryptError("Excessive work parameter for passphrase.")
        return bytes(really(packed, passphrase))

    monkeypatch.setattr(pyrage.passphrase, "decrypt", decrypt)
    assert backup.nightly(NOW).parent == folder / BACKUPS
    assert backup.known().well == (busy == 2)
    assert busy == 2 or "busy" in backup.known().outcome


def test_seven_days_and_four_weeks_are_kept(folder: Path) -> None:
    days = folder / BACKUPS
    days.mkdir()
    first = date(2026, 9, 1)
    for number in range(82):
        name = f"diary-{(first + timedelta(number)).isoformat()}.uncramp-backup"
        (days / name).write_bytes(b"")
        if number > 10:
            backup._prune(folder / "diary.sqlite")
    kept = [path.name[6:16] for path in sorted(days.iterdir())]
    # The Sundays before the last seven days.
    assert kept == [
        *("2026-10-25", "2026-11-01", "2026-11-08", "2026-11-14"),
        *(f"2026-11-{day}" for day in range(15, 22)),
    ]


@pytest.mark.usefixtures("folder")
def test_a_backup_is_put_back_and_what_was_there_is_kept_beside() -> None:
    made = backup.nightly(NOW)
    put(home.diary(), an_entry(home.owner(NIGHT), 2))
    with pytest.raises(Refused, match="--replace"):
        backup.restore_backup(made, NOW)
    assert sorted(shown()) == [uuid(1), uuid(2)]
    beside = backup.restore_backup(made, NOW, replace=True)
    assert shown() == [uuid(1)]
    assert beside is not None
    with closing(sqlite3.connect(beside)) as raw:
        assert raw.execute("SELECT count(*) FROM entry").fetchone() == (2,)
    put(home.diary(), an_entry(home.owner(NIGHT), 3))
    assert sorted(shown()) == [uuid(1), uuid(3)]


def test_a_diary_that_another_program_has_open_is_not_replaced(folder: Path) -> None:
    made = backup.nightly(NOW)
    home.close_diaries()
    with closing(sqlite3.connect(folder / "diary.sqlite")) as other:
        other.execute("SELECT count(*) FROM entry").fetchone()
        with pytest.raises(DiaryUnusable, match="uncramp serve"):
            backup.restore_backup(made, NOW, replace=True)
    assert shown() == [uuid(1)]


def damage_header(path: Path) -> None:
    path.write_bytes(b"nonsense" * 2000)


def damage_pages(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xa5" * (len(whole) - 4096)
    path.write_bytes(whole)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [damage_header, damage_pages, empty, Path.unlink])
def test_a_damaged_diary_is_refused_with_the_way_to_restore_it(folder: Path, damage: object) -> None:
    made = backup.nightly(NOW)
    newer = made.with_name("diary-2026-11-23.uncramp-backup")
    newer.write_bytes(made.read_bytes()[:-1])
    home.close_diaries()
    path = folder / "diary.sqlite"
    damage(path)  # type: ignore[operator]
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(DiaryUnusable) as refused:
        shown()
    # The newest one is damaged too: the one that is named is good.
    assert f"uncramp restore {made}" in str(refused.value)
    home.close_diaries()
    assert before == (path.read_bytes() if path.exists() else None)
    backup.restore_backup(made, NOW)
    assert shown() == [uuid(1)]


def test_a_damaged_diary_never_takes_the_place_of_a_good_backup(folder: Path) -> None:
    made = backup.nightly(NOW)
    good = made.read_bytes()
    for number in range(2, 60):
        put(home.diary(), an_entry(home.owner(NIGHT), number, body={"note": "x" * 2000}))
    home.close_diaries()
    path = folder / "diary.sqlite"
    whole = bytearray(path.read_bytes())
    whole[-4096 * 8 :] = b"\xa5" * (4096 * 8)
    path.write_bytes(whole)
    with pytest.raises(DiaryUnusable):
        backup.nightly(NOW)
    assert made.read_bytes() == good
    assert setting_of(home.diary(), "backup_outcome") != "ok"


def test_a_bad_backup_is_refused_and_changes_nothing(folder: Path) -> None:
    made = backup.nightly(NOW)
    bad = folder / "bad.uncramp-backup"
    bad.write_bytes(made.read_bytes()[:-2])
    other = folder / "other.uncramp-backup"
    other.write_bytes(frame(b"no database" * 1000, Key()))
    for path in (bad, other, folder / "none"):
        with pytest.raises(Refused, match=path.name):
            backup.restore_backup(path, NOW, replace=True)
    assert shown() == [uuid(1)]


@pytest.mark.usefixtures("folder")
def test_what_opened_the_diary_on_the_day_of_the_backup_opens_it_no_more() -> None:
    me = home.owner(NIGHT)
    add_login(home.diary(), Login("a" * 64, me, NIGHT, NIGHT))
    token = tokens.new(me, "watch", NIGHT)
    feed = reminders.new_address(home.diary(), me, NIGHT)
    made = backup.nightly(NOW)
    backup.restore_backup(made, NOW, replace=True)
    assert shown() == [uuid(1)]
    assert login_of(home.diary(), "a" * 64) is None
    assert tokens.owner_of(token, NOW) is None
    assert reminders.feed_at(home.diary(), feed, NOW) is None


ADDED = (
    "CREATE TRIGGER t AFTER DELETE ON entry BEGIN INSERT INTO setting VALUES (OLD.id, OLD.body); END",
    "CREATE VIEW v AS SELECT * FROM entry",
    "CREATE TABLE hidden (x)",
)


@pytest.mark.parametrize("added", ADDED)
def test_a_backup_with_something_in_it_that_uncramp_did_not_make_is_refused(folder: Path, added: str) -> None:
    made = backup.nightly(NOW)
    copied = folder / "copied.sqlite"
    copied.write_bytes(opened(made.read_bytes(), Key()))
    with closing(sqlite3.connect(copied, isolation_level=None)) as raw:
        raw.execute(added)
    made.write_bytes(frame(copied.read_bytes(), Key()))
    with pytest.raises(Refused, match="one that uncramp made"):
        backup.restore_backup(made, NOW, replace=True)
    assert shown() == [uuid(1)]
    # What it would do at an erasing is not tried out.
    assert erase(home.owner(NIGHT)).deleted == (made,)


def test_a_backup_of_the_first_version_is_put_back_and_its_sessions_are_not(folder: Path) -> None:
    old = folder / "old.sqlite"
    version_1.make_file(old)
    made = folder / "old.uncramp-backup"
    made.write_bytes(frame(old.read_bytes(), Key()))
    backup.restore_backup(made, NOW, replace=True)
    assert home.owner(NOW) == version_1.PERSON
    assert login_of(home.diary(), "hash") is None


def test_a_small_file_cannot_fill_the_memory_or_the_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = folder / "bomb.uncramp-backup"
    bomb.write_bytes(frame(bytes(2**24), Key()))
    monkeypatch.setattr(backup_file, "LARGEST", 2**22)
    tracemalloc.start()
    with pytest.raises(Refused, match="more than any diary"):
        backup.restore_backup(bomb, NOW, replace=True)
    assert tracemalloc.get_traced_memory()[1] < 2**23
    tracemalloc.stop()
    assert not list(folder.glob("*.half-*"))
    bomb.write_bytes(bytes(2**22 + 1))
    with pytest.raises(Refused, match="larger than any diary"):
        backup.restore_backup(bomb, NOW, replace=True)
    assert shown() == [uuid(1)]


def test_for_a_database_server_pg_dump_is_named(own_diary: str) -> None:
    if own_diary.startswith("postgresql"):
        with pytest.raises(Refused, match="pg_dump"):
            backup.nightly(NOW)
        assert not backup.known().possible
