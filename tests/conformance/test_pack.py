"""What is in a pack, and that the script that reads it knows nothing by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from starlette.testclient import TestClient

from tests.conformance.conftest import SCRIPT
from tests.core.strategies import RULEBOOK, VOCABULARY
from uncramp.actions.library import knowledge
from uncramp.actions.pocket import pack
from uncramp.model import Disposition, Verdict
from uncramp.web.app import create_app
from uncramp.web.routes.pocket import for_one
from uncramp.web.words import Words

SOURCE = SCRIPT.read_text(encoding="utf-8")
CODE = "\n".join(line.split("//")[0] for line in SOURCE.splitlines())
NUMBERS = {"0", "1", "2", "4", "10", "60", "1000", "1e6"}
"""Of counting, of times and dates; and 4, the hour at which the diary's day changes."""

INTERFACE = {"released", "floor"}
"""A field of a walk's position, and a function of the language."""


def ids() -> Iterator[str]:
    v = VOCABULARY
    yield from (*v.facts, *v.groups, *v.thresholds, *v.signs)
    yield from (choice for fact in v.facts.values() for choice, _ in fact.choices)
    for nouns in (RULEBOOK.red_flags, RULEBOOK.look_alikes, RULEBOOK.remedies):
        yield from (noun.id for noun in nouns)
    yield from (d.id for d in Disposition)
    yield from (verdict.id for verdict in Verdict)
    for protocol in knowledge().protocols.values():
        yield protocol.id
        for step in protocol.steps.values():
            yield from (step.id, *(choice.id for choice in step.choices))


def sentences() -> Iterator[str]:
    v = VOCABULARY
    yield from (text for fact in v.facts.values() for text in (fact.question, fact.short, fact.explain))
    yield from (name for flag in RULEBOOK.red_flags for name in (flag.name, flag.short, flag.say))
    yield from (remedy.what for remedy in RULEBOOK.remedies)
    yield from (step.say for p in knowledge().protocols.values() for step in p.steps.values())


def test_the_script_names_nothing_that_the_knowledge_names() -> None:
    written = set(re.findall(r"[A-Za-z_]+", CODE)) - INTERFACE
    assert sorted(written & set(ids())) == []


def test_the_script_says_nothing() -> None:
    """But for an error that nobody sees, what is in quotes names the language's things or a pack's form."""
    quoted = set(re.findall(r'"([^"\n]*)"', CODE))
    assert quoted <= {"", ", ", ":", "{", "any_of", "boolean", "stage", "string", "use strict"}
    assert re.findall(r"`[^`]*`", CODE) == ["`${id} is no answer to ${at} in ${place}`"]


def test_the_script_has_no_number_but_those_of_counting_and_of_time() -> None:
    assert set(re.findall(r"\b\d+(?:\.\d+)?(?:e\d+)?\b", CODE)) <= NUMBERS


def test_the_script_stays_small_enough_to_be_read_in_one_sitting() -> None:
    assert len([line for line in CODE.splitlines() if line.strip()]) <= 300


def test_a_pack_is_json_and_holds_every_rule_once() -> None:
    made = pack()
    assert json.loads(json.dumps(made)) == made
    assert list(made["facts"]) == list(VOCABULARY.facts)
    assert [flag["id"] for flag in made["red_flags"]] == [flag.id for flag in RULEBOOK.red_flags]
    assert list(made["remedies"]) == [remedy.id for remedy in RULEBOOK.remedies]
    assert list(made["protocols"]) == list(knowledge().protocols)
    for protocol in knowledge().protocols.values():
        steps = made["steps"] | made["protocols"][protocol.id]["steps"]
        assert {name: steps[name]["say"] for name in protocol.steps} == {
            name: step.say for name, step in protocol.steps.items()
        }


def test_a_pack_is_small_enough_for_a_bad_connection() -> None:
    assert len(json.dumps(pack(), separators=(",", ":"))) < 300_000


def test_every_text_of_a_pack_can_be_turned_into_another_language() -> None:
    plain, pseudo = pack(), pack(Words(pseudo=True).of_knowledge)
    for fact, made in pseudo["facts"].items():
        assert made["question"] != plain["facts"][fact]["question"]
    written = json.dumps(pseudo, ensure_ascii=False)
    untouched = {text for text in sentences() if " " in text and f'"{text}"' in written}
    assert untouched == set()


def test_the_rules_for_anybody_are_not_sent_twice() -> None:
    with TestClient(create_app(), base_url="http://localhost") as client:
        first = client.get("/pocket.json")
        again = client.get("/pocket.json", headers={"If-None-Match": first.headers["etag"]})
        packed = client.get("/pocket.json", headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
        changed = client.get("/pocket.json", headers={"If-None-Match": '"another"'})
    assert first.json() == pack()
    assert first.headers["content-type"].startswith("application/json")
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert packed.status_code == 304
    assert changed.status_code == 200


def test_the_rules_for_one_person_may_be_kept_by_nobody() -> None:
    answer = for_one(Words(), {"pregnant": True}, order=["rub"])
    assert answer.headers["cache-control"] == "no-store"
    assert "pregnant" not in json.loads(bytes(answer.body))["facts"]
    assert json.loads(bytes(answer.body))["order"] == ["rub"]
