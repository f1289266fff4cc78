"""Guided relief with the clock running: a step, a line typed, the next step."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from uncramp.actions import episode, relief, sheet
from uncramp.actions.episode import DiaryUnusable, Seizing
from uncramp.cli.paper import head, say
from uncramp.cli.sheet import print_step, print_warning
from uncramp.cli.terminal import TICK_S, Board, Read
from uncramp.model import Answer, Disposition, Position, Protocol, Step, Timed, Told

KEEP, REFUSED = 0, 1
LETTERS = {sheet.LET_GO: "", "wrong": "w", "another": "a"}
"""The keys of the buttons that every step has while it cramps; the others are numbered."""
LEAVE, CAME_BACK = "q", "b"
KEY_NAMES = {"": "Enter"}
BACK = Timed("", 0.0)
"""No answer: the one before is taken back."""


class Left(Exception):
    """The person wants no more."""


class CameBack(Exception):
    """It let go, and it cramps again."""


def local(now: float) -> datetime:
    """That time by the clock of this place."""
    return datetime.fromtimestamp(now).astimezone()


@dataclass
class Guided:
    """One cramp from its beginning to its entry in the diary. `clock` gives seconds since 1970."""

    began: float
    place: Protocol
    facts: Mapping[str, Answer]
    side: str | None
    partner: bool
    country: str
    clock: Callable[[], float]
    read: Read
    board: Board
    order: tuple[str, ...] = ()
    told: Told = field(init=False)
    before: list[Seizing] = field(default_factory=list)
    answers: list[Timed] = field(default_factory=list)
    warned: set[str] = field(default_factory=set)

    def run(self) -> int:
        """Guide to the end and write it down; 0 if it is in the diary or was not to be."""
        self.told = Told(self.began, dict(self.facts), self.order)
        try:
            while self._bout():
                pass
        except Left:
            if not self._to_be_kept():
                return KEEP
        except EOFError:
            # The window was closed: better one entry too many than one lost.
            self.board.clear()
        return self._keep()

    def _bout(self) -> bool:
        """Guide through one seizing; true if it came back after it."""
        try:
            while not (there := self.there()).ended:
                self._step(there)
            self._end(there)
        except CameBack:
            now = self.clock()
            self.before.append(Seizing(self.told, tuple(self.answers)))
            self.told = episode.again(self.place, self.before[-1], now)
            self.answers = []
            return True
        return False

    def there(self) -> Position:
        """Where the walk stands now."""
        return relief.at(self.place, self.told, self.answers, self.clock())

    # ---- one step --------------------------------------------------------------------------------

    def _step(self, there: Position) -> None:
        """Show a step and take the answer that leads on from it."""
        self._warn(there)
        print()
        print_step(sheet.shown(there, self._stated(there)), self.partner)
        for number, fact in enumerate(there.step.marks, 1):
            say(f"{number:3}  {sheet.question(fact)}", indent="     ")
        keys = keys_of(there)
        for key, choice in keys.items():
            if key.isdecimal():
                say(f"{key:>3}  {self._words(there, choice)}", indent="     ")
        while (taken := self._taken(self._line(there, keys), there, keys)) is None:
            say(f"Type one of these: {self._hint(there, keys)}.")
        if taken is BACK:
            self.answers.pop()
        else:
            self.answers.append(taken)

    def _stated(self, there: Position) -> dict[str, Answer]:
        return {**self.told.facts, **self.place.states, "cramping_now": there.released is None}

    def _taken(self, typed: str, there: Position, keys: Mapping[str, str]) -> Timed | None:
        """The answer that was typed, or `None` where it means nothing here."""
        now = self.clock()
        if typed == LEAVE:
            raise Left
        if typed == CAME_BACK and self._may_come_back(there):
            raise CameBack
        if typed in keys:
            return Timed(keys[typed], now)
        if typed == "" and there.step.id == "wrong":
            return BACK
        numbers = typed.replace(",", " ").split()
        marks = {str(n): fact for n, fact in enumerate(there.step.marks, 1)}
        if numbers and all(number in marks for number in numbers):
            return Timed(keys[""], now, tuple(dict.fromkeys(marks[number] for number in numbers)))
        return None

    def _may_come_back(self, there: Position) -> bool:
        return there.released is not None and self.clock() - there.released <= relief.COMES_BACK_S

    def _line(self, there: Position, keys: Mapping[str, str]) -> str:
        """The line typed at last; until then the clock runs, prompts come, and a new warning breaks in."""
        hint = self._hint(there, keys)
        while True:
            here = self.there()
            self._warn(here)
            self.board.show(clock_of(here, self.clock()), prompt_of(here, self.clock()), hint)
            if (typed := self.read(TICK_S)) is not None:
                self.board.done()
                return typed.strip().lower()

    def _warn(self, there: Position) -> None:
        """What has to be done today or now, once for each reason."""
        found = sheet.checked(there, self.told.facts)
        reasons = {reason.red_flag.id for reason in there.check.reasons}
        if there.check.disposition >= Disposition.URGENT and reasons - self.warned:
            self.board.clear()
            print_warning(found, self.country)
            print()
        self.warned |= reasons

    def _hint(self, there: Position, keys: Mapping[str, str]) -> str:
        """What the keys do, in one line."""
        known = {key: self._words(there, choice) for key, choice in keys.items() if not key.isdecimal()}
        if there.step.marks:
            known = {"1 2": "these are true", "": "none of them"}
        elif there.step.id == "wrong":
            known[""] = "none of these, go back"
        if self._may_come_back(there):
            known[CAME_BACK] = "It came back"
        known[LEAVE] = "Leave"
        return " · ".join(f"{KEY_NAMES.get(key, key)} = {words}" for key, words in known.items())

    def _words(self, there: Position, choice_id: str) -> str:
        return next(choice.words for choice in there.choices if choice.id == choice_id)

    # ---- the end ---------------------------------------------------------------------------------

    def _end(self, there: Position) -> None:
        """The words over the end and the last words; then there is time for it to come back."""
        found = sheet.checked(there, self.told.facts)
        print_warning(found, self.country)
        if there.check.disposition < Disposition.URGENT:
            self._last_words(there.step)
        print()
        say(found.outcome.safety_net)
        if self._may_come_back(there):
            print()
            print("Enter = finish · b = It came back  ", end="", flush=True)
            while (typed := self.read(TICK_S)) is None:
                pass
            if typed.strip().lower() == CAME_BACK:
                raise CameBack

    def _last_words(self, last: Step) -> None:
        head("Last")
        say(sheet.said_to(last, self.partner))
        say(last.more)

    def _to_be_kept(self) -> bool:
        """Whether a walk that was left is to be written down; nothing said is a yes."""
        print("Keep this cramp in your diary?  Enter = yes, n = no  ", end="", flush=True)
        while (typed := self.read(TICK_S)) is None:
            pass
        return typed.strip().lower() not in ("n", "no")

    def _keep(self) -> int:
        """Write the cramp down; where that fails, print it."""
        now = self.clock()
        here = local(now)
        raw = episode.described(
            self.place,
            [*self.before, Seizing(self.told, tuple(self.answers))],
            self.side,
            self.partner,
            now,
            _offset_minutes(here),
        )
        print()
        try:
            say(f"Kept in your diary as {episode.keep(raw, here)}.")
        except DiaryUnusable as problem:
            print(f"uncramp: not kept, because the diary failed: {problem}", file=sys.stderr)
            say("This would have been kept:")
            print(json.dumps(raw, ensure_ascii=False, indent=2))
            return REFUSED
        return KEEP


def _offset_minutes(here: datetime) -> int:
    offset = here.utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def keys_of(there: Position) -> dict[str, str]:
    """What to type for each choice: Enter, `w` and `a` while it cramps, numbers for the rest.

    Where there is one way on, Enter goes it.
    """
    named = {LETTERS[c.id]: c.id for c in there.choices if c.id in LETTERS}
    others = [c.id for c in there.choices if c.id not in LETTERS]
    if len(others) == 1 and not named:
        return {"": others[0]}
    return named | {str(number): choice for number, choice in enumerate(others, 1)}


def clock_of(there: Position, now: float) -> str:
    """How long it has cramped, or how long a pack has lain on, as minutes and seconds."""
    if isinstance(there.step.hold, float):
        return f"{_minutes(now - there.since)} of {_minutes(there.step.hold)}"
    if there.cramped_s > there.bout_s:
        return f"{_minutes(there.bout_s)} ({_minutes(there.cramped_s)} in all)"
    return _minutes(there.bout_s)


def prompt_of(there: Position, now: float) -> str:
    """What to say now: the prompt that is due, or that the time is over."""
    if isinstance(there.step.hold, float) and now - there.since >= there.step.hold:
        return f"{there.step.hold / 60:g} minutes are over."
    return there.prompt


def _minutes(seconds: float) -> str:
    whole = int(max(0.0, seconds))
    return f"{whole // 60}:{whole % 60:02}"
