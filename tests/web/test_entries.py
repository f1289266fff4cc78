"""The diary from outside: what the phone sends, what comes back, and the page of what was written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import escape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.diary.entries import uuid
from tests.web.forms import HERE
from uncramp.actions import home
from uncramp.web.app import create_app

ENTRY: dict[str, Any] = {
    "kind": "episode",
    "start": "2026-11-22T03:10:05.120Z",
    "end": "2026-11-22T03:12:05.120Z",
    "offset_minutes": 60,
    "origin": "phone",
    "recorded": "2026-11-22T03:13:00.000Z",
    "replaces": None,
    "body": {
        "muscle": "hamstring",
        "side": "left",
        "protocol": "bed",
        "as": "self",
        "bouts": [
            {
                "start": "2026-11-22T03:10:05.120Z",
                "end": "2026-11-22T03:12:05.120Z",
                "released": True,
                "technique": "sit_up",
                "techniques": [
                    {"id": "rub", "start": "2026-11-22T03:10:05.120Z", "end": "2026-11-22T03:11:00.000Z"},
                    {"id": "sit_up", "start": "2026-11-22T03:11:00.000Z", "end": None},
                ],
                "answers": [{"id": "harder", "at": "2026-11-22T03:11:00.000Z", "marks": ["pop"]}],
            }
        ],
        "facts": {"cramp_minutes": 2, "age": 45},
        "asleep": True,
        "pain": 7,
        "knowledge": "bbfe0191dbe7",
    },
}  # fmt: skip
CIRCUMSTANCE = {
    **ENTRY,
    "kind": "circumstance",
    "end": None,
    "body": {"fact": "statin", "value": True, "from": "2026-11-22", "to": None},
}


@pytest.fixture
def phone(own_diary: str) -> TestClient:  # noqa: ARG001
    """What talks to the program, with an empty diary behind it."""
    return TestClient(create_app(), base_url=HERE, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def strict_phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The same for what never gets as far as the diary, which therefore need not be new each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNCRAMP_HOME", str(tmp_path_factory.mktemp("home")))
        yield TestClient(create_app(), base_url=HERE, raise_server_exceptions=False)
        home.close_diaries()


def put(
    phone: TestClient, number: int = 1, entry: Any = ENTRY, headers: dict[str, str] | None = None
) -> httpx2.Response:
    return phone.put(f"/api/v1/entries/{uuid(number)}", json=entry, headers=headers)


def listed(phone: TestClient, kind: str = "episode") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = phone.get("/api/v1/entries", params={"kind": kind}).json()["entries"]
    return found


def changed(place: str, value: Any, entry: dict[str, Any] = ENTRY) -> dict[str, Any]:
    """`entry` with another value at a place such as `body.bouts.0.end`."""
    whole: dict[str, Any] = json.loads(json.dumps(entry))
    inner: Any = whole
    *way, last = place.split(".")
    for step in way:
        inner = inner[int(step) if step.isdecimal() else step]
    inner[int(last) if last.isdecimal() else last] = value
    return whole


# ---- keeping -------------------------------------------------------------------------------------


def test_an_entry_is_kept_and_comes_back_as_it_was_sent(phone: TestClient) -> None:
    assert put(phone).status_code == 201
    assert listed(phone) == [{"id": uuid(1), **ENTRY}]
    assert phone.get(f"/api/v1/entries/{uuid(1)}").json() == {"id": uuid(1), **ENTRY}
    assert put(phone, 2, CIRCUMSTANCE).status_code == 201
    assert [entry["kind"] for entry in phone.get("/api/v1/entries").json()["entries"]] == [
        "circumstance",
        "episode",
    ]


def test_the_same_again_is_200_and_another_body_is_409(phone: TestClient) -> None:
    assert [put(phone).status_code for _ in range(3)] == [201, 200, 200]
    other = put(phone, entry=changed("body.side", "right"))
    assert other.status_code == 409
    assert other.json()["problems"]
    assert listed(phone) == [{"id": uuid(1), **ENTRY}]


def test_a_replacement_is_shown_instead_and_the_first_stays(phone: TestClient) -> None:
    put(phone)
    later = changed("recorded", "2026-11-22T03:20:00.000Z", changed("replaces", uuid(1)))
    assert put(phone, 2, later).status_code == 201
    assert [entry["id"] for entry in listed(phone)] == [uuid(2)]
    assert phone.get(f"/api/v1/entries/{uuid(1)}").status_code == 200


@pytest.mark.parametrize("kind", ["walk"])
def test_other_kinds_are_kept_as_they_are(phone: TestClient, kind: str) -> None:
    entry = {**ENTRY, "kind": kind, "body": {"note": "quiet", "deep": [{"x": 1.5, "y": None}]}}
    assert put(phone, entry=entry).status_code == 201
    assert listed(phone, kind) == [{"id": uuid(1), **entry}]


def test_only_what_is_needed_is_needed(phone: TestClient) -> None:
    bare = {key: value for key, value in ENTRY.items() if key not in ("replaces", "end")}
    bare["body"] = {"muscle": "hamstring", "side": None, "bouts": [{"start": ENTRY["start"]}]}
    assert put(phone, entry=bare).status_code == 201
    assert listed(phone)[0]["end"] is None


def test_what_is_not_there_is_404_and_a_kind_that_is_none_is_named(phone: TestClient) -> None:
    for path in (f"/api/v1/entries/{uuid(9)}", "/api/v1/entries/x", "/api/v1/entries/' OR 1=1 --"):
        reply = phone.get(path)
        assert reply.status_code == 404
        assert reply.json()["problems"]
    assert "kind" in phone.get("/api/v1/entries", params={"kind": "' OR 1=1 --"}).text


# ---- refusing ------------------------------------------------------------------------------------

BAD: tuple[tuple[str, Any], ...] = (
    ("kind", "cramp"), ("kind", None), ("kind", ["episode"]),
    ("start", "2026-11-22"), ("start", "2026-11-22T03:10:05"), ("start", "0000-01-01T00:00:00Z"),
    ("start", "9999-12-31T23:59:59Z"), ("start", "2100-01-01T00:00:00Z"), ("start", "1969-12-31T23:59:59Z"),
    ("start", "2026-02-30T00:00:00Z"), ("start", "2026-11-22T03:10:05.120+01:00"), ("start", 1764000000),
    ("start", "\uff12026-11-22T03:10:05Z"), ("start", None), ("end", "2026-11-22T03:10:05.119Z"),
    ("offset_minutes", 841), ("offset_minutes", -841), ("offset_minutes", 60.5), ("offset_minutes", "60"),
    ("offset_minutes", True), ("offset_minutes", None),
    ("origin", ""), ("origin", "x" * 201), ("origin", "a\nb"), ("origin", 7), ("origin", "\0"),
    ("recorded", None), ("recorded", "yesterday"),
    ("replaces", "x"), ("replaces", uuid(1)), ("replaces", uuid(2).upper()),
    ("body", None), ("body", []), ("body", "{}"), ("body", {}),
    ("body.muscle", None), ("body.muscle", "Ham string"), ("body.side", "middle"), ("body.side", True),
    ("body.protocol", "../../etc"), ("body.as", "doctor"), ("body.bouts", []), ("body.bouts", None),
    ("body.bouts", {}), ("body.bouts.0.start", None), ("body.bouts.0.start", "2026-11-22T03:10:06Z"),
    ("body.bouts.0.end", "2026-11-22T03:10:04Z"), ("body.bouts.0.end", None), ("body.bouts.0.released", 1),
    ("body.bouts.0.technique", "<script>"), ("body.bouts.0.techniques.0.end", "2026-11-22T03:10:04Z"),
    ("body.bouts.0.techniques.0.id", None), ("body.bouts.0.answers.0.marks", ["nonsense"]),
    ("body.bouts.0.answers.0.marks", "pop"), ("body.bouts.0.answers.0.at", "soon"),
    ("body.facts", {"nonsense": True}), ("body.facts", {"age": 300}), ("body.facts", {"pop": "yes"}),
    ("body.facts", []), ("body.asleep", "yes"), ("body.asleep", 1), ("body.pain", 11), ("body.pain", -1),
    ("body.pain", "7"), ("body.pain", 1e308), ("body.pain", 10**400), ("body.knowledge", "x" * 61),
    ("body.knowledge", "\0"), ("body.muscle", "\ud800"), ("body.origin", "\ud800"),
)  # fmt: skip


@pytest.mark.parametrize(("place", "value"), BAD, ids=lambda value: repr(value)[:40])
def test_what_cannot_be_is_422_names_the_field_and_keeps_nothing(
    strict_phone: TestClient, place: str, value: Any
) -> None:
    reply = strict_phone.put(
        f"/api/v1/entries/{uuid(1)}",
        content=json.dumps(changed(place, value)),
        headers={"content-type": "application/json"},
    )
    assert reply.status_code == 422, reply.text
    field = next(part for part in reversed(place.split(".")) if not part.isdecimal())
    named = " ".join(reply.json()["problems"])
    assert field in named or "entry" in named or "end" in named, named
    assert listed(strict_phone) == []


FORBIDDEN = ("person", "person_id", "role", "id", "admin", "__proto__", "entries", "")


@pytest.mark.parametrize("field", FORBIDDEN)
@pytest.mark.parametrize("place", ["", "body.", "body.bouts.0.", "body.bouts.0.answers.0."])
def test_a_field_that_we_do_not_know_is_422(strict_phone: TestClient, place: str, field: str) -> None:
    if (place, field) == ("body.bouts.0.answers.0.", "id"):
        return
    reply = put(strict_phone, entry=changed(f"{place}{field}", "x"))
    assert reply.status_code == 422
    assert "no such field" in reply.text
    assert listed(strict_phone) == []


@pytest.mark.parametrize(
    "body",
    [
        {"fact": "nonsense", "value": True, "from": "2026-11-22"},
        {"fact": "statin", "value": None, "from": "2026-11-22"},
        {"fact": "statin", "value": "yes", "from": "2026-11-22"},
        {"fact": "statin", "value": True, "from": "2026-11-22", "to": "2026-11-21"},
        {"fact": "statin", "value": True, "from": "2026-02-30"},
        {"fact": "statin", "value": True, "from": "2026-11-22T00:00:00Z"},
        {"fact": "statin", "value": True},
        {"fact": "age", "value": 300, "from": "2026-11-22"},
        {"fact": ["statin"], "value": True, "from": "2026-11-22"},
    ],
)
def test_a_circumstance_that_cannot_be_is_422(strict_phone: TestClient, body: dict[str, Any]) -> None:
    assert put(strict_phone, entry={**CIRCUMSTANCE, "body": body}).status_code == 422


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "7", '"x"', "[" * 100_000, '{"body":' * 30_000, '{"kind": NaN}',
        '{"kind": "episode", "kind": "walk"}', json.dumps(ENTRY).replace("7", "Infinity"),
        json.dumps(ENTRY).replace("5.120Z", "5.12"),
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_what_is_no_entry_is_422(strict_phone: TestClient, text: str) -> None:
    reply = strict_phone.put(
        f"/api/v1/entries/{uuid(1)}", content=text, headers={"content-type": "application/json"}
    )
    assert reply.status_code == 422
    assert reply.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    "body",
    [
        {"note": "x" * 10_001},
        {"note": ["x" * 9_000] * 12},
        {"note": "\0"},
        {"note\0": 1},
        {"note": "\ud800"},
        {"\udfff": 1},
        {"note": 2**53 + 1},
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {}}}}}}}}},
    ],
    ids=lambda body: repr(body)[:30],
)
def test_what_no_reader_takes_is_422(strict_phone: TestClient, body: dict[str, Any]) -> None:
    text = json.dumps({**ENTRY, "kind": "walk", "body": body})
    headers = {"content-type": "application/json"}
    reply = strict_phone.put(f"/api/v1/entries/{uuid(1)}", content=text, headers=headers)
    assert reply.status_code == 422
    assert listed(strict_phone, "walk") == []


@pytest.mark.parametrize(
    "name", ["x", "1", uuid(1).upper(), uuid(1)[:-1], "..", "' OR 1=1 --", "%00", "\u00e9"]
)
def test_an_id_that_is_none_is_refused(strict_phone: TestClient, name: str) -> None:
    reply = strict_phone.put(f"/api/v1/entries/{name}", json=ENTRY)
    assert reply.status_code in (404, 405, 422)
    assert listed(strict_phone) == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_what_does_not_say_that_it_is_json_is_415(strict_phone: TestClient, kind: str) -> None:
    address = f"/api/v1/entries/{uuid(1)}"
    reply = strict_phone.put(address, content=json.dumps(ENTRY), headers={"content-type": kind})
    assert reply.status_code == 415
    assert listed(strict_phone) == []


def test_other_sites_and_other_windows_are_refused(strict_phone: TestClient) -> None:
    assert put(strict_phone, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert put(strict_phone, headers={"origin": "https://evil.example"}).status_code == 403
    opened = strict_phone.get("/api/v1/entries", headers={"sec-fetch-dest": "document"})
    assert opened.status_code == 403
    assert listed(strict_phone) == []


def test_answers_say_what_they_are_and_are_kept_by_no_browser(strict_phone: TestClient) -> None:
    for reply in (
        strict_phone.get("/api/v1/entries"),
        strict_phone.get("/api/v1/entries/x"),
        strict_phone.put("/api/v1/entries/x", json={}),
    ):
        assert reply.headers["content-type"].startswith("application/json")
        assert reply.headers["content-disposition"] == "attachment"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["cache-control"] == "no-store"
    for path in ("/history", "/health"):
        assert strict_phone.get(path).headers["cache-control"] == "no-store"


# ---- the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>', "{{7*7}}", "</script><b>"]
)
def test_what_looks_like_a_page_is_shown_as_the_text_it_is(phone: TestClient, text: str) -> None:
    assert put(phone, entry=changed("origin", text)).status_code == 201
    page = phone.get(f"/history/{uuid(1)}").text
    assert escape(text).replace("&quot;", "&#34;") in page
    assert text == escape(text) or text not in page


# ---- when the disk fails -------------------------------------------------------------------------

SAID = ("sqlite", "Traceback", "disk", "locked", "malformed", "pytest", "diary.sqlite")


def assert_unusable(phone: TestClient) -> None:
    """Nothing is acknowledged, nothing of the inside is told, and whoever watches sees it."""
    for reply in (put(phone, 7), phone.get("/api/v1/entries"), phone.get("/history"), phone.get("/health")):
        assert reply.status_code == 503
        assert [word for word in SAID if word in reply.text] == []
    assert phone.get("/now").status_code == 200
    assert phone.get("/check").status_code == 200


@pytest.fixture
def file(phone: TestClient, tmp_path: Path) -> Path:
    """The diary's file, with one entry in it."""
    put(phone)
    return tmp_path / "diary.sqlite"


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
class TestAFileThatFails:
    def test_a_damaged_file_is_503_until_a_backup_is_in_its_place(
        self, phone: TestClient, file: Path
    ) -> None:
        home.close_diaries()
        good = file.read_bytes()
        file.write_bytes(b"x" * len(good))
        assert_unusable(phone)
        assert file.read_bytes() == b"x" * len(good)
        file.write_bytes(good)
        assert phone.get("/health").status_code == 200
        assert len(listed(phone)) == 1

    def test_a_file_that_somebody_else_holds_is_503_for_writers(
        self, phone: TestClient, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home.close_diaries()
        monkeypatch.setattr("uncramp.diary.connection.PRAGMAS", ("PRAGMA busy_timeout=50",))
        phone.get("/history")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert put(phone, 7).status_code == 503
            assert phone.get("/health").status_code == 503
        assert phone.get("/health").status_code == 200
        assert put(phone, 7).status_code == 201

    def test_a_full_disk_is_503_and_red_until_there_is_room(self, phone: TestClient, file: Path) -> None:
        assert file.exists()
        with home.diary().write() as connection:
            size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {size}")
        big = {**ENTRY, "kind": "walk", "body": {"note": ["x" * 9_000] * 10}}
        assert put(phone, 7, big).status_code == 503
        assert phone.get("/health").status_code == 503
        assert phone.get(f"/api/v1/entries/{uuid(7)}").status_code == 404
        with home.diary().write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        assert phone.get("/health").status_code == 200
        assert put(phone, 7, big).status_code == 201

    def test_a_home_that_cannot_be_made_is_503_and_the_rest_works(
        self, phone: TestClient, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("UNCRAMP_HOME", str(file / "below-a-file"))
        assert_unusable(phone)
