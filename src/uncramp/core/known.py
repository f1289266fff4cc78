"""What is known of a person, put into the rules beforehand, so that only tonight's answers are left to give.

Partial evaluation (Jones, Gomard and Sestoft 1993, Partial Evaluation and Automatic Program Generation): a
part that known facts settle becomes a constant and vanishes, whatever else may be answered later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from uncramp.core.facts import STAGE_FACT, Stated
from uncramp.model import ALWAYS, AllOf, Answer, Answers, AnyOf, FactKind, Rule, Vocabulary

NEVER = AnyOf(())


class Known:
    """Answers given before, and every rule with them put in.

    What was answered of the facts in `tonight` is not put in, for it may be another tonight; nor is a no to
    one of `places`, which a walk may state. Both are in `later`, and hold until something newer is said.
    """

    def __init__(
        self,
        answers: Answers,
        vocabulary: Vocabulary,
        tonight: Collection[str] = (),
        places: Collection[str] = (),
    ) -> None:
        agreed = Stated(answers, vocabulary).answers
        self.vocabulary = vocabulary
        self.tonight = tonight
        self.later: dict[str, Answer] = {
            fact: answer
            for fact, answer in answers.items()
            if fact in tonight or (fact in places and agreed[fact] is False)
        }
        before = {fact: answer for fact, answer in answers.items() if fact not in self.later}
        self._stated = Stated(before, vocabulary)
        # Each rule is worked out once: there are some 400, and many ask for the same signs.
        self._whole: dict[Rule, Rule] = {}
        self._denied: dict[Rule, Rule] = {}

    @property
    def true(self) -> tuple[str, ...]:
        """The yes/no facts that are put in as true."""
        return tuple(fact for fact, answer in self._stated.answers.items() if answer is True)

    def left(self) -> tuple[str, ...]:
        """The facts that can still be answered, in the order of the vocabulary."""
        return tuple(fact for fact in self.vocabulary.facts if not self._is_known(fact))

    def _is_known(self, fact: str) -> bool:
        return fact in self._stated.answers or self._is_moot(fact)

    def _is_moot(self, fact_id: str) -> bool:
        """A number that cannot apply, because what it hangs on is denied."""
        fact = self.vocabulary.facts[fact_id]
        asked = fact.kind is FactKind.NUMBER and fact.only_if and fact_id not in self.tonight
        return bool(asked) and self.put_in(fact.only_if) == NEVER

    def put_in(self, rule: Rule) -> Rule:
        """`rule` with all that is known in it: `ALWAYS`, `NEVER`, or what is left of it.

        Any answers of tonight make the rest true, false or unknown exactly as they make the whole, and leave
        the same facts open. A sign that is not settled keeps its name.
        """
        if rule not in self._whole:
            if isinstance(rule, str):
                self._whole[rule] = self._put_in_name(rule)
            else:
                self._whole[rule] = _joined(rule, map(self.put_in, rule.parts))
        return self._whole[rule]

    def _put_in_name(self, name: str) -> Rule:
        if sign := self.vocabulary.signs.get(name):
            whole = self.put_in(sign.rule)
            return whole if whole in (ALWAYS, NEVER) else name
        value = self._value(name)
        return name if value is None else ALWAYS if value else NEVER

    def _value(self, name: str) -> bool | None:
        if name.startswith("stage:"):
            stage = self._stage()
            return None if stage is None else name == f"stage:{stage}"
        fact = self._fact_of(name)
        if fact in self._stated.answers:
            return self._stated.truth(name)
        return False if self._is_moot(fact) else None

    def _stage(self) -> str | None:
        """The stage where it is settled; a true answer of tonight could change what only denials decide."""
        if self.put_in("suspected_strain") == ALWAYS:
            return self._stated.stage
        settled = all(self.put_in(name) in (ALWAYS, NEVER) for name in ("suspected_strain", "recovering"))
        return self._stated.stage if settled else None

    def put_in_openly(self, rule: Rule) -> Rule:
        """The same, but alternatives that are still open stay beside one that is true.

        For rules where an open alternative counts too, see `Stated.partly_open`.
        """
        if not isinstance(rule, AnyOf) or self.put_in(rule) != ALWAYS:
            return self.put_in(rule)
        still_open = [p for p in map(self.put_in, rule.parts) if p not in (ALWAYS, NEVER)]
        return AnyOf((ALWAYS, *still_open)) if still_open else ALWAYS

    def settles(self, rule: Rule) -> bool:
        """Whether it is what is known that makes `rule` true."""
        return rule != ALWAYS and self.put_in(rule) == ALWAYS

    def leans_on_it(self, rule: Rule) -> bool:
        """Whether `rule` could not hold but for something that is known to be true.

        What is said of such a rule may name it; what is said of any other stands there too for somebody who
        has denied all of it.
        """
        return self.put_in(rule) != NEVER and self._without(rule) == NEVER

    def _without(self, rule: Rule) -> Rule:
        if rule not in self._denied:
            self._denied[rule] = self._deny(rule)
        return self._denied[rule]

    def _deny(self, rule: Rule) -> Rule:
        if self.settles(rule) or self.put_in(rule) == NEVER:
            return NEVER
        if not isinstance(rule, str):
            return _joined(rule, map(self._without, rule.parts))
        sign = self.vocabulary.signs.get(rule)
        gone = self._without(sign.rule) == NEVER if sign else self._hangs_on_it(rule)
        return NEVER if gone else rule

    def _hangs_on_it(self, name: str) -> bool:
        parent = self.vocabulary.facts[self._fact_of(name)].only_if
        return bool(parent) and self._without(parent) == NEVER

    def _fact_of(self, name: str) -> str:
        if name.startswith("stage:"):
            return STAGE_FACT
        threshold = self.vocabulary.thresholds.get(name)
        return threshold.fact if threshold else name.partition(":")[0]


def _joined(whole: AnyOf | AllOf, parts: Iterable[Rule]) -> Rule:
    """`whole` made of new `parts`, without those that decide nothing.

    One compound part keeps its wrapper: `Stated.partly_open` looks at the outermost alternatives only.
    """
    decides, idle = (ALWAYS, NEVER) if isinstance(whole, AnyOf) else (NEVER, ALWAYS)
    left = tuple(part for part in parts if part != idle)
    if decides in left:
        return decides
    if not left:
        return idle
    return left[0] if len(left) == 1 and isinstance(left[0], str) else type(whole)(left)
