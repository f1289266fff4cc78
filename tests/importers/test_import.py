"""Files into the diary."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.diary.entries import EPISODE, NIGHT, an_entry, uuid
from uncramp import model
from uncramp.actions import home, import_files
from uncramp.actions.check import Refused
from uncramp.actions.entries import as_json, newest
from uncramp.cli import main
from uncramp.diary.connection import Diary, open_diary
from uncramp.diary.entries import newest as newest_in
from uncramp.diary.people import first_person
from uncramp.importers import HEAD, IMPORTERS, pocket

HERE = Path(__file__).parent
SAMPLES = {"phone.json": pocket}


@pytest.fixture
def me(diary: Diary) -> str:
    return first_person(diary, NIGHT)


def export(path: Path, *records: Any, **changed: Any) -> Path:
    """A phone's export with these records."""
    path.write_text(json.dumps({"uncramp": "entries", "version": 1, "entries": records, **changed}))
    return path


def as_record(entry: model.Entry) -> dict[str, Any]:
    return as_json(entry)


@pytest.mark.parametrize("name", SAMPLES)
def test_exactly_one_importer_recognises_each_sample(name: str) -> None:
    head = (HERE / name).read_bytes()[:HEAD]
    assert [importer for importer in IMPORTERS if importer.recognises(head, name)] == [SAMPLES[name]]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gives_what_is_expected_of_it(diary: Diary, me: str, name: str) -> None:
    imported = import_files.run(diary, me, [HERE / name])
    found = {"read": list(import_files.as_lines(imported)), **import_files.summary(imported)}
    expected = json.loads((HERE / name).with_suffix(".expected.json").read_text(encoding="utf-8"))
    assert found == expected


def test_a_second_import_changes_nothing(diary: Diary, me: str) -> None:
    first = import_files.run(diary, me, [HERE / "phone.json"])
    there = newest(diary, me)
    second = import_files.run(diary, me, [HERE / "phone.json", HERE / "phone.json"])
    assert (first.new, first.unchanged) == (3, 0)
    assert (second.new, second.unchanged) == (0, 6)
    assert newest(diary, me) == there
    assert len(there) == 3


def test_a_dry_run_says_the_same_and_stores_nothing(diary: Diary, me: str) -> None:
    dry = import_files.run(diary, me, [HERE / "phone.json"], store=False)
    assert newest(diary, me) == ()
    assert dry == import_files.run(diary, me, [HERE / "phone.json"])


def test_another_entry_under_an_id_that_is_taken_is_listed(diary: Diary, me: str, tmp_path: Path) -> None:
    first = export(tmp_path / "a.json", as_record(an_entry(me, 1)))
    other = export(tmp_path / "b.json", as_record(an_entry(me, 1, origin="watch")))
    imported = import_files.run(diary, me, [first, other])
    assert (imported.new, imported.unchanged) == (1, 0)
    assert imported.refused == (model.Refused(uuid(1), "another entry in the diary has this id."),)
    assert [entry.origin for entry in newest(diary, me)] == ["phone"]


BAD_RECORDS: tuple[Any, ...] = (
    None, 7, "x", [], {}, {"id": uuid(1)},
    {**as_record(an_entry("")), "id": 7}, {**as_record(an_entry("")), "id": "x"},
    {**as_record(an_entry("")), "kind": []}, {**as_record(an_entry("")), "body": [["a", 1]]},
    {**as_record(an_entry("")), "start": 7}, {**as_record(an_entry("")), "start": "2026-11-22T03:10:05"},
    {**as_record(an_entry("")), "start": "0001-01-01T00:00:00+14:00"}, {**as_record(an_entry("")), "role": 1},
    {**as_record(an_entry("")), "person": "x"}, {**as_record(an_entry("")), "origin": "\0"},
    {**as_record(an_entry("")), "offset_minutes": {}}, {**as_record(an_entry("")), "replaces": 7},
    {**as_record(an_entry("")), "body": {**EPISODE, "side": "middle"}},
)  # fmt: skip


def test_bad_records_are_listed_with_their_place_and_the_rest_is_imported(
    diary: Diary, me: str, tmp_path: Path
) -> None:
    good = as_record(an_entry(me, 2))
    imported = import_files.run(diary, me, [export(tmp_path / "a.json", *BAD_RECORDS, good)])
    assert len(imported.refused) == len(BAD_RECORDS)
    assert all(record.where and record.why.endswith(".") for record in imported.refused)
    assert [entry.id for entry in newest(diary, me)] == [uuid(2)]


HOSTILE = "\x1b]0;title\x07\x1b[31m\x9b1m\u202e\n0 refused\r"


def hostile(text: str) -> list[dict[str, Any]]:
    """Records with `text` at each place that a refusal quotes."""
    good = as_record(an_entry("", 1))
    return [
        {**good, text: 1}, {**good, "id": text}, {**good, "kind": text}, {**good, "start": text},
        {**good, "start": f"2026-11-22{text[:1]}03:10:05"}, {**good, "origin": text},
        {**good, "replaces": text}, {**good, "offset_minutes": text},
        {**good, "body": {**EPISODE, text: 1}}, {**good, "body": {**EPISODE, "side": text}},
        {**good, "body": {**EPISODE, "facts": {text: 1}}},
        {**good, "body": {**EPISODE, "facts": {"age": text}}},
        {**good, "body": {**EPISODE, "protocol": text}},
    ]  # fmt: skip


@pytest.mark.parametrize("text", [HOSTILE, "\ud800", "\udc1b]x"], ids=ascii)
@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--json",), ("--dry-run", "--json")], ids=" ".join)
def test_a_hostile_file_cannot_speak_to_the_terminal_and_its_good_records_are_kept(
    tmp_path: Path,
    own_diary: str,
    capsysbinary: pytest.CaptureFixture[bytes],
    text: str,
    options: tuple[str, ...],
) -> None:
    good = as_record(an_entry("", 2))
    path = export(tmp_path / "a.json", *hostile(text), good)
    with pytest.raises(SystemExit) as left:
        main(["import", str(path), *options])
    said = capsysbinary.readouterr()
    assert left.value.code == 0
    assert said.err == b""
    assert [c for c in said.out.decode() if c != "\n" and not c.isprintable()] == []
    assert b"\n0 refused" not in said.out
    home.close_diaries()
    diary = open_diary(own_diary)
    kept = [entry.id for entry in newest(diary, first_person(diary, NIGHT))]
    diary.close()
    assert kept == ([] if "--dry-run" in options else [uuid(2)])


BAD_FILES = (
    '{"uncramp": "entries", ',
    '{"uncramp": "other"}',
    '{"uncramp": "entries", "version": 2, "entries": []}',
    '{"uncramp": "entries", "version": 1}',
    '{"uncramp": ' * 100_000,
)


@pytest.mark.parametrize("text", BAD_FILES, ids=lambda text: text[:40])
def test_a_damaged_export_is_listed(diary: Diary, me: str, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    imported = import_files.run(diary, me, [path])
    assert imported.new == 0
    assert len(imported.refused) == 1


def test_a_file_that_nothing_reads_is_refused_by_name_before_anything_is_stored(
    diary: Diary, me: str, tmp_path: Path
) -> None:
    strange = tmp_path / "photo;$(touch x).json"
    strange.write_bytes(b"\x89PNG\r\n")
    for path in (strange, tmp_path, tmp_path / "none.json"):
        with pytest.raises(Refused, match=path.name.split(";")[0]):
            import_files.run(diary, me, [HERE / "phone.json", path])
    assert newest(diary, me) == ()
    assert not list(tmp_path.glob("x"))


def test_what_one_diary_gives_another_takes(diary: Diary, me: str, tmp_path: Path) -> None:
    import_files.run(diary, me, [HERE / "phone.json"])
    path = export(tmp_path / "again.json", *map(as_record, newest(diary, me)))
    other = open_diary(f"sqlite:///{tmp_path / 'other.sqlite'}")
    them = first_person(other, NIGHT)
    assert import_files.run(other, them, [path]).refused == ()
    assert list(map(as_record, newest_in(other, them))) == list(map(as_record, newest(diary, me)))
    other.close()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
bodies = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | texts, st.lists, max_leaves=5
)


@given(st.dictionaries(st.integers(1, 50), st.dictionaries(texts, bodies, max_size=3), max_size=5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_imported_once_is_unchanged_the_second_time(
    diary: Diary, me: str, tmp_path: Path, found: dict[int, dict[str, Any]]
) -> None:
    records = [
        as_record(an_entry(me, hash(repr(body)) % 10**9 * 100 + n, kind=model.EntryKind.WALK, body=body))
        for n, body in found.items()
    ]
    path = export(tmp_path / "a.json", *records)
    first = import_files.run(diary, me, [path])
    there = newest(diary, me)
    second = import_files.run(diary, me, [path])
    assert (second.new, second.unchanged) == (0, first.new + first.unchanged)
    assert second.refused == first.refused
    assert newest(diary, me) == there


def test_an_import_that_is_cut_short_leaves_nothing_half(tmp_path: Path, own_diary: str) -> None:
    records = [as_record(an_entry("", n)) for n in range(3000)]
    path = export(tmp_path / "many.json", *records)
    command = [sys.executable, "-m", "uncramp", "import", str(path)]
    counts = set()
    for patience in (1.0, 1.4, 1.8):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        diary = open_diary(own_diary)
        counts.add(len(newest(diary, first_person(diary, NIGHT))))
        diary.close()
    assert counts <= {0, 3000}
