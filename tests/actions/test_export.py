"""Out and in again: byte for byte the same, and every damage found."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
from datetime import timedelta
from hashlib import sha256
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


def sealed(*records: tuple[str, dict[str, object]], header: str = "") -> bytes:
    """A file with a right last line, whatever stands before it."""
    lines = b"".join(diary_file.dump("", False, records)).splitlines(keepends=True)[:-1]
    lines[0] = f'{{"uncramp":"diary","version":1,{header}}}\n'.encode() if header else lines[0]
    return b"".join((*lines, f'{{"sha256":"{sha256(b"".join(lines)).hexdigest()}"}}\n'.encode()))


def chosen(key: str, value: object) -> tuple[str, dict[str, object]]:
    return "choice", {"key": key, "value": value if isinstance(value, str) else json.dumps(value)}


def rings(**changed: object) -> dict[str, object]:
    """Reminders as they are kept."""
    return {
        "evening": "21:30",
        "morning": None,
        "days": [0, 6],
        "quiet": ["22:00", "06:00"],
        "pause": ["2026-11-22", None],
        "push": "https://ntfy.example.org/topic",
        "zone": "Europe/Berlin",
        "changed": "2026-11-22T20:30:00+00:00",
        **changed,
    }


OWN = {"id": "own.tea", "question": "Tea?", "short": "Tea", "kind": "number", "unit": "cups", "low": 0,
       "high": 1000000, "portion": 1, "triggers": [], "remedy": ""}  # fmt: skip


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
        chosen("reminders", "x"),
        chosen("reminders", "{}"),
        chosen("reminders", rings(days=[9])),
        chosen("reminders", rings(evening="21:30+01:00")),
        chosen("reminders", rings(changed="2026-11-22T20:30:00")),
        chosen("reminders", rings(changed="0001-01-01T00:00:00+00:00")),
        chosen("reminders", rings(pause=["1970-01-01", "9999-12-31"])),
        chosen("reminders", rings(push="http://8.8.8.8/x")),
        chosen("reminders", rings(zone=7)),
        chosen("reminders_sent", "x"),
        chosen("reminders_sent", ["evening"]),
        chosen("reminders_sent", {"evening": "never"}),
        chosen("questions", "x"),
        chosen("questions", [["alcohol"]]),
        chosen("own_exposures", "x"),
        chosen("own_exposures", [{"id": "own.tea"}]),
        chosen("own_exposures", [{**OWN, "portion": "much"}]),
        chosen("own_exposures", [{**OWN, "short": "Tea\x1b[2J"}]),
        chosen("own_exposures", "[" * 100_000),
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


def test_choices_as_we_keep_them_are_taken(diary: Diary, me: str, tmp_path: Path) -> None:
    made = [
        chosen("reminders", rings()),
        chosen("reminders_sent", {"evening": "2026-11-21", "fault": "it cannot be reached."}),
        chosen("questions", ["alcohol", "own.tea"]),
        chosen("own_exposures", [OWN]),
    ]
    file = tmp_path / "a.uncramp"
    file.write_bytes(sealed(*made))
    restore(diary, me, file)
    assert choices_of(diary, me) == {str(one["key"]): one["value"] for _, one in made}


@pytest.mark.parametrize("name", ["   ", "N" * 61, "\\u001b[2JEve", "\\ud800", "\\u202eevE"])
def test_a_name_that_nobody_can_have_is_refused(diary: Diary, me: str, tmp_path: Path, name: str) -> None:
    file = tmp_path / "a.uncramp"
    file.write_bytes(sealed(header=f'"name":"{name}"'))
    with pytest.raises(Refused, match="line 1"):
        restore(diary, me, file)
    assert whole_of(diary, me).name == ""


def test_a_name_that_somebody_has_is_left_out_however_it_is_written(
    diary: Diary, me: str, tmp_path: Path
) -> None:
    add_person(diary, "Ada Ä", NIGHT)
    file = tmp_path / "a.uncramp"
    file.write_bytes(sealed(header='"name":"ada ä"'))
    restore(diary, me, file)
    assert whole_of(diary, me).name == ""


def test_half_a_letter_is_refused_wherever_it_stands(diary: Diary, me: str, tmp_path: Path) -> None:
    file = tmp_path / "a.uncramp"
    made = sealed(("choice", {"key": "a", "value": "half"})).replace(b"half", b"\\ud800").splitlines(True)[:2]
    file.write_bytes(b"".join((*made, f'{{"sha256":"{sha256(b"".join(made)).hexdigest()}"}}\n'.encode())))
    with pytest.raises(Refused, match="line 2"):
        restore(diary, me, file)


@pytest.mark.parametrize("said", ["true", "1", '"yes"'])
def test_whatever_says_that_it_is_a_demo_is_none_of_a_real_diary(
    diary: Diary, me: str, tmp_path: Path, said: str
) -> None:
    file = tmp_path / "a.uncramp"
    file.write_bytes(sealed(header=f'"name":"","demo":{said}'))
    with pytest.raises(Refused, match="from a demo"):
        restore(diary, me, file)


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


@pytest.mark.parametrize(
    "text", ["=x", "+x", "-x", "@x", "\tx", "\rx", "\nx", "\uff1dx", "\uff0bx", "\uff0dx", "\uff20x"]
)
def test_no_cell_begins_with_what_a_spreadsheet_carries_out(text: str) -> None:
    made = plain_csv.table((), [{text: text}]).decode("utf-8-sig")
    assert all(cell == f"'{text}" for row in csv.reader(io.StringIO(made, newline="")) for cell in row)


@pytest.mark.parametrize(
    ("text", "marked"),
    [("x;=1", "x;'=1"), ("x\t@1", "x\t'@1"), ("x\n=1", "x\n'=1"), ("x; y", "x; y"), ("1 = 1", "1 = 1")],
)
def test_nor_does_one_begin_so_where_a_semicolon_or_a_tab_ends_a_cell(text: str, marked: str) -> None:
    made = plain_csv.table(("a",), [{"a": text}]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(made, newline="")))[1] == [marked]
