"""When a goal of the bench counts as met."""

from __future__ import annotations

import math

import numpy as np
import pytest
from trigger_table import Line, Settings, over_people


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.56, 0.60, "met"), (0.54, 0.60, "open"), (0.50, 0.54, "missed")]
)
def test_the_whole_interval_must_keep_the_goal(low: float, high: float, verdict: str) -> None:
    assert Line("precision", 540, (low + high) / 2, low, high, least=0.55).verdict() == verdict


def test_a_figure_without_an_interval_is_judged_by_itself() -> None:
    assert Line("milliseconds", 7, 149.0, most=150).verdict() == "met"
    assert Line("milliseconds", 7, 151.0, most=150).verdict() == "missed"


def test_a_goal_that_perfect_answers_would_miss_by_chance_stays_open() -> None:
    assert Line("calibration error", 30, 0.013, most=0.012, chance=0.02).verdict() == "open"
    assert Line("calibration error", 30, 0.030, most=0.012, chance=0.02).verdict() == "missed"


def test_what_could_not_be_measured_is_never_met() -> None:
    assert Line("NUTS", 0, math.nan, least=0.0).verdict() == "no figure"
    assert Line("Cox", 10, 0.4).verdict() == ""


def test_people_are_drawn_within_their_own_cell() -> None:
    cells = np.array([1.0] * 10 + [2.0] * 10)
    told = over_people(cells, lambda at: float((cells[at] == 1).mean()), seed=1, times=50)
    assert told == (0.5, 0.5, 0.5)


def test_sections_shrink_with_the_grid() -> None:
    assert Settings(90, 0, 1).scaled(300) == 300
    assert Settings(9, 0, 1).scaled(300) == 30
