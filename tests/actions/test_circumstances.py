"""What the diary knows of a person on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tests.diary.entries import NIGHT, an_entry
from uncramp.actions.circumstances import keep, person_on
from uncramp.actions.entries import as_json, history, newest
from uncramp.actions.entry_form import read_entry
from uncramp.actions.library import knowledge
from uncramp.diary.connection import Diary
from uncramp.diary.entries import put
from uncramp.diary.people import first_person
from uncramp.model import EntryKind

DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def me(diary: Diary) -> str:
    return first_person(diary, NIGHT)


def later(days: int) -> tuple[date, datetime]:
    return DAY + timedelta(days), NOW + timedelta(days)


def test_what_lasts_is_kept_and_what_is_of_tonight_is_not(diary: Diary, me: str) -> None:
    said = {"age": 45.0, "statin": True, "cramp_minutes": 3.0, "chest_pain": False, "nsaid_taken": True}
    written = keep(diary, me, said, DAY, NOW)
    assert {entry.body["fact"] for entry in written} == {"age", "statin"}
    assert person_on(diary, me, DAY) == {"age": 45.0, "statin": True}
    assert person_on(diary, me, DAY - timedelta(1)) == {}


def test_an_empty_diary_knows_nothing(diary: Diary, me: str) -> None:
    assert person_on(diary, me, DAY) == {}


def test_what_is_known_already_is_not_written_again(diary: Diary, me: str) -> None:
    keep(diary, me, {"age": 45.0, "statin": True}, DAY, NOW)
    assert keep(diary, me, {"age": 45.0, "statin": True}, *later(20)) == ()


def test_a_later_answer_wins_from_its_day_on(diary: Diary, me: str) -> None:
    keep(diary, me, {"weight_kg": 70.0}, DAY, NOW)
    keep(diary, me, {"weight_kg": 72.0}, *later(10))
    weights = [person_on(diary, me, DAY + timedelta(days))["weight_kg"] for days in (0, 9, 10, 99)]
    assert weights == [70.0, 70.0, 72.0, 72.0]


def test_weeks_of_pregnancy_grow_with_the_days_up_to_the_last_that_can_be(diary: Diary, me: str) -> None:
    keep(diary, me, {"pregnant": True, "pregnancy_weeks": 20.0}, DAY, NOW)
    weeks = [person_on(diary, me, DAY + timedelta(days))["pregnancy_weeks"] for days in (0, 6, 7, 56, 500)]
    assert weeks == [20.0, 20.0, 21.0, 28.0, 44.0]
    # Said again as it has grown, it is nothing new.
    assert keep(diary, me, {"pregnancy_weeks": 21.0}, *later(7)) == ()


def test_age_grows_on_the_same_day_of_the_year(diary: Diary, me: str) -> None:
    keep(diary, me, {"age": 64.0}, DAY, NOW)
    ages = [person_on(diary, me, day)["age"] for day in (date(2027, 11, 21), date(2027, 11, 22))]
    assert ages == [64.0, 65.0]


def test_a_no_ends_what_was_true_and_holds_for_its_own_day_only(diary: Diary, me: str) -> None:
    keep(diary, me, {"statin": True}, DAY, NOW)
    keep(diary, me, {"statin": False}, *later(10))
    known = [person_on(diary, me, DAY + timedelta(days)).get("statin") for days in (0, 9, 10, 11)]
    assert known == [True, True, False, None]


def test_a_no_on_the_day_of_the_yes_takes_it_back(diary: Diary, me: str) -> None:
    keep(diary, me, {"statin": True}, DAY, NOW)
    keep(diary, me, {"statin": False}, DAY, NOW + timedelta(minutes=5))
    assert person_on(diary, me, DAY) == {"statin": False}
    assert person_on(diary, me, DAY + timedelta(1)) == {}


def test_the_end_of_a_pregnancy_is_the_end_of_its_weeks(diary: Diary, me: str) -> None:
    keep(diary, me, {"pregnant": True, "pregnancy_weeks": 39.0}, DAY, NOW)
    keep(diary, me, {"pregnant": False}, *later(7))
    assert person_on(diary, me, DAY + timedelta(6)) == {"pregnant": True, "pregnancy_weeks": 39.0}
    assert person_on(diary, me, DAY + timedelta(7)) == {"pregnant": False}
    assert person_on(diary, me, DAY + timedelta(8)) == {}


def test_none_of_a_list_is_a_no(diary: Diary, me: str) -> None:
    choice = knowledge().vocabulary.facts["avoids_foods"].choices[0][0]
    keep(diary, me, {"avoids_foods": (choice,)}, DAY, NOW)
    keep(diary, me, {"avoids_foods": ()}, *later(1))
    assert person_on(diary, me, DAY) == {"avoids_foods": (choice,)}
    assert person_on(diary, me, DAY + timedelta(1)) == {"avoids_foods": ()}
    assert person_on(diary, me, DAY + timedelta(2)) == {}


def test_days_from_and_to_count_and_of_two_the_later_recorded_wins(diary: Diary, me: str) -> None:
    body = {"fact": "weight_kg", "value": 70, "from": "2026-11-22", "to": "2026-11-24"}
    entry = an_entry(me, 1, kind=EntryKind.CIRCUMSTANCE, body=body, end=None)
    put(diary, entry)
    put(diary, replace(an_entry(me, 2, minutes=1), kind=entry.kind, body={**body, "value": 71, "to": None}))
    put(diary, replace(an_entry(me, 3, minutes=-1), kind=entry.kind, body={**body, "value": 69}))
    days = [date(2026, 11, day) for day in (21, 22, 24, 25)]
    assert [person_on(diary, me, day).get("weight_kg") for day in days] == [None, 71, 71, 71]


def test_a_fact_that_the_knowledge_no_longer_has_is_passed_over(diary: Diary, me: str) -> None:
    for number, fact, value in ((1, "gone", True), (2, "age", 300), (3, "statin", "yes")):
        body = {"fact": fact, "value": value, "from": "2026-11-22", "to": None}
        put(diary, an_entry(me, number, kind=EntryKind.CIRCUMSTANCE, body=body))
    assert person_on(diary, me, DAY) == {}
    assert keep(diary, me, {"statin": False}, DAY, NOW) != ()


def test_what_is_kept_is_what_an_entry_must_be_and_its_versions_stay(diary: Diary, me: str) -> None:
    [first] = keep(diary, me, {"statin": True}, DAY, NOW)
    keep(diary, me, {"statin": False}, *later(3))
    assert first.start == datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    assert first.offset_minutes == 60
    for entry in newest(diary, me):
        raw = as_json(entry)
        assert read_entry(me, raw.pop("id"), raw) == entry
    assert len(history(diary, me, first.id)) == 2


def test_the_facts_that_last_are_conditions_medicines_pregnancy_and_age() -> None:
    facts = knowledge().vocabulary.facts
    for lasting in ("age", "pregnant", "pregnancy_weeks", "heart_failure", "warfarin", "glaucoma", "egfr"):
        assert facts[lasting].lasting, lasting
    for passing in ("chest_pain", "cramp_minutes", "unsteady", "nsaid_taken", "endurance_event_now", "pop"):
        assert not facts[passing].lasting, passing
    assert {fact.id for fact in facts.values() if fact.grows} == {"age", "pregnancy_weeks"}
