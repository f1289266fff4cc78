from __future__ import annotations

import pytest

from tests.readability import grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [("cramp", 1), ("muscle", 2), ("gentle", 2), ("hold", 1), ("stretched", 1), ("potassium", 4), ("leg", 1),
     ("table", 2), ("knee", 1), ("wanted", 2), ("horses", 2)],
)  # fmt: skip
def test_syllables_are_counted_as_one_would_by_hand(word: str, count: int) -> None:
    assert abs(syllables(word) - count) <= (1 if word in ("potassium", "horses") else 0)


def test_a_childs_sentence_is_easy_and_a_lawyers_is_not() -> None:
    assert grade("Sit on the floor. Hold your leg. Let it go.") < 2
    legal = (
        "Notwithstanding the aforementioned considerations, individuals experiencing involuntary "
        "neuromuscular contractions necessitate comprehensive pharmacological evaluation."
    )
    assert grade(legal) > 20
