"""A pocket on the disk: what it writes over and removes, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from uncramp.actions.check import Refused
from uncramp.web.pocket_folder import MARK, put_all

FILES = {"sw.js": b"new", "static/store.js": b"new", "index.html": b"new"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pocket that was written before."""
    path = tmp_path / "pocket"
    put_all(path, {**dict.fromkeys(FILES, b"old"), "gone.html": b"old"})
    return path


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    """Somebody's own file, in a folder beside the pocket."""
    path = tmp_path / "own" / "store.js"
    path.parent.mkdir()
    path.write_bytes(b"precious")
    return path


def untouched(folder: Path) -> bool:
    return {path.read_bytes() for path in folder.glob("*.html")} == {b"old"}


def test_a_pocket_is_written_over_and_what_it_no_longer_has_is_removed(folder: Path) -> None:
    put_all(folder, FILES)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {*FILES, MARK}
    assert (folder / "static" / "store.js").read_bytes() == b"new"


@pytest.mark.parametrize(
    "way", ["{own}", "../own/store.js", "static/../../own/store.js", "./x", "a//b", "", "a\\b"]
)
def test_a_mark_that_names_a_file_elsewhere_removes_nothing(folder: Path, precious: Path, way: str) -> None:
    (folder / MARK).write_text(json.dumps([way.format(own=precious)]))
    with pytest.raises(Refused, match="none of our files"):
        put_all(folder, FILES)
    assert precious.read_bytes() == b"precious"
    assert untouched(folder)


@pytest.mark.parametrize(
    "text", ["[1]", "[null]", '{"a": 1}', "7", "null", '"x"', "[" * 100_000, "[", "\udcff"]
)
def test_a_broken_mark_is_refused_with_a_sentence(folder: Path, text: str) -> None:
    (folder / MARK).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Refused, match="new or empty folder"):
        put_all(folder, FILES)
    assert untouched(folder)


@pytest.mark.parametrize("name", ["static", "static/store.js", "gone.html", "index.html", MARK])
def test_nothing_is_written_or_removed_through_a_link(folder: Path, precious: Path, name: str) -> None:
    place = folder / name
    for path in sorted(place.rglob("*")):
        path.unlink()
    if place.is_dir():
        place.rmdir()
    else:
        place.rename(precious.with_name("moved"))
    place.symlink_to(precious.parent if name == "static" else precious.with_name("moved"))
    before = {path.name: path.read_bytes() for path in precious.parent.iterdir()}
    with pytest.raises(Refused, match="is a link"):
        put_all(folder, FILES)
    assert {path.name: path.read_bytes() for path in precious.parent.iterdir()} == before


def test_a_folder_that_is_named_by_a_link_is_written(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to(folder)
    put_all(link, FILES)
    assert (folder / "index.html").read_bytes() == b"new"
