"""What can be written down of a day, and what the evening asks."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.diary.entries import NIGHT, an_entry
from uncramp.actions.check import Refused
from uncramp.actions.exposures import (
    DEFAULT,
    MOST_QUESTIONS,
    OPEN,
    OWN_KEY,
    add_own,
    choose_questions,
    exposures,
    questions,
)
from uncramp.actions.library import knowledge
from uncramp.diary.choices import choose
from uncramp.diary.connection import Diary
from uncramp.diary.entries import put
from uncramp.diary.people import add_person, first_person
from uncramp.model import EntryKind, FactKind

TODAY = date(2026, 11, 22)


@pytest.fixture
def me(diary: Diary) -> str:
    return first_person(diary, NIGHT)


def asked(diary: Diary, person: str) -> tuple[str, ...]:
    return tuple(one.id for one in questions(diary, person, TODAY))


def answered(diary: Diary, person: str, number: int, exposure: str, day: date) -> None:
    body = {"exposure": exposure, "day": str(day), "value": True, "timed": False}
    start = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    put(diary, an_entry(person, number, kind=EntryKind.EXPOSURE, start=start, end=None, body=body))


def test_the_evening_asks_what_we_chose_until_the_person_does(diary: Diary, me: str) -> None:
    assert asked(diary, me) == DEFAULT
    assert set(DEFAULT) <= set(knowledge().exposures)
    choose_questions(diary, me, ("alcohol",))
    assert asked(diary, me) == ("alcohol",)


def test_nobody_is_asked_for_a_remedy_that_they_did_not_choose() -> None:
    assert not any(knowledge().exposures[name].remedy for name in DEFAULT)


def test_nobody_need_be_asked_anything(diary: Diary, me: str) -> None:
    choose_questions(diary, me, ())
    assert asked(diary, me) == ()


def test_what_is_still_open_stays_the_same_all_day_also_once_it_is_answered(diary: Diary, me: str) -> None:
    choose_questions(diary, me, (OPEN,))
    before = asked(diary, me)
    assert len(before) == MOST_QUESTIONS
    for number, name in enumerate(before):
        answered(diary, me, number, name, TODAY)
        assert asked(diary, me) == before
    tomorrow = tuple(one.id for one in questions(diary, me, TODAY + timedelta(days=1)))
    assert set(tomorrow).isdisjoint(before)


def test_an_evening_has_at_most_three_questions(diary: Diary, me: str) -> None:
    four = tuple(knowledge().exposures)[: MOST_QUESTIONS + 1]
    with pytest.raises(Refused, match="at most 3"):
        choose_questions(diary, me, four)
    assert asked(diary, me) == DEFAULT


def test_what_is_not_known_cannot_be_asked_for(diary: Diary, me: str) -> None:
    with pytest.raises(Refused, match="bad_luck"):
        choose_questions(diary, me, ("bad_luck",))


def test_one_of_ones_own_can_be_asked_for(diary: Diary, me: str) -> None:
    tea = add_own(diary, me, "  Mint   tea ", "cups", 2)
    assert (tea.id, tea.short, tea.kind, tea.unit, tea.portion) == (
        "own.mint_tea",
        "Mint tea",
        FactKind.NUMBER,
        "cups",
        2,
    )
    garden = add_own(diary, me, "Worked in the garden")
    assert garden.kind is FactKind.YES_NO
    choose_questions(diary, me, (garden.id, tea.id))
    assert asked(diary, me) == (garden.id, tea.id)
    assert exposures(diary, me)[tea.id] == tea


def test_one_in_other_letters_has_an_id_too(diary: Diary, me: str) -> None:
    first, second = add_own(diary, me, "Чай"), add_own(diary, me, "お茶")
    assert first.id != second.id
    assert {first.id, second.id} <= set(exposures(diary, me))


@pytest.mark.parametrize(
    ("words", "unit", "portion", "what"),
    [
        ("", "", 1, "name"),
        ("x" * 61, "", 1, "name"),
        ("a\x00b", "", 1, "name"),
        ("tea", "x" * 21, 1, "unit"),
        ("tea", "cups", 0, "portion"),
        ("tea", "cups", float("nan"), "portion"),
    ],
)
def test_words_that_cannot_be_used_are_refused_by_name(
    diary: Diary, me: str, words: str, unit: str, portion: float, what: str
) -> None:
    with pytest.raises(Refused, match=f"^{what}: "):
        add_own(diary, me, words, unit, portion)


def test_the_same_twice_is_refused(diary: Diary, me: str) -> None:
    add_own(diary, me, "Mint tea")
    with pytest.raises(Refused, match="already"):
        add_own(diary, me, "mint TEA")


def test_what_one_person_adds_and_chooses_is_nobody_elses(diary: Diary, me: str) -> None:
    other = add_person(diary, "B", NIGHT)
    add_own(diary, me, "Mint tea")
    choose_questions(diary, me, ("own.mint_tea",))
    assert asked(diary, other) == DEFAULT
    assert "own.mint_tea" not in exposures(diary, other)


def test_a_restored_own_exposure_brings_no_words_of_caution_and_leads_to_nothing_of_ours(
    diary: Diary, me: str
) -> None:
    made = add_own(diary, me, "Coffee", "", 1)
    table = {
        **asdict(made),
        "if_yes": "All is well.",
        "of_a_day": "x",
        "remedy": "quinine",
        "triggers": ["heat"],
    }
    choose(diary, me, OWN_KEY, json.dumps([table]))
    assert exposures(diary, me)[made.id] == made
