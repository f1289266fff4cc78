"""Every walk of every protocol, for many kinds of people."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.walks import PEOPLE, START, judge, walks
from uncramp.actions.library import knowledge
from uncramp.core.walk import NoSuchAnswer, position
from uncramp.model import Disposition, Position, Timed, Told, Verdict

PROTOCOLS = tuple(knowledge().protocols.values())
JUDGE = judge()
STRETCHES = {"stretch", "standing_stretch", "forward_bend", "partner_stretch", "forceful_stretch"}
STRAIN = {
    "pop", "leg_cold_or_numb", "one_leg_swollen", "chest_or_breath", "confused_or_hot", "cannot_stand",
    "fell", "far_worse", "operated",
}  # fmt: skip


def at(place: str, *answers: Timed, seconds: float = 0, **told: object) -> Position:
    return position(
        knowledge().protocols[place],
        Told(START, **told),  # type: ignore[arg-type]
        answers,
        START + seconds,
        JUDGE,
    )


def said(choice: str, seconds: float, *marks: str) -> Timed:
    return Timed(choice, START + seconds, marks)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.id)
def test_every_walk_ends_and_shows_only_what_the_gate_allows(protocol: object, person: str) -> None:
    assert not isinstance(protocol, str)
    found = list(walks(protocol, PEOPLE[person], JUDGE))  # type: ignore[arg-type]
    ends = [walk[-1][1] for walk in found]
    assert found
    assert all(end.ended for end in ends)
    assert any(end.check.disposition is Disposition.EMERGENCY for end in ends), "no walk calls for help"
    for walk in found:
        wrong = False
        for answers, here in walk:
            named = set(here.step.remedies)
            withheld = {r.remedy.id for r in here.check.remedies if r.verdict is Verdict.WITHHOLD}
            assert not named & withheld, (here.step.id, named & withheld)
            assert not {c.remedy for c in here.choices} & withheld
            wrong = wrong or any(a.choice in STRAIN for a in answers)
            if wrong or here.released is not None:
                assert not named & STRETCHES, "still told to stretch"
            if here.step.cramping:
                assert {"let_go", "wrong"} <= {c.id for c in here.choices}


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.id)
def test_whoever_says_something_is_wrong_sees_the_right_panel_after_one_more_answer(protocol: object) -> None:
    place = protocol.id  # type: ignore[attr-defined]
    urgent_at_least = {
        "pop": Disposition.URGENT,
        "leg_cold_or_numb": Disposition.EMERGENCY,
        "one_leg_swollen": Disposition.URGENT,
        "chest_or_breath": Disposition.EMERGENCY,
        "confused_or_hot": Disposition.EMERGENCY,
        "cannot_stand": Disposition.URGENT,
        "fell": Disposition.URGENT,
        "far_worse": Disposition.EMERGENCY,
    }
    opened = at(place, said("wrong", 5), seconds=6)
    assert {c.id for c in opened.choices} == {*urgent_at_least, "operated"}
    assert not opened.step.remedies
    for choice, least in urgent_at_least.items():
        end = at(place, said("wrong", 5), said(choice, 7), seconds=8)
        assert end.ended
        assert end.check.disposition >= least, choice


def test_ten_minutes_of_cramping_in_all_ask_for_advice_and_the_gentle_hold_goes_on() -> None:
    before = at("bed", seconds=599)
    after = at("bed", seconds=600)
    assert before.check.disposition is Disposition.SELF_CARE
    assert after.check.disposition is Disposition.URGENT
    assert after.step == before.step
    assert not after.ended


def test_bouts_before_count_towards_the_ten_minutes() -> None:
    assert at("bed", seconds=60, bout=2, cramped=530.0).check.disposition is Disposition.SELF_CARE
    assert at("bed", seconds=60, bout=2, cramped=540.0).check.disposition is Disposition.URGENT


def test_the_third_return_asks_for_advice() -> None:
    assert at("floor", bout=3).check.disposition is Disposition.SELF_CARE
    third = at("floor", bout=4)
    assert third.check.disposition is Disposition.URGENT
    assert not third.ended


def test_a_walk_replayed_after_a_crash_stands_where_it_stood() -> None:
    answers = [said("another", 40)]
    before = at("floor", *answers, seconds=70)
    assert before.step.id == "lean_forward"
    assert before.since == START + 40
    assert before.bout_s == 70
    assert before.used == (("ease_straight", START, START + 40), ("lean_forward", START + 40, None))
    assert at("floor", *answers, seconds=70) == before


def test_it_let_go_ends_the_bout_whatever_comes_after() -> None:
    there = at("floor", said("another", 40), said("let_go", 65), seconds=5000)
    assert there.released == START + 65
    assert there.bout_s == 65
    assert there.technique == "lean_forward"
    assert there.used[-1] == ("lean_forward", START + 40, START + 65)
    assert there.step.id == "released"


def test_a_clock_that_is_set_back_never_makes_time_negative() -> None:
    assert at("floor", seconds=-3600).bout_s == 0


def test_each_technique_comes_at_most_once_and_an_order_may_be_asked_for() -> None:
    protocol = knowledge().protocols["floor"]
    for order in permutations(protocol.techniques[:3]):
        answers: list[Timed] = []
        seen = []
        while True:
            here = at("floor", *answers, seconds=10 * len(answers), order=order)
            seen.append(here.step.id)
            if not any(c.id == "another" for c in here.choices):
                break
            answers.append(said("another", 10 * len(answers) + 5))
        assert seen[:3] == list(order)
        assert sorted(seen) == sorted(protocol.techniques)


def test_a_technique_of_another_place_in_the_order_is_passed_over() -> None:
    assert at("bed", order=("heel_on_step", "towel")).step.id == "towel"


def test_late_in_pregnancy_nobody_is_laid_flat_on_the_back() -> None:
    for facts in ({"pregnant": True}, {"pregnant": True, "pregnancy_weeks": 30.0}):
        for protocol in PROTOCOLS:
            for walk in walks(protocol, facts, JUDGE):
                assert not any("supine_position" in here.step.remedies for _, here in walk)


def test_the_frail_never_stand_to_stretch() -> None:
    for protocol in PROTOCOLS:
        for walk in walks(protocol, {"frail": True}, JUDGE):
            assert not any("standing_stretch" in here.step.remedies for _, here in walk)


def test_no_painkiller_is_named_in_a_walk() -> None:
    for protocol in PROTOCOLS:
        for step in protocol.steps.values():
            named = {*step.remedies, *(c.remedy for c in step.choices)}
            assert not named & {"nsaid", "paracetamol", "aspirin"}


def test_warmth_and_cold_are_never_both_chosen() -> None:
    for protocol in PROTOCOLS:
        for walk in walks(protocol, {}, JUDGE):
            assert not {"warm", "cold"} <= {here.step.id for _, here in walk}


def test_after_a_bruise_neither_warmth_nor_walking_is_offered() -> None:
    end = at("bed", said("let_go", 30), said("checked", 40, "bruise"), seconds=41)
    assert end.ended
    assert end.check.disposition is Disposition.ROUTINE
    assert end.check.stage == "suspected_strain"


def test_after_a_fresh_operation_nothing_pulls_and_the_walk_goes_on() -> None:
    for protocol in PROTOCOLS:
        answers = [said("wrong", 5), said("operated", 7)]
        here = at(protocol.id, *answers, seconds=8)
        assert not here.ended
        assert not set(here.step.remedies) & STRETCHES


def test_nobody_gets_to_a_stretch_at_the_wheel_or_in_the_water_before_being_out_of_danger() -> None:
    for place, step in (("car", "park"), ("water", "out_of_water")):
        assert at(place).step.id == step
        assert "another" not in {choice.id for choice in at(place).choices}


def test_an_answer_that_is_not_offered_is_refused() -> None:
    with pytest.raises(NoSuchAnswer, match="walks_fine"):
        at("bed", said("walks_fine", 3))


def test_prompts_come_on_time_and_not_before() -> None:
    step = knowledge().protocols["bed"].steps["ease_straight"]
    assert at("bed", seconds=step.prompt_every - 1).prompt == ""
    assert at("bed", seconds=step.prompt_every).prompt == step.prompts[0]
    assert at("bed", seconds=2 * step.prompt_every + 1).prompt == step.prompts[1]
