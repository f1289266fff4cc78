"""What must hold for every person, not only for those somebody thought of."""

from __future__ import annotations

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.strategies import RED_FLAG_FACTS, RULEBOOK, VOCABULARY, people, some_answer
from uncramp.core.facts import Stated
from uncramp.core.triage import check, level, next_screen
from uncramp.model import Answer, Answers, Check, Disposition, FactKind, Verdict

MANY = settings(max_examples=200, deadline=None)
HIDDEN_AGAIN = (Verdict.OFFER, Verdict.CHANGE)


def urgency(found: Check) -> tuple[int, int]:
    return level(found.disposition, found.within)


@MANY
@given(people, st.sampled_from(RED_FLAG_FACTS))
def test_a_further_true_red_flag_fact_never_makes_it_less_urgent(person: Answers, fact: str) -> None:
    before = check(person, RULEBOOK)
    after = check({**person, fact: True}, RULEBOOK)
    assert urgency(after) >= urgency(before)
    assert after.could_be >= before.could_be


@MANY
@given(people, st.sampled_from(RED_FLAG_FACTS))
def test_a_further_true_red_flag_fact_never_brings_back_a_withheld_remedy(person: Answers, fact: str) -> None:
    before = {r.remedy.id: r.verdict for r in check(person, RULEBOOK).remedies}
    after = {r.remedy.id: r.verdict for r in check({**person, fact: True}, RULEBOOK).remedies}
    back = [
        remedy
        for remedy, verdict in after.items()
        if before[remedy] is Verdict.WITHHOLD and verdict in HIDDEN_AGAIN
    ]
    assert back == []
    # From a no to a yes, where nothing is unknown any more, the gate only gets stricter.
    if person.get(fact) is False and len(person) == len(VOCABULARY.facts):
        assert [remedy for remedy, verdict in after.items() if verdict < before[remedy]] == []


def test_every_single_red_flag_fact_added_to_an_empty_or_denied_person_keeps_both_promises() -> None:
    denied: dict[str, Answer] = {f.id: False for f in VOCABULARY.facts.values() if f.kind is FactKind.YES_NO}
    for person in ({}, denied):
        before = check(person, RULEBOOK)
        withheld = {r.remedy.id for r in before.remedies if r.verdict is Verdict.WITHHOLD}
        for fact in RED_FLAG_FACTS:
            after = check({**person, fact: True}, RULEBOOK)
            assert urgency(after) >= urgency(before), fact
            shown = {r.remedy.id for r in after.remedies if r.verdict in HIDDEN_AGAIN}
            assert not withheld & shown, fact


def test_every_pair_of_red_flag_facts_is_at_least_as_urgent_and_as_careful_as_each_alone() -> None:
    denied: dict[str, Answer] = {f.id: False for f in VOCABULARY.facts.values() if f.kind is FactKind.YES_NO}
    alone = {fact: check({**denied, fact: True}, RULEBOOK) for fact in RED_FLAG_FACTS}
    for one, other in itertools.combinations(RED_FLAG_FACTS, 2):
        both = check({**denied, one: True, other: True}, RULEBOOK)
        shown = {r.remedy.id for r in both.remedies if r.verdict in HIDDEN_AGAIN}
        for fact in (one, other):
            assert urgency(both) >= urgency(alone[fact]), (one, other)
            withheld = {r.remedy.id for r in alone[fact].remedies if r.verdict is Verdict.WITHHOLD}
            assert not withheld & shown, (one, other)


@MANY
@given(people, st.randoms(use_true_random=False))
def test_settled_is_false_exactly_when_some_completion_of_the_unknowns_is_more_urgent(
    person: Answers, chance: random.Random
) -> None:
    whole = dict(person)
    for fact in VOCABULARY.facts.values():
        if fact.id not in whole:
            whole[fact.id] = False if fact.kind is FactKind.YES_NO else _some(fact.id)
    asked = [fact for fact in whole if VOCABULARY.facts[fact].kind is FactKind.YES_NO]
    hidden = chance.sample(asked, k=5)
    left = {fact: answer for fact, answer in whole.items() if fact not in hidden}
    found = check(left, RULEBOOK)
    # What is hidden but follows from a denied parent is not unknown.
    unknown = [fact for fact in hidden if fact in found.unknown_facts]
    completions = (
        check({**left, **dict(zip(unknown, values, strict=True))}, RULEBOOK).disposition
        for values in itertools.product((False, True), repeat=len(unknown))
    )
    highest = max(completions)
    assert found.could_be == highest
    assert found.settled == (highest <= found.disposition)


def _some(fact_id: str) -> Answer:
    fact = VOCABULARY.facts[fact_id]
    if fact.kind is FactKind.NUMBER:
        return float(fact.low or 0)
    return () if fact.kind is FactKind.MANY_OF else fact.choices[0][0]


@MANY
@given(people, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_stated_changes_nothing(person: Answers, chance: random.Random) -> None:
    shuffled = list(person.items())
    chance.shuffle(shuffled)
    assert check(dict(shuffled), RULEBOOK) == check(person, RULEBOOK)


@MANY
@given(st.integers(), st.sampled_from([0.0, 0.3, 1.0]))
def test_every_walk_of_questions_ends_within_two_screens_a_group(seed: int, share_not_known: float) -> None:
    answers: dict[str, Answer] = {}
    passed: set[str] = set()
    chance = random.Random(seed)
    for screens in itertools.count():
        assert screens <= 2 * len(VOCABULARY.groups)
        screen = next_screen(check(answers, RULEBOOK), VOCABULARY, passed)
        if screen is None:
            return
        assert not set(screen[1]) & (set(answers) | passed), "nothing is asked twice"
        for fact in screen[1]:
            passed.add(fact)
            if chance.random() >= share_not_known:
                answers[fact] = some_answer(VOCABULARY.facts[fact], chance)


@MANY
@given(people)
def test_every_answer_has_words_a_reason_with_a_source_or_our_own_caution_and_a_safety_net(
    person: Answers,
) -> None:
    found = check(person, RULEBOOK)
    assert found.outcome.title
    assert found.outcome.words
    assert found.outcome.safety_net
    if found.disposition > Disposition.SELF_CARE:
        assert found.reasons
    for reason in found.reasons:
        assert reason.red_flag.say
        assert reason.red_flag.do
        assert reason.red_flag.sources or reason.red_flag.own_caution
        assert reason.because, f"{reason.red_flag.id} names no answer that raised it"


@MANY
@given(people)
def test_what_is_asked_next_is_unknown_and_could_change_the_answer(person: Answers) -> None:
    found = check(person, RULEBOOK)
    assert set(found.ask_next) <= set(found.unknown_facts)
    assert found.settled or found.ask_next, "no medicine is unknown here, so something is left to ask"
    assert len(set(found.ask_next)) == len(found.ask_next)


@MANY
@given(people)
def test_the_first_question_is_one_that_could_make_it_as_urgent_as_it_could_be(person: Answers) -> None:
    found = check(person, RULEBOOK)
    if found.settled or not found.ask_next:
        return
    stated = Stated(person, VOCABULARY)
    reach = max(
        flag.disposition
        for flag in RULEBOOK.red_flags
        if stated.truth(flag.rule) is None and found.ask_next[0] in stated.open_facts(flag.rule)
    )
    assert reach == found.could_be


@MANY
@given(people)
def test_red_flags_withhold_what_they_name(person: Answers) -> None:
    found = check(person, RULEBOOK)
    withheld = {r.remedy.id for r in found.remedies if r.verdict is Verdict.WITHHOLD}
    for reason in found.reasons:
        assert reason.red_flag.withholds <= withheld


@MANY
@given(people)
def test_quinine_a_forceful_stretch_and_stopping_a_medicine_are_never_offered(person: Answers) -> None:
    verdicts = {r.remedy.id: r.verdict for r in check(person, RULEBOOK).remedies}
    for remedy in ("quinine", "stop_prescribed_medicine", "alcohol", "forceful_stretch"):
        assert verdicts[remedy] is Verdict.WITHHOLD


@MANY
@given(people)
def test_no_medicine_or_supplement_is_shown_while_something_that_forbids_it_is_not_known(
    person: Answers,
) -> None:
    for r in check(person, RULEBOOK).remedies:
        if r.remedy.kind in ("medicine", "supplement") and r.verdict is not Verdict.WITHHOLD:
            assert all(because.known for because in r.because)


@MANY
@given(people, st.integers(0, 15))
def test_nobody_under_16_is_shown_a_medicine(person: Answers, age: int) -> None:
    for r in check({**person, "age": float(age)}, RULEBOOK).remedies:
        if r.remedy.kind in ("medicine", "supplement"):
            assert r.verdict is Verdict.WITHHOLD


@MANY
@given(people, st.integers(0, 10080), st.integers(0, 10080))
def test_a_longer_cramp_is_never_less_urgent(person: Answers, one: int, other: int) -> None:
    short, long = sorted((float(one), float(other)))
    shorter = check({**person, "cramp_minutes": short}, RULEBOOK)
    longer = check({**person, "cramp_minutes": long}, RULEBOOK)
    assert urgency(longer) >= urgency(shorter)


@MANY
@given(people)
def test_an_unrecognised_medicine_never_makes_anything_less_careful(person: Answers) -> None:
    plain = check(person, RULEBOOK)
    careful = check(person, RULEBOOK, ["Xyzzoprim"])
    assert careful.could_be >= plain.could_be
    before = {r.remedy.id: r.verdict for r in plain.remedies}
    for r in careful.remedies:
        assert not (before[r.remedy.id] is Verdict.WITHHOLD and r.verdict in HIDDEN_AGAIN)
