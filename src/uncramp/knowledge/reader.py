"""The one reader of the knowledge files.

Each folder is read when it is first asked for, so that a check at the command line reads only what it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import rtoml

from uncramp.knowledge.recipes import read_recipes
from uncramp.model import (
    ALWAYS,
    AllOf,
    AnyOf,
    Asked,
    Choice,
    Claim,
    Conflict,
    ConflictEvidence,
    Contradiction,
    Disposition,
    Dose,
    EmergencyNumber,
    Evidence,
    Fact,
    FactKind,
    Group,
    GuidePage,
    LookAlike,
    Medicine,
    Outcome,
    Paragraph,
    Protocol,
    RedFlag,
    Remedy,
    RemedyRule,
    Rule,
    Rulebook,
    Section,
    Seed,
    Sign,
    Signed,
    Source,
    Step,
    Threshold,
    Trigger,
    Verdict,
    Vocabulary,
)

HERE = Path(__file__).parent
VERSIONED = ("red_flags", "remedies", "look_alikes", "protocols")
EVERYTHING = "everything"
"""In `withholds`: all remedies."""

NEXT = "@technique"
"""Where a button leads that asks for the next technique."""

Table = Mapping[str, Any]
Noun = TypeVar("Noun")


class BrokenKnowledge(Exception):
    """A knowledge file that cannot be used; the message names the file and what is wrong in it."""


class Knowledge:
    """All knowledge under one folder. A property is read once and raises `BrokenKnowledge` on a bad file."""

    def __init__(self, root: Path = HERE) -> None:
        self.root = root

    @cached_property
    def vocabulary(self) -> Vocabulary:
        data = self._table("facts")
        return self._made(
            "facts",
            lambda: Vocabulary(
                facts={key: _fact(key, t, data["groups"]) for key, t in data["facts"].items()},
                groups={key: Group(id=key, **t) for key, t in data["groups"].items()},
                thresholds={key: Threshold(id=key, **t) for key, t in data["thresholds"].items()},
                signs={key: Sign(key, t["words"], _rule(t)) for key, t in data["signs"].items()},
                contradictions=tuple(
                    Contradiction(tuple(t["facts"]), t["say"], t.get("beside_red_flag", False))
                    for t in data["contradictions"]
                ),
            ),
        )

    @cached_property
    def remedy_groups(self) -> dict[str, tuple[str, ...]]:
        return {key: tuple(ids) for key, ids in self._table("remedy_groups").items()}

    @cached_property
    def red_flags(self) -> tuple[RedFlag, ...]:
        """Most urgent first, in each level by row of the evidence base."""
        flags = self._folder("red_flags", self._red_flag)
        return tuple(sorted(flags, key=lambda f: (-f.disposition, f.row, f.id)))

    @cached_property
    def remedies(self) -> tuple[Remedy, ...]:
        return self._folder("remedies", _remedy)

    @cached_property
    def look_alikes(self) -> tuple[LookAlike, ...]:
        return self._folder("look_alikes", _look_alike)

    @cached_property
    def triggers(self) -> tuple[Trigger, ...]:
        return self._folder("triggers", _trigger)

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """In the order of their rows, B1 to B26."""
        return tuple(sorted(self._folder("conflicts", _conflict), key=lambda c: int(c.row[1:])))

    @cached_property
    def sources(self) -> dict[str, Source]:
        return {source.id: source for source in self._folder("sources", _source)}

    @cached_property
    def guide(self) -> tuple[GuidePage, ...]:
        return tuple(sorted(self._folder("guide", _guide_page), key=lambda page: page.order))

    @cached_property
    def protocols(self) -> dict[str, Protocol]:
        """Guided relief by place, in the order in which places are offered."""
        relief, shared = self._table("relief"), self.shared_steps
        found = self._folder("protocols", lambda key, t: _protocol(key, t, shared, relief))
        return {p.id: p for p in sorted(found, key=lambda p: p.order)}

    @cached_property
    def shared_steps(self) -> dict[str, Step]:
        """The steps of relief that places share, in the order of their file."""
        return self._made(
            "relief", lambda: {k: _step(k, t) for k, t in self._table("relief")["steps"].items()}
        )

    @cached_property
    def poses(self) -> dict[str, Table]:
        """The scenes of the drawn figures, as data."""
        return {path.stem: _read(path) for path in self._paths("poses")}

    @cached_property
    def exposures(self) -> dict[str, Asked]:
        """What the evening can ask for, in the order of the file."""
        return {asked.id: asked for asked in self._each("exposures", _asked)}

    @cached_property
    def seeds(self) -> tuple[Seed, ...]:
        return self._each("seeds", lambda key, t: Seed(id=key, **t))

    @cached_property
    def medicines(self) -> tuple[Medicine, ...]:
        return self._each("medicines", lambda key, t: Medicine(key, tuple(t["names"]), tuple(t["facts"])))

    @cached_property
    def generic(self) -> dict[str, str]:
        """What is said in place of words that would name a condition or a medicine of the person."""
        return self._made(
            "generic", lambda: {key: str(words) for key, words in self._table("generic").items()}
        )

    @cached_property
    def emergency_numbers(self) -> dict[str, EmergencyNumber]:
        return {e.country: e for e in self._each("emergency_numbers", _emergency_number)}

    @cached_property
    def outcomes(self) -> dict[Disposition, Outcome]:
        return {o.disposition: o for key, o in self._outcomes.items() if key != "unsettled"}

    @cached_property
    def unsettled(self) -> Outcome:
        """What is said instead of self-care while an open question could still change the answer."""
        return self._outcomes["unsettled"]

    @cached_property
    def _outcomes(self) -> dict[str, Outcome]:
        return dict(self._each("dispositions", lambda key, t: (key, _outcome(key, t))))

    @cached_property
    def version(self) -> str:
        """Twelve letters that change whenever anything that a check reads changes."""
        digest = sha256()
        names = ("facts", "remedy_groups", "dispositions", "relief")
        files = [self.root / f"{name}.toml" for name in names]
        files += [path for folder in VERSIONED for path in self._paths(folder)]
        for path in files:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:12]

    @cached_property
    def rulebook(self) -> Rulebook:
        return Rulebook(
            vocabulary=self.vocabulary,
            red_flags=self.red_flags,
            remedies=self.remedies,
            look_alikes=self.look_alikes,
            outcomes=self.outcomes,
            version=self.version,
        )

    # ---- from a table to a noun ---------------------------------------------------------------

    def _red_flag(self, key: str, t: Table) -> RedFlag:
        withholds = frozenset(remedy for name in t["withholds"] for remedy in self._expand(name))
        return RedFlag(
            id=key,
            rule=_rule(t),
            disposition=Disposition[t["disposition"].upper()],
            within=t.get("within"),
            withholds=withholds,
            do=tuple(t["do"]),
            sources=tuple(t["sources"]),
            look_alike=t.get("look_alike", ""),
            signed=_signed(t),
            **_only(t, "row", "name", "short", "say", "flag", "own_caution"),
        )

    def _expand(self, name: str) -> tuple[str, ...]:
        if name == EVERYTHING:
            return tuple(path.stem for path in self._paths("remedies"))
        return self.remedy_groups.get(name, (name,))

    # ---- files --------------------------------------------------------------------------------

    def _paths(self, folder: str) -> list[Path]:
        return sorted((self.root / folder).glob("*.toml"))

    def _folder(self, folder: str, make: Callable[[str, Table], Noun]) -> tuple[Noun, ...]:
        return tuple(
            self._made(f"{folder}/{path.stem}", lambda path=path: make(path.stem, _read(path)))  # type: ignore[misc]
            for path in self._paths(folder)
        )

    def _each(self, name: str, make: Callable[[str, Table], Noun]) -> tuple[Noun, ...]:
        """One noun a table of one file."""
        return self._made(name, lambda: tuple(make(key, t) for key, t in self._table(name).items()))

    def _table(self, name: str) -> Table:
        return _read(self.root / f"{name}.toml")

    def _made(self, name: str, make: Callable[[], Noun]) -> Noun:
        try:
            return make()
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise BrokenKnowledge(f"knowledge/{name}.toml: {problem!r}") from problem


def _read(path: Path) -> Table:
    try:
        return rtoml.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise BrokenKnowledge(f"knowledge/{path.name}: {problem}") from problem


def _only(t: Table, *keys: str) -> dict[str, Any]:
    return {key: t[key] for key in keys}


def _signed(t: Table) -> Signed:
    return Signed(t.get("reviewed_by", ""), t.get("reviewed_on", ""))


def _rule(t: Table) -> Rule:
    """`any_of` or `all_of` of one table; a table with neither always holds."""
    if "any_of" in t and "all_of" in t:
        raise ValueError("has both any_of and all_of; put one inside the other")
    parts = tuple(_part(part) for part in t.get("any_of", t.get("all_of", ())))
    if len(parts) == 1:
        return parts[0]
    if "any_of" in t:
        return AnyOf(parts)
    return AllOf(parts) if parts else ALWAYS


def _part(part: str | Table) -> Rule:
    return part if isinstance(part, str) else _rule(part)


def _fact(key: str, t: Table, groups: Table) -> Fact:
    given = {"lasting": groups.get(t["group"], {}).get("lasting", False), **t}
    kind = FactKind(given.pop("kind", "yes_no"))
    return Fact(id=key, kind=kind, choices=tuple(given.pop("choices", {}).items()), **given)


def _evidence(t: Table) -> Iterator[Evidence]:
    for row in t.get("evidence", ()):
        yield Evidence(
            finding=row.get("finding") or row["figure"],
            population=row.get("population", ""),
            sources=tuple(row["sources"]),
            verified=row.get("verified", True),
            **_only(row, "row", "direction", "certainty", "flag"),
        )


def _remedy_rule(t: Table, when_unknown: str) -> RemedyRule:
    return RemedyRule(
        verdict=Verdict[t["verdict"].upper()],
        when_unknown=Verdict[t.get("when_unknown", when_unknown).upper()],
        rule=_rule(t),
        sources=tuple(t["sources"]),
        **_only(t, "row", "words", "because", "flag", "own_caution"),
    )


def _remedy(key: str, t: Table) -> Remedy:
    return Remedy(
        id=key,
        when=tuple(t["when"]),
        when_unknown=Verdict[t["when_unknown"].upper()],
        conflicts=tuple(t["conflicts"]),
        doses=tuple(Dose(d["text"], d["flag"], tuple(d["sources"])) for d in t.get("doses", ())),
        evidence=tuple(_evidence(t)),
        rules=tuple(_remedy_rule(rule, t["when_unknown"]) for rule in t.get("rules", ())),
        recipes=read_recipes(t),
        signed=_signed(t),
        **_only(t, "name", "kind", "what", "prevention", "certainty"),
    )


def _look_alike(key: str, t: Table) -> LookAlike:
    return LookAlike(
        id=key,
        rule=_rule(t),
        sources=tuple(t["sources"]),
        signed=_signed(t),
        **_only(t, "name", "differs", "own_caution"),
    )


def _asked(key: str, t: Table) -> Asked:
    kind, triggers = FactKind(t["kind"]), tuple(t.get("triggers", ()))
    return Asked(key, **{**t, "kind": kind, "triggers": triggers})


def _trigger(key: str, t: Table) -> Trigger:
    return Trigger(
        id=key,
        conflicts=tuple(t["conflicts"]),
        evidence=tuple(_evidence(t)),
        recipes=read_recipes(t),
        signed=_signed(t),
        **_only(t, "name", "summary", "direction", "certainty", "setting"),
    )


def _conflict(key: str, t: Table) -> Conflict:
    return Conflict(
        id=key,
        claims=tuple(Claim(c["says"], tuple(c["seeds"])) for c in t["claims"]),
        evidence=tuple(ConflictEvidence(e["finding"], e["flag"], tuple(e["sources"])) for e in t["evidence"]),
        signed=_signed(t),
        **_only(t, "row", "title", "we_follow", "because", "certainty"),
    )


def _source(key: str, t: Table) -> Source:
    given = {name: value for name, value in t.items() if name not in ("reviewed_by", "reviewed_on")}
    return Source(id=key, cited_in=tuple(given.pop("cited_in")), **given)


def _paragraph(t: Table) -> Paragraph:
    return Paragraph(t["text"], tuple(t.get("evidence", ())), t.get("own_caution", False))


def _section(t: Table) -> Section:
    return Section(
        t["heading"], tuple(_paragraph(p) for p in t.get("paragraphs", ())), t.get("generated", "")
    )


def _guide_page(key: str, t: Table) -> GuidePage:
    return GuidePage(
        id=key,
        sections=tuple(_section(s) for s in t["sections"]),
        picture=t.get("picture", ""),
        signed=_signed(t),
        **_only(t, "order", "title", "short"),
    )


def _protocol(key: str, t: Table, shared: Mapping[str, Step], relief: Table) -> Protocol:
    """The steps of a place: its own, the techniques it takes over from the shared ones, and the shared rest.

    A place may word or draw a shared technique its own way; what it does not say stays as it is.
    """
    buttons = tuple(_choice(name, c) for name, c in relief["buttons"].items())
    steps = dict(shared)
    for name, own in t.get("steps", {}).items():
        steps[name] = _step(name, {**relief["steps"].get(name, {}), **own})
    techniques, first = tuple(t["techniques"]), t.get("first", "@technique")
    for name, step in list(steps.items()):
        if step.cramping and name not in (*techniques, first):
            del steps[name]
        elif step.cramping:
            # A step that makes safe first (park, get out of the water) is not to be passed by another way.
            added = [b for b in buttons if name != first or b.to != NEXT]
            steps[name] = replace(step, choices=(*step.choices, *added))
    return Protocol(
        id=key,
        techniques=techniques,
        first=first,
        stop=relief["stop"],
        steps=steps,
        evidence=tuple(t["evidence"]),
        states=t.get("states", {}),
        signed=_signed(t),
        **_only(t, "order", "title", "short", "safe"),
    )


def _step(key: str, t: Table) -> Step:
    given = dict(t)
    lists: dict[str, Any] = {name: tuple(given.pop(name, ())) for name in ("remedies", "prompts", "marks")}
    choices = tuple(_choice(name, c) for name, c in given.pop("choices", {}).items())
    return Step(id=key, choices=choices, **lists, **given)


def _choice(key: str, t: Table) -> Choice:
    return Choice(id=key, **t)


def _emergency_number(key: str, t: Table) -> EmergencyNumber:
    return EmergencyNumber(
        country=key,
        also=tuple(t.get("also", ())),
        advice_line=t.get("advice_line", ""),
        sources=tuple(t["sources"]),
        **_only(t, "name", "number"),
    )


def _outcome(key: str, t: Table) -> Outcome:
    disposition = Disposition.SELF_CARE if key == "unsettled" else Disposition[key.upper()]
    return Outcome(disposition, **_only(t, "title", "words", "symbol", "safety_net"))
