"""The script's check against the core's, to the letter."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.conformance.conftest import Call, Phone, text
from tests.conformance.vectors import checked, in_json, someone
from tests.core.strategies import RULEBOOK, VOCABULARY
from tests.test_vignettes import cases
from uncramp.actions.pocket import pack
from uncramp.core import triage
from uncramp.core.facts import read_answers
from uncramp.model import Answers, FactKind

pytestmark = pytest.mark.browser

PACK = pack()
SLOWEST_MS = 5


def a_check(answers: Answers, unrecognised: int = 0) -> Call:
    expected = text(checked(answers, unrecognised))
    return Call("check", 0, [in_json(answers), unrecognised], expected)


def random_checks(seeds: range) -> list[Call]:
    """Every tenth person has a medicine or two that nobody recognises."""
    return [a_check(someone(seed), (0, 1, 2)[seed % 30 // 10 if seed % 10 == 0 else 0]) for seed in seeds]


def test_every_vignette_gets_the_core_s_answer(phone: Phone) -> None:
    calls = []
    for case in cases():
        facts = dict(case.values[2]["facts"])
        denied = {f.id: False for f in VOCABULARY.facts.values() if f.kind is FactKind.YES_NO}
        for given in (facts, denied | facts):
            answers, problems = read_answers(given, VOCABULARY)
            assert problems == []
            calls.append(a_check(answers))
    phone.replay([PACK], calls)


def test_every_single_answer_gets_the_core_s_answer(phone: Phone) -> None:
    denied = {f.id: False for f in VOCABULARY.facts.values() if f.kind is FactKind.YES_NO}
    calls = [a_check({}), a_check(denied), a_check({}, 1), a_check(denied, 1)]
    for fact in denied:
        calls += [a_check({fact: True}), a_check({fact: False}), a_check({**denied, fact: True})]
    phone.replay([PACK], calls)


def test_two_thousand_random_people_get_the_core_s_answer(phone: Phone) -> None:
    phone.replay([PACK], random_checks(range(600)))


@pytest.mark.slow
def test_twenty_thousand_random_people_get_the_core_s_answer(phone: Phone) -> None:
    for first in range(600, 20_600, 2_000):
        phone.replay([PACK], random_checks(range(first, first + 2_000)))


def test_an_answer_that_is_null_or_of_an_unheard_of_fact_is_none(phone: Phone) -> None:
    answers = someone(5)
    nothing = dict.fromkeys(fact for fact in VOCABULARY.facts if fact not in answers)
    told = {**in_json(answers), **nothing, "no_such_fact": True}
    phone.replay([PACK], [Call("check", 0, [told], text(checked(answers)))])


def test_the_next_screen_is_the_core_s(phone: Phone) -> None:
    calls = []
    for seed in range(300):
        answers = someone(seed)
        found = triage.check(answers, RULEBOOK)
        passed = random.Random(seed).sample(found.ask_next, len(found.ask_next) // 3)
        for without in ([], passed):
            screen = triage.next_screen(found, VOCABULARY, without)
            expected = {"group": screen[0], "facts": list(screen[1])} if screen else None
            so_far = {"ask_next": found.ask_next, "unknown_facts": found.unknown_facts}
            calls.append(Call("nextScreen", 0, [so_far, without], text(expected)))
    phone.replay([PACK], calls)


def test_a_difference_is_found_and_shown(phone: Phone) -> None:
    expected: dict[str, Any] = checked({})
    expected["remedies"]["stretch"]["verdict"] = "withhold"
    with pytest.raises(pytest.fail.Exception, match=r"check differs for[^\n]*\nremedies\n  core:"):
        phone.replay([PACK], [Call("check", 0, [{}], text(expected))])


MEASURE = """(given) => {
  const { pack, people } = JSON.parse(given);
  const taken = people.map((answers) => {
    const began = performance.now();
    uncramp.pocket.check(pack, answers);
    return performance.now() - began;
  });
  return taken.sort((a, b) => a - b)[taken.length >> 1];
}"""


def test_a_check_takes_less_than_five_milliseconds(phone: Phone) -> None:
    people = [in_json(someone(seed)) for seed in range(100)]
    took: float = phone.page.evaluate(MEASURE, json.dumps({"pack": PACK, "people": people}))
    assert took < SLOWEST_MS
