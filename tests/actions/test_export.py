"""Out and in again: byte for byte the same, and every damage found."""

from __future__ import annotations

import csv
import io
import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.diary.entries import EPISODE, NIGHT, an_entry, uuid
from uncramp.actions.check import Refused
from uncramp.actions.entries import newest
from uncramp.actions.export import export, export_csv
from uncramp.actions.removal import sweep, take_away
from uncramp.actions.restore import restore
from uncramp.actions.whole_file import write_whole
from uncramp.diary.choices import choices_of, choose
from uncramp.diary.connection import Diary
from uncramp.diary.entries import history, put
from uncramp.diary.people import add_person, first_person, name_person
from uncramp.diary.settings import set_setting
from uncramp.diary.whole import take_all, whole_of
from uncramp.exporters import diary_file, plain_csv
from uncramp.model import EntryKind

HERE = Path(__file__).parent
ODD = "ünïcödé \u2028 \U0001f9b5 '; DROP TABLE entry; -- \\ \" %s :x <b>\n"


@pytest.fixture
def me(diary: Diary) -> str:
    return first_person(diary, NIGHT)


def fill(diary: Diary, me: str) -> None:
    """Versions, odd letters, something taken away, choices and a name."""
    put(diary, an_entry(me, 1, body={**EPISODE, "note": ODD, "pain": 0.1}))
    put(diary, an_entry(me, 2, 1, replaces=uuid(1), recorded=NIGHT + timedelta(microseconds=7)))
    put(diary, an_entry(me, 3, kind=EntryKind.WALK, body={"steps": [1, None, 2.5, {"x": True}]}))
    put(diary, an_entry(me, 4))
    take_away(diary, me, uuid(4), NIGHT)
    sweep(diary, NIGHT + timedelta(days=1))
    choose(diary, me, "questions", '["alcohol"]')
    choose(diary, me, "zone", ODD)
    name_person(diary, me, "Ada ä")


def whole(diary: Diary, me: str) -> bytes:
    return b"".join(export(diary, me))


def test_out_erased_and_in_again_it_is_byte_for_byte_the_same(diary: Diary, me: str, tmp_path: Path) -> None:
    fill(diary, me)
    first = whole(diary, me)
    assert first == whole(diary, me)
    file = tmp_path / "a.uncramp"
    file.write_bytes(first)
    take_all(diary, me)
    again = first_person(diary, NIGHT)
    assert again != me
    done = restore(diary, again, file)
    assert (done.new, done.unchanged, done.refused) == (3, 0, ())
    assert whole(diary, again) == first
    assert [entry.body["note"] for entry in history(diary, uuid(1)) if "note" in entry.body] == [ODD]


def test_a_second_restore_changes_nothing_and_what_is_there_stays(
    diary: Diary, me: str, tmp_path: Path
) -> None:
    fill(diary, me)
    file = tmp_path / "a.uncramp"
    file.write_bytes(whole(diary, me))
    put(diary, an_entry(me, 9))
    choose(diary, me, "zone", "Europe/Berlin")
    done = restore(diary, me, file)
    assert (done.new, done.unchanged) == (0, 3)
    assert choices_of(diary, me)["zone"] == "Europe/Berlin"
    assert uuid(9) in {entry.id for entry in newest(diary, me)}


def test_what_was_taken_away_is_not_brought_back_by_an_older_export(
    diary: Diary, me: str, tmp_path: Path
) -> None:
    put(diary, an_entry(me, 1))
    file = tmp_path / "a.uncramp"
    file.write_bytes(whole(diary, me))
    take_away(diary, me, uuid(1), NIGHT)
    sweep(diary, NIGHT + timedelta(days=1))
    assert restore(diary, me, file).unchanged == 1
    assert newest(diary, me) == ()


def test_a_thousand_flipped_bytes_are_all_found(diary: Diary, me: str, tmp_path: Path) -> None:
    fill(diary, me)
    good = whole(diary, me)
    file = tmp_path / "a.uncramp"
    chance = random.Random(3)
    before = whole_of(diary, me)
    for turn in range(1000):
        damaged = bytearray(good)
        damaged[chance.randrange(len(good))] ^= chance.randrange(1, 256)
        with pytest.raises(diary_file.Damaged):
            diary_file.load(bytes(damaged))
        if turn < 30:
            file.write_bytes(damaged)
            with pytest.raises(Refused, match=r"a\.uncramp"):
                restore(diary, me, file)
    for shorter in (good[:-1], good[: len(good) // 2], good + b"\n", good + good):
        with pytest.raises(diary_file.Damaged):
            diary_file.load(shorter)
    assert whole_of(diary, me) == before


def sealed(*records: tuple[str, dict[str, object]], **header: object) -> bytes:
    """A file with a right last line, whatever stands before it."""
    made = b"".join(diary_file.dump("", False, records))
    assert not header
    return made


STONE = {"id": uuid(1), "kind": "episode", "day": "2026-11-22", "recorded": "2026-11-22T03:13:00.000Z"}


@pytest.mark.parametrize(
    "record",
    [
        ("entry", {}),
        ("entry", {"id": uuid(1), "kind": "episode"}),
        ("choice", {"key": "a"}),
        ("choice", {"key": "a", "value": 7}),
        ("tombstone", {**STONE, "id": "x"}),
        ("tombstone", {**STONE, "recorded": "never"}),
        ("tombstone", {**STONE, "day": "2026-02-30"}),
    ],
)
def test_what_is_whole_and_yet_no_diary_is_refused_with_its_line(
    diary: Diary, me: str, tmp_path: Path, record: tuple[str, dict[str, object]]
) -> None:
    file = tmp_path / "a.uncramp"
    file.write_bytes(sealed(("choice", {"key": "good", "value": "x"}), record))
    with pytest.raises(Refused, match="line 3"):
        restore(diary, me, file)
    assert choices_of(diary, me) == {}


def test_a_newer_file_and_a_demo_are_refused(diary: Diary, me: str, tmp_path: Path) -> None:
    file = tmp_path / "a.uncramp"
    file.write_bytes(whole(diary, me).replace(b'"version":1', b'"version":2'))
    with pytest.raises(Refused, match="newer uncramp"):
        restore(diary, me, file)
    set_setting(diary, "demo", "1")
    made_up = whole(diary, me)
    assert b'"demo":true' in made_up.splitlines()[0]
    set_setting(diary, "demo", "")
    real = whole(diary, me)
    file.write_bytes(made_up)
    with pytest.raises(Refused, match="demo"):
        restore(diary, me, file)
    set_setting(diary, "demo", "1")
    file.write_bytes(real)
    with pytest.raises(Refused, match="demo"):
        restore(diary, me, file)


def test_the_exports_of_earlier_versions_are_restored(diary: Diary, me: str) -> None:
    assert restore(diary, me, HERE / "export-1.uncramp").new == 3
    assert whole(diary, me) == (HERE / "export-1.uncramp").read_bytes()
    phone = HERE.parent / "importers" / "phone.json"
    other = add_person(diary, "Ben", NIGHT)
    take_all(diary, me)
    assert restore(diary, other, phone).new == 3


def test_a_file_of_others_is_refused(diary: Diary, me: str, tmp_path: Path) -> None:
    for name, content in (("photo.png", b"\x89PNG"), ("empty", b"")):
        (tmp_path / name).write_bytes(content)
    for name in ("photo.png", "empty", "missing"):
        with pytest.raises(Refused, match=name):
            restore(diary, me, tmp_path / name)


def test_a_file_appears_whole_for_its_owner_and_replaces_none(tmp_path: Path) -> None:
    file = tmp_path / "a"
    write_whole(file, [b"x", b"y"])
    assert file.read_bytes() == b"xy"
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused, match="--force"):
        write_whole(file, [b"z"])

    def breaks() -> object:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(file, breaks(), over=True)  # type: ignore[arg-type]
    assert file.read_bytes() == b"xy"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    with pytest.raises(Refused, match="name another"):
        write_whole(tmp_path / "no" / "a", [b"z"])
    shutil.rmtree(tmp_path)


def test_the_table_has_a_row_for_each_entry_and_no_formula(diary: Diary, me: str) -> None:
    put(diary, an_entry(me, 1, body={**EPISODE, "note": "=1+1", "pain": -3, "asleep": True}))
    put(diary, an_entry(me, 2, start=NIGHT + timedelta(days=1), end=None, body={**EPISODE, "note": "@x,y"}))
    rows = list(csv.DictReader(io.StringIO(export_csv(diary, me).decode("utf-8-sig"))))
    assert [row["note"] for row in rows] == ["'=1+1", "'@x,y"]
    assert (rows[0]["date"], rows[0]["time"], rows[0]["until"]) == ("2026-11-22", "04:10", "04:12")
    assert (rows[0]["asleep"], rows[0]["pain"], rows[0]["kind"]) == ("yes", "-3", "episode")
    assert (rows[1]["asleep"], rows[1]["pain"]) == ("", "")


@pytest.mark.parametrize("text", ["=x", "+x", "-x", "@x", "\tx", "\rx"])
def test_no_cell_begins_with_what_a_spreadsheet_carries_out(text: str) -> None:
    made = plain_csv.table((), [{text: text}]).decode("utf-8-sig")
    assert all(cell == f"'{text}" for row in csv.reader(io.StringIO(made, newline="")) for cell in row)
