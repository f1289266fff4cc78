"""The risk tables of a person: from their diary, and from a file and back."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.diary.entries import NIGHT, uuid
from uncramp.actions.check import Refused
from uncramp.actions.exposures import add_own
from uncramp.actions.risk import CHANGE_KEY, as_csv, risk_table, table_in
from uncramp.core.risk import RiskTable
from uncramp.diary.choices import choose
from uncramp.diary.connection import Diary
from uncramp.diary.entries import put
from uncramp.diary.people import add_person, first_person
from uncramp.model import Entry, EntryKind

MONDAY = "2026-11-16"


@pytest.fixture
def me(diary: Diary) -> str:
    return first_person(diary, NIGHT)


def keep(diary: Diary, person: str, kind: EntryKind, at: str, number: int, **body: Any) -> Entry:
    start = datetime.fromisoformat(at).replace(tzinfo=UTC)
    replaces = body.pop("replaces", None)
    entry = Entry(
        id=uuid(number),
        person=person,
        kind=kind,
        start=start,
        end=None,
        offset_minutes=0,
        body=body,
        origin="test",
        recorded=start + timedelta(days=1, minutes=number),
        replaces=replaces,
    )
    put(diary, entry)
    return entry


def said(diary: Diary, person: str, name: str, value: bool | float, number: int, **more: Any) -> Entry:
    body = {"exposure": name, "day": MONDAY, "value": value, "timed": False, **more}
    return keep(diary, person, EntryKind.EXPOSURE, f"{MONDAY}T12:00", number, **body)


def cell(found: RiskTable, name: str, row: int = 0) -> float:
    return float(found.values[row, [column.id for column in found.columns].index(name)])


def test_an_empty_diary_has_tables_without_rows(diary: Diary, me: str) -> None:
    assert risk_table(diary, me).dates == ()
    effort = risk_table(diary, me, "effort")
    assert effort.outcome == "effort"
    assert effort.dates == ()
    assert as_csv(risk_table(diary, me)) == "date,cramps\n"


def test_the_newest_version_of_what_was_written_is_in_the_table(diary: Diary, me: str) -> None:
    first = said(diary, me, "alcohol", 5.0, 1)
    said(diary, me, "alcohol", 2.0, 2, replaces=first.id)
    found = risk_table(diary, me)
    assert found.dates == (date(2026, 11, 16),)
    assert cell(found, "alcohol") == 2
    assert found.came_from[0, "alcohol"] == (uuid(2),)


def test_a_persons_own_exposure_gets_a_column_by_itself_with_a_weak_prior(diary: Diary, me: str) -> None:
    made = add_own(diary, me, "Cold room", "")
    said(diary, me, made.id, True, 1)
    found = risk_table(diary, me)
    assert cell(found, "own.cold_room") == 1
    (column,) = [one for one in found.columns if one.id == "own.cold_room"]
    assert (column.of, column.name) == ("own", "Cold room")
    assert column.prior.either
    assert column.prior.inclusion <= 0.1


def test_an_exposure_of_another_uncramp_gets_a_column_too(diary: Diary, me: str) -> None:
    said(diary, me, "moon", 0.5, 1, unit="share")
    found = risk_table(diary, me)
    assert cell(found, "moon") == 0.5
    assert [one.unit for one in found.columns if one.id == "moon"] == ["share"]


def test_each_remedy_that_one_writes_down_has_its_column(diary: Diary, me: str) -> None:
    remedies = {column.id for column in risk_table(diary, me).columns if column.of == "remedy"}
    assert remedies == {"bedtime_stretch", "magnesium_supplement", "yoga", "eccentric_strengthening"}


def test_a_circumstance_of_the_diary_is_a_column(diary: Diary, me: str) -> None:
    said(diary, me, "alcohol", 2.0, 1)
    body = {"fact": "beta_blocker", "value": True, "from": MONDAY, "to": None}
    keep(diary, me, EntryKind.CIRCUMSTANCE, f"{MONDAY}T00:00", 2, **body)
    found = risk_table(diary, me)
    assert cell(found, "circumstance.beta_blocker") == 1
    assert "circumstance.opioid" not in {column.id for column in found.columns}


def test_somebody_who_works_at_night_chooses_when_the_date_changes(diary: Diary, me: str) -> None:
    coffee = {"exposure": "alcohol", "day": "2026-11-17", "value": 1.0, "timed": True}
    keep(diary, me, EntryKind.EXPOSURE, "2026-11-17T05:00", 1, **coffee)
    assert risk_table(diary, me).dates == (date(2026, 11, 17),)
    choose(diary, me, CHANGE_KEY, "16")
    assert risk_table(diary, me).dates == (date(2026, 11, 16),)


def test_another_persons_entries_are_in_no_table_of_mine(diary: Diary, me: str) -> None:
    said(diary, add_person(diary, "Other", NIGHT), "alcohol", 2.0, 1)
    assert risk_table(diary, me).dates == ()


def test_the_table_goes_out_as_csv_and_comes_back(diary: Diary, me: str, tmp_path: Path) -> None:
    said(diary, me, "alcohol", 2.5, 1)
    keep(diary, me, EntryKind.DAY_NOTE, "2026-11-18T22:00", 2, night="2026-11-18", word="quiet")
    file = tmp_path / "table.csv"
    text = as_csv(risk_table(diary, me))
    assert text == "date,cramps,alcohol\n2026-11-16,,2.5\n2026-11-17,,\n2026-11-18,0,\n"
    file.write_text(text, encoding="utf-8")
    back = table_in(file)
    assert back.cramps[2] == 0
    assert math.isnan(back.cramps[0])
    assert np.array_equal(back.values[:, 0], [2.5, np.nan, np.nan], equal_nan=True)


def test_a_file_that_is_no_table_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"nothing.csv: No such file"):
        table_in(tmp_path / "nothing.csv")
    latin = tmp_path / "latin.csv"
    latin.write_bytes("date,cramps,Föhn\n".encode("latin-1"))
    with pytest.raises(Refused, match=r"latin.csv: this is no text in UTF-8"):
        table_in(latin)
    odd = tmp_path / "odd.csv"
    odd.write_text("date,cramps\n2026-11-16,many\n")
    with pytest.raises(Refused, match=r'odd.csv, line 2, cramps: "many" is no number'):
        table_in(odd)
