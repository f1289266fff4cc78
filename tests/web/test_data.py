"""The page of one's data: out, safe, and gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.diary.entries import EPISODE, NIGHT, an_entry, uuid
from tests.web.family import ANNAS, app_behind, sign_in, visitor
from tests.web.family import HERE as HERE_DOORS
from tests.web.forms import HERE
from uncramp.actions import home, passphrase
from uncramp.actions.tries import Tries
from uncramp.diary import removal
from uncramp.diary.connection import open_diary
from uncramp.diary.entries import newest, put
from uncramp.diary.whole import take_everything
from uncramp.exporters import diary_file

OWN = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    put(home.diary(), an_entry(home.owner(NIGHT), body={**EPISODE, "note": "planted-note"}))
    yield tmp_path
    home.close_diaries()


@pytest.mark.usefixtures("folder")
def test_it_says_what_is_kept_and_that_there_is_no_backup_yet(client: TestClient) -> None:
    page = client.get("/data")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "Cramps" in page.text
    assert "never" in page.text


def test_a_backup_is_made_and_its_dates_are_shown(client: TestClient, folder: Path) -> None:
    page = client.post("/data/backup", headers=OWN)
    assert page.status_code == 200
    [made] = (folder / "backups").iterdir()
    assert made.name in page.text
    assert "never" not in page.text
    assert str(folder) not in page.text


@pytest.mark.usefixtures("folder")
def test_everything_comes_as_a_file_and_as_a_table(client: TestClient) -> None:
    whole = client.post("/data/export", headers=OWN)
    assert 'filename="my-diary.uncramp"' in whole.headers["content-disposition"]
    assert len(diary_file.load(whole.content)[1]) == 1
    table = client.post("/data/csv", headers=OWN)
    assert 'filename="my-diary.csv"' in table.headers["content-disposition"]
    assert "planted-note" in table.text
    assert client.get("/data/export").status_code == 405


def test_erasing_needs_the_word_and_leaves_nothing(client: TestClient, folder: Path) -> None:
    client.post("/data/backup", headers=OWN)
    page = client.post("/data/erase", data={"word": "delete <b>"}, headers=OWN)
    assert page.status_code == 422
    assert 'value="delete &lt;b&gt;"' in page.text
    assert len(newest(home.diary(), home.owner(NIGHT))) == 1
    page = client.post("/data/erase", data={"word": " Erase "}, headers=OWN)
    assert page.status_code == 200
    assert "storage" in page.headers["clear-site-data"]
    assert newest(home.diary(), home.owner(NIGHT)) == ()
    assert b"planted-note" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("folder")
def test_with_a_passphrase_erasing_needs_that_too_and_it_cannot_be_guessed_without_end() -> None:
    me, doors = home.owner(NIGHT), visitor(HERE_DOORS)
    passphrase.set_passphrase(ANNAS, me)
    assert sign_in(doors, "", ANNAS) == 303
    assert 'id="passphrase"' in doors.get("/data").text
    for n in range(12):
        said = doors.post("/data/erase", data={"word": "erase", "passphrase": f"{n}" if n else ""})
        assert said.status_code == 422
    assert "too many tries" in said.text
    assert len(newest(home.diary(), me)) == 1
    app_behind(HERE_DOORS).state.tries = Tries()
    page = doors.post("/data/erase", data={"word": "erase", "passphrase": ANNAS})
    assert page.status_code == 200
    assert newest(home.diary(), me) == ()


@pytest.mark.usefixtures("folder")
def test_what_is_still_in_the_log_is_not_said_to_be_gone(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "settle", lambda *_, **__: False)
    page = client.post("/data/erase", data={"word": "erase"}, headers=OWN)
    assert "Not yet out of the file" in page.text


def test_after_another_program_erased_everything_the_running_server_goes_on(
    client: TestClient, folder: Path
) -> None:
    before = home.owner(NIGHT)
    with closing(open_diary(f"sqlite:///{folder / 'diary.sqlite'}")) as other:
        take_everything(other)
    assert client.get("/history").status_code == 200
    assert home.owner(NIGHT) != before
    note = {"kind": "day_note", "start": "2026-11-22T22:00:00Z", "end": None, "offset_minutes": 0,
            "origin": "phone", "recorded": "2026-11-22T22:00:00Z", "replaces": None,
            "body": {"night": "2026-11-22", "word": "quiet"}}  # fmt: skip
    assert client.put(f"/api/v1/entries/{uuid(7)}", json=note, headers=OWN).status_code == 201
    assert len(newest(home.diary(), home.owner(NIGHT))) == 1


def test_no_other_site_can_erase(client: TestClient, folder: Path) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for path in ("/data/erase", "/data/export", "/data/csv", "/data/backup"):
        assert client.post(path, data={"word": "erase"}, headers=headers).status_code == 403
    assert not (folder / "backups").exists()
