"""What every protocol promises, walked file by file."""

from __future__ import annotations

import pytest

from tests.core.strategies import KNOWLEDGE
from tests.readability import grade
from uncramp.model import Protocol

PROTOCOLS = list(KNOWLEDGE.protocols.values())
PLACES = {"anywhere", "bed", "floor", "standing", "sitting", "car", "plane", "pregnant", "frail", "partner"}


def each(protocol: Protocol) -> list[str]:
    return [f"{step.say} {step.more}" for step in protocol.steps.values()]


def test_every_place_has_its_protocol() -> None:
    assert set(KNOWLEDGE.protocols) >= PLACES


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.id)
def test_every_step_is_short_and_plain(protocol: Protocol) -> None:
    text = " ".join(each(protocol))
    assert grade(text) <= 6
    for step in protocol.steps.values():
        assert len(step.say) <= 110, step.id
        assert step.pose, step.id
        assert step.say.endswith((".", "?")), step.id


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.id)
def test_every_technique_is_held_as_long_as_it_takes_and_prompts_every_15_to_30_seconds(
    protocol: Protocol,
) -> None:
    for name in protocol.techniques:
        step = protocol.steps[name]
        assert step.hold == "open", name
        assert 15 <= step.prompt_every <= 30, name
        assert step.prompts, name
        assert step.helper, name
        assert [c.id for c in step.choices] == ["let_go", "wrong", "another"], name


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.id)
def test_the_first_words_say_stop_and_whom_not_to_stretch(protocol: Protocol) -> None:
    assert protocol.stop.startswith("Stop.")
    assert "do not stretch" in protocol.stop
    assert protocol.safe


def test_never_flat_on_the_back_where_it_says_pregnant_and_never_standing_where_it_says_frail() -> None:
    for place, remedy in (("pregnant", "supine_position"), ("frail", "standing_stretch")):
        protocol = KNOWLEDGE.protocols[place]
        assert not any(remedy in protocol.steps[name].remedies for name in protocol.techniques)


def test_words_that_pull_are_only_in_steps_that_the_gate_can_withhold() -> None:
    pulling = ("straighten", "lean forward", "heel forward", "towel round", "stretch")
    for protocol in PROTOCOLS:
        for name in protocol.techniques:
            step = protocol.steps[name]
            if any(word in step.say.lower() for word in pulling):
                named = {"stretch", "partner_stretch"} & set(step.remedies)
                assert named, (protocol.id, name)
            if "lean forward" in step.say.lower():
                assert "forward_bend" in step.remedies, (protocol.id, name)
            if step.say.lower().startswith("lie down"):
                assert "supine_position" in step.remedies, (protocol.id, name)
