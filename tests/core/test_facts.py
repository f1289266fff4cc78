from __future__ import annotations

import math
from typing import Any

import pytest

from tests.core.strategies import VOCABULARY
from uncramp.core.facts import Stated, read_answers
from uncramp.model import AllOf, Answer, AnyOf, FactKind


def truth(rule: Any, **answers: Answer) -> bool | None:
    return Stated(answers, VOCABULARY).truth(rule)


@pytest.mark.parametrize(
    ("pop", "limp", "either", "both"),
    [
        (True, True, True, True),
        (True, False, True, False),
        (True, None, True, None),
        (False, False, False, False),
        (False, None, None, False),
        (None, None, None, None),
    ],
)
def test_unknown_combines_as_in_kleenes_logic(
    pop: bool | None, limp: bool | None, either: bool | None, both: bool | None
) -> None:
    answers = {k: v for k, v in {"pop": pop, "limp": limp}.items() if v is not None}
    assert truth(AnyOf(("pop", "limp")), **answers) is either
    assert truth(AllOf(("pop", "limp")), **answers) is both


def test_a_rule_with_nothing_in_it_always_holds() -> None:
    assert truth(AllOf(())) is True


def test_a_threshold_cuts_where_it_says() -> None:
    assert truth("ten_minutes", cramp_minutes=9.9) is False
    assert truth("ten_minutes", cramp_minutes=10.0) is True
    assert truth("under_16", age=15.9) is True
    assert truth("under_16", age=16.0) is False
    assert truth("under_16") is None


def test_a_number_missing_under_a_true_parent_counts_as_its_worst_case() -> None:
    assert truth("week_20_or_later", pregnant=True) is True
    assert truth("week_20_or_later", pregnant=False) is False
    assert truth("week_20_or_later") is None
    assert truth("week_20_or_later", pregnant=True, pregnancy_weeks=8.0) is False


def test_a_temperature_that_nobody_took_is_not_taken_for_heat_stroke() -> None:
    assert truth("temperature_39_4", fever=True) is None


def test_an_answer_to_a_child_makes_its_parent_true_and_a_denial_of_it_is_named() -> None:
    stated = Stated({"pregnant": False, "pregnancy_weeks": 30.0}, VOCABULARY)
    assert stated.truth("pregnant") is True
    assert "more worrying" in stated.notes[0]
    assert Stated({"pregnancy_weeks": 30.0}, VOCABULARY).notes == []


def test_a_denied_parent_answers_its_children() -> None:
    stated = Stated({"one_leg_swollen": False, "pregnant": False}, VOCABULARY)
    assert stated.truth("whole_leg_swollen") is False
    assert "whole_leg_swollen" not in stated.unknown()
    assert "pregnancy_weeks" not in stated.unknown()


def test_a_choice_is_true_false_or_unknown() -> None:
    assert truth("site:calf", site="calf") is True
    assert truth("site:calf", site="foot") is False
    assert truth("site:calf") is None
    assert truth("avoids_foods:nuts", avoids_foods=()) is False
    assert truth("avoids_foods:nuts", avoids_foods=("milk", "nuts")) is True


def test_a_possible_tear_decides_the_stage_before_the_cramp_does() -> None:
    assert Stated({"cramping_now": True, "pop": True}, VOCABULARY).stage == "suspected_strain"
    assert Stated({"cramping_now": True}, VOCABULARY).stage == "cramping"
    assert Stated({"cramping_now": False}, VOCABULARY).stage == "released"
    assert Stated({"recovering": True}, VOCABULARY).stage == "recovering"
    assert Stated({}, VOCABULARY).stage is None


def test_answers_that_do_not_fit_together_are_said() -> None:
    stated = Stated({"walks_normally": True, "cannot_bear_weight": True}, VOCABULARY)
    assert any("more worrying" in note for note in stated.notes)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ({"no_such_fact": True}, "no_such_fact"),
        ({"pop": "yes"}, "pop"),
        ({"pop": 1}, "pop"),
        ({"age": True}, "age"),
        ({"age": 300}, "age"),
        ({"age": -1}, "age"),
        ({"age": math.nan}, "age"),
        ({"age": math.inf}, "age"),
        ({"age": 10**400}, "age"),
        ({"age": "40"}, "age"),
        ({"site": "elbow"}, "site"),
        ({"site": ["calf"]}, "site"),
        ({"avoids_foods": "nuts"}, "avoids_foods"),
        ({"avoids_foods": ["nuts", "stones"]}, "avoids_foods"),
        ({"pop": {"a": 1}}, "pop"),
    ],
)
def test_a_bad_answer_is_reported_by_name_and_never_taken(raw: dict[str, Any], named: str) -> None:
    answers, problems = read_answers(raw, VOCABULARY)
    assert answers == {}
    assert len(problems) == 1
    assert named in problems[0]


def test_null_and_absent_both_mean_unknown() -> None:
    assert read_answers({"pop": None}, VOCABULARY) == ({}, [])


def test_a_long_bad_value_is_shown_cut() -> None:
    _, problems = read_answers({"pop": "x" * 1_000_000}, VOCABULARY)
    assert len(problems[0]) < 200


def test_every_kind_of_fact_is_in_use() -> None:
    assert {fact.kind for fact in VOCABULARY.facts.values()} == set(FactKind)


def test_what_is_open_about_the_stage_is_whether_it_cramps_now() -> None:
    assert Stated({}, VOCABULARY).open_facts("stage:released") == {"cramping_now"}


def test_nought_days_of_weakness_is_weakness_and_not_a_no() -> None:
    assert Stated({"pregnancy_weeks": 0.0}, VOCABULARY).truth("pregnant") is True
