"""The script's walks against the core's: every position of every walk, and times as odd as phones have."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable

import pytest

from tests.conformance.conftest import Call, Phone, text
from tests.conformance.vectors import Walker, answers_json, someone, told_json
from tests.walks import PEOPLE, START, walks
from uncramp.actions.library import knowledge
from uncramp.actions.pocket import pack, personal_pack
from uncramp.core import walk
from uncramp.model import Protocol, Timed, Told

pytestmark = pytest.mark.browser

PACK = pack()
SOME = ("nobody we know", "pregnant, week not known")
PROTOCOLS = tuple(knowledge().protocols.values())


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.id)
def test_every_position_of_every_walk_is_the_core_s(phone: Phone, protocol: Protocol) -> None:
    phone.replay([PACK], positions(protocol, SOME))


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.id)
def test_every_position_of_every_walk_is_the_core_s_for_everybody(phone: Phone, protocol: Protocol) -> None:
    phone.replay([PACK], positions(protocol, [name for name in PEOPLE if name not in SOME]))


def positions(protocol: Protocol, people: Iterable[str]) -> list[Call]:
    walker = Walker()
    calls = {}
    for name in people:
        told = Told(START, PEOPLE[name])
        for found in walks(protocol, PEOPLE[name], walker.judged):
            for number, (answers, _) in enumerate(found):
                if (name, answers) not in calls:
                    now = START + 20.0 * number
                    args = [told_json(protocol, told), answers_json(answers), now]
                    expected = walker.position(protocol, told, answers, now)
                    calls[name, answers] = Call("position", 0, args, expected)
    return list(calls.values())


def a_random_walk(seed: int, walker: Walker) -> tuple[Protocol, Told, list[Timed], float]:
    """With odd times, an order of one's own, a bout that came back, and ticks."""
    chance = random.Random(seed)
    protocol = chance.choice(PROTOCOLS)
    order = tuple(chance.sample(protocol.techniques, chance.randint(0, len(protocol.techniques))))
    told = Told(
        # As a phone's clock gives it; shorter times Python and a browser do not write alike (1e-05).
        start=round(START + chance.random(), 3),
        facts=someone(seed) if chance.random() < 0.5 else chance.choice(list(PEOPLE.values())),
        order=(*order, "no_such_step") if chance.random() < 0.2 else order,
        bout=chance.randint(1, 5),
        cramped=chance.choice([0.0, 12.345, 599.9, 4000.0]),
    )
    answers: list[Timed] = []
    now = told.start
    while True:
        # A clock may stand still, be put back, or run on for hours.
        now = round(now + chance.choice([0, 0.001, 7.25, 20, 61.5, 600, -30, 7000]), 3)
        there = walk.position(protocol, told, answers, now, walker.judged)
        if there.ended or chance.random() < 0.1:
            return protocol, told, answers, now
        marks = tuple(mark for mark in there.step.marks if chance.random() < 0.3)
        answers.append(Timed(chance.choice(there.choices).id, now, marks))


def test_two_hundred_random_walks_are_the_core_s(phone: Phone) -> None:
    replay_random_walks(phone, range(80))


@pytest.mark.slow
def test_five_thousand_random_walks_are_the_core_s(phone: Phone) -> None:
    for first in range(1_000, 6_000, 500):
        replay_random_walks(phone, range(first, first + 500))


def replay_random_walks(phone: Phone, seeds: range) -> None:
    walker = Walker()
    calls = []
    for seed in seeds:
        protocol, told, answers, now = a_random_walk(seed, walker)
        there = walk.position(protocol, told, answers, now, walker.judged)
        expected = walker.text(there)
        before = [told_json(protocol, told), answers_json(answers)]
        calls.append(Call("position", 0, [*before, now], expected))
        bout = walk.bout(told, answers, there)
        calls.append(Call("bout", None, [*before, as_script(expected)], text(bout)))
        ticked = walk.ticked(protocol, told, answers, walker.judged)
        calls.append(Call("ticked", 0, before, text(ticked)))
    phone.replay([PACK], calls)


def as_script(position: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(position)
    return {key: value for key, value in found.items() if key != "check"}


def test_an_answer_that_was_not_offered_is_refused(phone: Phone) -> None:
    told = told_json(PROTOCOLS[0], Told(START))
    answers = answers_json([Timed("neither", START + 1)])
    with pytest.raises(Exception, match="RangeError: neither is no answer to"):
        phone.run("position", [[told, answers, START + 2]], PACK)


@pytest.mark.parametrize("name", SOME)
def test_a_walk_with_a_personal_pack_goes_where_it_goes_with_all_facts_told(phone: Phone, name: str) -> None:
    walker = Walker()
    facts = PEOPLE[name]
    calls, expected = [], []
    for place in ("bed", "standing", "pregnant", "frail"):
        protocol = knowledge().protocols[place]
        for found in walks(protocol, facts, walker.judged):
            answers, there = found[-1]
            now = START + 20.0 * (len(found) - 1)
            calls.append([told_json(protocol, Told(START)), answers_json(answers), now])
            used = [step for step, _, _ in there.used]
            expected.append([used, there.step.id, there.check.disposition.id, there.check.within])
    assert [
        [[step for step, _, _ in p["used"]], p["step"], p["check"]["disposition"], p["check"]["within"]]
        for p in phone.run("position", calls, personal_pack(facts))
    ] == expected
