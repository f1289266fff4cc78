"""How large an effect a diary could have shown, and what more nights would show."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.core.evidence_needed import (
    FARTHEST,
    Seen,
    as_found,
    bound,
    direction_chance,
    likely_size,
    nights_needed,
    smallest_detectable,
    verdict_chance,
)

EMPTY = Seen(0.0, 0.25, 0.12, 0.0, 0.9)


def test_an_estimate_of_no_weight_leaves_the_prior() -> None:
    both = [direction_chance(EMPTY, 0.0, 50.0, sign) for sign in (1.0, -1.0)]
    assert both == pytest.approx([0.06, 0.06], abs=0.001)


def test_a_prior_that_leans_up_leans_up() -> None:
    leaning = Seen(0.0, 0.25, 0.2, 0.5, 0.4)
    assert direction_chance(leaning, 0.0, 50.0, 1.0) > 5 * direction_chance(leaning, 0.0, 50.0, -1.0)


def test_a_prior_that_knows_the_size_alone_leans_nowhere_until_the_diary_does() -> None:
    sized = Seen(0.0, 0.25, 0.12, 0.7, 0.55, either=True)
    up, down = (direction_chance(sized, 0.0, 0.25, sign) for sign in (1.0, -1.0))
    assert up == pytest.approx(down)
    assert direction_chance(sized, 0.6, 0.25, 1.0) > 20 * direction_chance(sized, 0.6, 0.25, -1.0)
    assert likely_size(as_found(sized, 0.01, 0.6)) < 0 < likely_size(as_found(sized, 0.6, 0.01))


@given(
    estimate=st.floats(-3, 3),
    error=st.floats(0.05, 3),
    inclusion=st.floats(0.01, 0.6),
    mean=st.floats(-1, 1),
    sd=st.floats(0.1, 2),
    shared=st.floats(0.2, 1),
    either=st.booleans(),
)
def test_the_two_directions_never_make_more_than_all(
    estimate: float, error: float, inclusion: float, mean: float, sd: float, shared: float, either: bool
) -> None:
    seen = Seen(estimate, error, inclusion, mean, sd, shared, either)
    up, down = (direction_chance(seen, estimate, error, sign) for sign in (1.0, -1.0))
    assert 0 <= up <= 1
    assert 0 <= down <= 1
    assert up + down <= 1 + 1e-9
    size = smallest_detectable(seen)
    assert size is None or 1.24 < size <= math.exp(FARTHEST)
    assert math.exp(abs(likely_size(seen))) > 1.24


def test_at_the_bound_the_probability_is_95_percent() -> None:
    least = bound(EMPTY, 0.25, 1.0)
    assert least is not None
    assert direction_chance(EMPTY, least, 0.25, 1.0) == pytest.approx(0.95, abs=1e-6)


def test_an_effect_of_the_smallest_detectable_size_passes_the_bound_in_80_of_100_diaries() -> None:
    least, size = bound(EMPTY, 0.25, 1.0), smallest_detectable(EMPTY)
    assert least is not None
    assert size is not None
    # The 80 % point of the unit normal is 0.8416.
    assert math.log(size) == pytest.approx(least + 0.8416 * 0.25, abs=1e-3)


def test_the_estimate_is_the_one_that_gives_what_was_found() -> None:
    seen = as_found(EMPTY, 0.1, 0.7)
    assert seen.estimate < 0
    assert direction_chance(seen, seen.estimate, seen.error, -1.0) == pytest.approx(0.7, abs=1e-6)


def test_more_nights_of_a_true_effect_make_a_verdict_likelier() -> None:
    seen = as_found(EMPTY, 0.4, 0.01)
    chances = [verdict_chance(seen, math.log(3), 200, more) for more in (0, 30, 90, 365, 1000)]
    assert chances == sorted(chances)
    assert chances[0] == 0 < chances[1] < 0.99 < chances[-1]


def test_nights_needed_are_the_fewest_with_80_percent_to_the_next_ten() -> None:
    seen = as_found(EMPTY, 0.4, 0.01)
    needed = nights_needed(seen, math.log(3), 200)
    assert needed is not None
    assert needed % 10 == 0
    assert verdict_chance(seen, math.log(3), 200, needed) >= 0.8
    assert verdict_chance(seen, math.log(3), 200, needed - 10) < 0.8
    assert nights_needed(Seen(0.0, 2.0, 0.05, 0.0, 0.5), math.log(1.3), 200) is None
