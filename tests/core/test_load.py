"""Means over days that know which days nobody wrote of."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.core.load import Mean, faded_means

WEEK = Mean(7)
unknown = math.nan


def means(days: list[float], mean: Mean = WEEK) -> list[float]:
    whole = np.array(days, dtype=np.float64)
    return [float(value) for value in faded_means(whole, whole, mean)[0]]


def test_the_newest_day_weighs_a_quarter_in_a_mean_over_seven_days() -> None:
    assert WEEK.share == 0.25
    assert means([100.0] * 90 + [0.0])[-1] == pytest.approx(75)


def test_a_load_that_stays_the_same_is_its_own_mean_from_the_day_on_that_half_the_weight_is_known() -> None:
    found = means([60.0] * 5)
    assert [math.isnan(mean) for mean in found] == [True, True, False, False, False]
    assert found[2:] == pytest.approx([60, 60, 60])


def test_four_weeks_need_ten_days() -> None:
    assert math.isnan(means([1.0] * 9, Mean(28))[-1])
    assert means([1.0] * 10, Mean(28))[-1] == pytest.approx(1)


def test_an_unknown_day_is_no_day_without_load() -> None:
    assert means([60.0] * 90 + [unknown])[-1] == pytest.approx(60)
    assert means([60.0] * 90 + [0.0])[-1] == pytest.approx(45)


def test_after_too_many_unknown_days_nothing_is_known() -> None:
    found = means([60.0] * 40 + [unknown] * 4)
    assert found[-3] == pytest.approx(60)
    assert math.isnan(found[-1])


def test_today_counts_with_the_part_before_the_cramp_and_tomorrow_with_all_of_it() -> None:
    whole, before = np.array([60.0] * 90 + [200.0]), np.array([60.0] * 90 + [20.0])
    after_it, until_it = faded_means(whole, before, WEEK)
    assert until_it[-1] == pytest.approx(0.75 * 60 + 0.25 * 20)
    assert after_it[-1] == pytest.approx(0.75 * 60 + 0.25 * 200)


def test_the_days_of_reach_have_all_but_a_hundredth_of_the_weight() -> None:
    assert (1 - WEEK.share) ** WEEK.reach <= 0.01 < (1 - WEEK.share) ** (WEEK.reach - 1)


@given(st.lists(st.one_of(st.just(unknown), st.floats(0, 1000)), min_size=1, max_size=40))
def test_a_mean_lies_between_the_smallest_and_the_largest_load(days: list[float]) -> None:
    known = [day for day in days if not math.isnan(day)]
    for mean in means(days):
        assert math.isnan(mean) or min(known) - 1e-9 <= mean <= max(known) + 1e-9
