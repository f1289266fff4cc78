"""Where a guided walk stands: a protocol and the timed answers so far -> the step to show, or the end.

The state of a walk is nothing but its answers with wall-clock times. Replaying them gives the same place
again after a lock, a crash or a reload; no ticking counter can be lost. Each technique is used at most once,
so every walk ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from uncramp.model import (
    Answer,
    Answers,
    Check,
    Choice,
    Position,
    Protocol,
    RemedyVerdict,
    Step,
    Timed,
    Told,
    Verdict,
)

TECHNIQUE, END = "@technique", "@end"
LET_GO = "let_go"
LAST = "finish"
"""The step with the last words, whatever the end is."""

Judge = Callable[[Answers], Check]


class NoSuchAnswer(ValueError):
    """An answer that the step at that time does not offer."""


@dataclass
class _Walk:
    """A walk while it is replayed."""

    protocol: Protocol
    told: Told
    judge: Judge
    facts: dict[str, Answer]
    left: list[str]
    at: str = ""
    since: float = 0.0
    released: float | None = None
    used: list[tuple[str, float, float | None]] = field(default_factory=list)

    @property
    def step(self) -> Step:
        return self.protocol.steps[self.at]

    def seconds(self, now: float) -> float:
        """Of this bout. A clock that was set back counts as standing still."""
        return max(0.0, (now if self.released is None else self.released) - self.told.start)

    def check(self, now: float) -> Check:
        minutes = float((self.told.cramped + self.seconds(now)) // 60)
        return self.judge({**self.facts, "cramp_minutes": minutes})

    def go(self, to: str, now: float) -> None:
        """Go to a step; past each whose remedies are withheld from this person, now."""
        while True:
            self.at = self._next_technique() if to == TECHNIQUE else LAST if to == END else to
            check = self.check(now)
            if self._may_be_shown(check):
                break
            to = self.step.otherwise
        self.since = now
        if self.step.cramping and self.at in self.protocol.techniques:
            self.used.append((self.at, now, None))

    def _next_technique(self) -> str:
        return self.left.pop(0) if self.left else LAST

    def _may_be_shown(self, check: Check) -> bool:
        if any(r.verdict is Verdict.WITHHOLD for r in verdicts_of(self.step, check)):
            return False
        gated = [choice for choice in self.step.choices if choice.remedy]
        return not gated or any(_open(choice, check) for choice in gated)

    def _put_down(self, now: float) -> None:
        if self.used and self.used[-1][2] is None:
            technique, since, _ = self.used[-1]
            self.used[-1] = (technique, since, now)

    def take(self, answer: Timed) -> None:
        choice = next((c for c in self.choices(answer.at) if c.id == answer.choice), None)
        if choice is None:
            raise NoSuchAnswer(f"{answer.choice!r} is no answer to {self.at!r} in {self.protocol.id!r}")
        self.facts |= choice.facts
        self.facts |= {fact: fact in answer.marks for fact in self.step.marks}
        if choice.id == LET_GO and self.released is None:
            self.released = answer.at
            self.facts["cramping_now"] = False
        self._put_down(answer.at)
        self.go(choice.to, answer.at)

    def choices(self, now: float) -> tuple[Choice, ...]:
        """The buttons that lead somewhere."""
        check = self.check(now)
        return tuple(
            c for c in self.step.choices if _open(c, check) and (c.to != TECHNIQUE or self._has_more(check))
        )

    def _has_more(self, check: Check) -> bool:
        steps = self.protocol.steps
        return any(
            all(r.verdict is not Verdict.WITHHOLD for r in verdicts_of(steps[name], check))
            for name in self.left
        )


def _open(choice: Choice, check: Check) -> bool:
    return not choice.remedy or any(
        r.verdict is not Verdict.WITHHOLD for r in check.remedies if r.remedy.id == choice.remedy
    )


def verdicts_of(step: Step, check: Check) -> tuple[RemedyVerdict, ...]:
    """What the safety gate says of all that the step makes a person do."""
    return tuple(r for r in check.remedies if r.remedy.id in step.remedies)


def position(protocol: Protocol, told: Told, answers: Sequence[Timed], now: float, judge: Judge) -> Position:
    """Where the walk stands at `now` (seconds since 1970), after `answers` in the order they were given.

    `judge` is the check of a set of facts. Raise `NoSuchAnswer` for an answer that was not offered.
    """
    walk = _begin(protocol, told, judge)
    for answer in answers:
        walk.take(answer)
    check = walk.check(now)
    ended = walk.at == LAST
    return Position(
        step=walk.step,
        choices=() if ended else walk.choices(now),
        remedies=verdicts_of(walk.step, check),
        check=check,
        ended=ended,
        since=walk.since,
        released=walk.released,
        technique=walk.used[-1][0] if walk.used else None,
        used=tuple(walk.used),
        bout_s=walk.seconds(now),
        cramped_s=told.cramped + walk.seconds(now),
        prompt=_prompt(walk.step, now - walk.since),
    )


def _begin(protocol: Protocol, told: Told, judge: Judge) -> _Walk:
    facts = {**told.facts, **protocol.states, "cramping_now": True, "came_back_times": float(told.bout - 1)}
    walk = _Walk(protocol, told, judge, facts, list(_ordered(protocol, told.order)))
    walk.go(protocol.first, told.start)
    return walk


def _ordered(protocol: Protocol, first: Sequence[str]) -> Iterator[str]:
    """The protocol's techniques, those in `first` before the others."""
    asked = [name for name in first if name in protocol.techniques]
    yield from dict.fromkeys([*asked, *protocol.techniques])


def _prompt(step: Step, seconds: float) -> str:
    """What to say now and then while a step is held; nothing before the first time is due."""
    if not step.prompts or not step.prompt_every or seconds < step.prompt_every:
        return ""
    return step.prompts[(int(seconds // step.prompt_every) - 1) % len(step.prompts)]


def bout(told: Told, answers: Sequence[Timed], there: Position) -> dict[str, Any]:
    """One seizing as it stands in an Episode: times in ISO 8601 and UTC, unknown as `None`."""
    return {
        "start": iso(told.start),
        "end": None if there.released is None else iso(there.released),
        "released": there.released is not None,
        "technique": None if there.released is None else there.technique,
        "techniques": [
            {"id": name, "start": iso(start), "end": None if end is None else iso(end)}
            for name, start, end in there.used
        ],
        "answers": [{"id": a.choice, "at": iso(a.at), "marks": list(a.marks)} for a in answers],
    }


def iso(at: float) -> str:
    """Seconds since 1970 as `2026-11-22T03:10:05.120Z`."""
    whole = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return whole.replace("+00:00", "Z")


def ticked(protocol: Protocol, told: Told, answers: Sequence[Timed], judge: Judge) -> dict[str, bool]:
    """The facts that were on a list to tick and were answered by it, for the diary.

    What a button stated is not among them: it may stand for one of several facts, and its id is kept instead.
    """
    found: dict[str, bool] = {}
    for number, answer in enumerate(answers):
        step = position(protocol, told, answers[:number], answer.at, judge).step
        found |= {fact: fact in answer.marks for fact in step.marks}
    return found
