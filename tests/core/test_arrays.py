"""A risk table as the arrays that the search reads."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.core.tables import column, rest
from uncramp.core.arrays import as_data, held_back


def test_a_night_has_its_weekday_its_day_of_the_year_and_no_offset() -> None:
    data = as_data(rest([0.0, 1.0], [column("a")], [1.0, math.nan]))
    # 3 March 2025 was a Monday, the 62nd day of the year.
    assert (data.weekday.tolist(), data.yearday.tolist(), data.offset.tolist()) == ([0, 1], [62, 63], [0, 0])
    assert data.sequential
    assert data.lags.tolist() == [[True] * 4]


def test_a_bout_has_the_log_of_its_hours_and_neither_lags_nor_weekday() -> None:
    table = rest([0.0, 1.0, 0.0], [replace(column("a"), summed=(7,))], [1.0, 0.0, 1.0])
    minutes = np.array([60.0, math.nan, 120.0])
    data = as_data(replace(table, outcome="effort", minutes=minutes, dates=(date(2025, 1, 1),) * 3))
    assert data.offset[[0, 2]] == pytest.approx([0, math.log(2)])
    assert math.isnan(data.offset[1])
    assert (data.weekday.tolist(), data.sequential, data.summed.tolist()) == ([-1] * 3, False, [0])
    assert data.lags.tolist() == [[True, False, False, False]]


def test_a_load_is_also_looked_at_over_its_longest_window() -> None:
    assert as_data(rest([0.0], [replace(column("a"), summed=(7, 28))], [1.0])).summed.tolist() == [28]


def test_a_slip_of_the_pen_stays_the_largest_but_no_more() -> None:
    values = np.array([[*range(20), 1e6], [1.0] * 21, [math.nan] * 21]).T
    held = held_back(values)
    assert np.array_equal(held[:20], values[:20], equal_nan=True)
    # From 2 to 18: at most ten times 16 beyond 18.
    assert held[20, 0] == pytest.approx(178)


def test_what_came_after_a_cramp_is_seen_by_the_nights_after_it_alone() -> None:
    table = rest([1.0, 0.0], [column("a")], [0.0, 0.0])
    assert as_data(table).later is None
    later = as_data(replace(table, whole=np.array([[1.0], [0.0]]))).later
    assert later is not None
    assert later.tolist() == [[1], [0]]


def test_an_empty_table_gives_empty_arrays() -> None:
    data = as_data(rest([]))
    assert (data.values.shape, data.lags.shape) == ((0, 0), (0, 4))
