from __future__ import annotations

import json
from typing import Any

import pytest

from uncramp.actions import check
from uncramp.actions.check import Refused
from uncramp.model import Verdict


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "line 1, column 1"),
        ("{", "line 1, column 2"),
        ('{"age": }', "column 9"),
        ("[]", "list"),
        ("null", "NoneType"),
        ('"pop"', "str"),
        ('{"age": NaN}', "NaN"),
        ('{"age": Infinity}', "Infinity"),
        ('{"pop": true, "pop": false}', "pop"),
        ("[" * 100_000, "JSON"),
        ('{"age": ' + "9" * 5000 + "}", "JSON"),
        (" " * 1_000_001, "longer"),
    ],
)
def test_text_that_is_no_object_of_facts_is_refused_with_its_place(text: str, named: str) -> None:
    with pytest.raises(Refused) as refused:
        check.read_facts(text, "me.json")
    assert "me.json" in str(refused.value)
    assert named in str(refused.value)


def test_every_bad_fact_is_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        check.run({"age": 300, "pop": "yes", "<script>": True})
    assert len(refused.value.problems) == 3


def test_the_answer_for_programs_has_the_form_that_is_held_fixed() -> None:
    answer = check.as_json(check.run({"pop": True}, ["Xyzzoprim"]))
    fixed = ("disposition", "within", "settled", "could_be", "reasons", "look_alikes", "remedies",
             "ask_next", "unknown_facts", "safety_net", "knowledge")  # fmt: skip
    assert set(fixed) <= set(answer)
    assert json.loads(json.dumps(answer)) == answer
    assert {"red_flag", "because", "say", "sources"} <= set(answer["reasons"][0])
    assert answer["reasons"][0]["because"] == ["pop"]
    assert all(reason["sources"] for reason in answer["reasons"])
    assert all({"verdict", "because"} <= set(remedy) for remedy in answer["remedies"].values())
    assert answer["remedies"]["stretch"]["verdict"] == "withhold"
    assert answer["medicines"]["unrecognised"] == ["Xyzzoprim"]


def test_no_reason_of_a_remedy_stands_without_a_source_or_our_own_caution() -> None:
    for remedy in check.as_json(check.run({}))["remedies"].values():
        assert all(because["sources"] for because in remedy["because"])


def test_until_it_is_settled_nothing_says_self_care() -> None:
    checked = check.run({})
    assert checked.outcome.title == "Nothing worrying so far"
    assert "yourself" not in checked.outcome.title


def test_a_withheld_remedy_is_in_no_list_that_is_shown() -> None:
    checked = check.run({"one_leg_swollen": True})
    withheld = {r.remedy.id for r in checked.check.remedies if r.verdict is Verdict.WITHHOLD}
    shown = (
        check.shown_remedies(checked),
        check.remedies_for_now(checked),
        check.remedies_for_later(checked),
    )
    assert withheld
    assert not [r for some in shown for r in some if r.remedy.id in withheld]


def test_an_emergency_shows_no_remedy_at_all() -> None:
    assert check.shown_remedies(check.run({"chest_pain": True})) == ()


def test_painkillers_are_not_shown_while_it_cramps() -> None:
    nothing: dict[str, Any] = {"age": 40, "cramp_minutes": 2}
    from uncramp.actions.vocabulary import facts

    nothing |= {f.id: False for f in facts() if f.kind == "yes_no"}
    nothing |= {"weight_kg": 70, "egfr": 95}
    cramping = {r.remedy.id for r in check.shown_remedies(check.run(nothing | {"cramping_now": True}))}
    after = {r.remedy.id for r in check.shown_remedies(check.run(nothing))}
    assert not {"nsaid", "aspirin", "paracetamol"} & cramping
    assert {"nsaid", "paracetamol"} <= after


def test_a_screen_on_paper_reads_marks_as_yes_and_the_rest_as_no() -> None:
    screen = check.next_screen(check.run({}))
    assert screen is not None
    answers = check.answers_of_screen(screen, ["chest_pain"], {})
    assert answers["chest_pain"] is True
    assert answers["breathless"] is False
    assert set(answers) == {fact.id for fact in screen.facts}


def test_a_typed_number_may_have_a_comma_and_nonsense_is_refused() -> None:
    age = next(f for f in _facts() if f.id == "age")
    assert check.read_number("40", age) == 40
    assert check.read_number("40,5", age) == 40.5
    for text in ("forty", "nan", "inf", "1e999", "4" * 30):
        with pytest.raises(Refused):
            check.read_number(text, age)


def _facts() -> Any:
    from uncramp.actions.vocabulary import facts

    return facts()


def test_the_sharpening_questions_never_change_the_urgency() -> None:
    nothing_worse = {f.id: False for f in _facts() if f.kind == "yes_no" and not f.refine}
    checked = check.run(nothing_worse | {"pop": True, "age": 40, "cramp_minutes": 3})
    assert checked.check.ask_next == ()
    while screen := check.sharpening_screen(checked):
        yes = [fact.id for fact in screen.facts]
        numbers = {f.id: f"{f.low or 0:g}" for f in screen.facts if f.kind == "number"}
        numbers |= {f.id: f.choices[0][0] for f in screen.facts if f.kind == "one_of"}
        more = check.answers_of_screen(screen, yes, numbers)
        after = check.run({**checked.answers, **more})
        assert after.check.disposition == checked.check.disposition
        assert after.check.could_be == checked.check.could_be
        checked = after


def test_a_country_that_is_not_chosen_is_never_guessed() -> None:
    assert check.emergency_number("") is None
    assert check.emergency_number("xx") is None
    found = check.emergency_number("gb")
    assert found is not None
    assert found.number == "999"


def test_a_named_medicine_outweighs_a_no_and_this_is_said() -> None:
    checked = check.run({"anticoagulant": False}, ["Eliquis"])
    assert checked.answers["anticoagulant"] is True
    assert any("We go by the medicine" in note for note in checked.check.notes)


def test_what_is_not_known_is_named_in_short_words_and_what_was_denied_is_not() -> None:
    checked = check.run({"glaucoma": False})
    dog = next(r for r in check.shown_remedies(checked) if r.remedy.id == "downward_dog")
    words = check.not_if(checked, dog)
    assert "glaucoma" not in words
    assert any("wrist" in word for word in words)


def test_after_all_sharpening_questions_nothing_hangs_on_what_is_unknown() -> None:
    checked = check.run({"cramping_now": False, "age": 40})
    while screen := check.sharpening_screen(checked):
        numbers = {f.id: f"{f.high or 0:g}" for f in screen.facts if f.kind == "number"}
        numbers |= {f.id: f.choices[0][0] for f in screen.facts if f.kind == "one_of"}
        checked = check.run({**checked.answers, **check.answers_of_screen(screen, (), numbers)})
    for r in check.remedies_for_now(checked):
        assert [words for words in check.not_if(checked, r) if not words.startswith("signs of")] == []


def test_with_a_suspected_clot_the_items_doctors_count_can_be_answered() -> None:
    checked = check.run({"one_leg_swollen": True})
    asked: set[str] = set()
    while screen := check.sharpening_screen(checked):
        asked |= {fact.id for fact in screen.facts}
        numbers = {f.id: f"{f.high or 0:g}" for f in screen.facts if f.kind == "number"}
        numbers |= {f.id: f.choices[0][0] for f in screen.facts if f.kind == "one_of"}
        checked = check.run({**checked.answers, **check.answers_of_screen(screen, (), numbers)})
    assert {"surgery_12_weeks", "previous_clot", "dent_stays", "pregnant"} <= asked
    assert checked.check.clot_items
