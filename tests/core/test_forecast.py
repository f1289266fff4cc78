"""Tonight and the nights after it, one night ahead, from what was known before."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest

from tests.core.tables import column, person, rest
from uncramp.core.forecast import any_cramp, forecasts, rows_of, tonight
from uncramp.core.foretold import Tonight
from uncramp.core.risk import RiskTable


@pytest.fixture(scope="module")
def table() -> RiskTable:
    """Eight times the cramps on days with c0."""
    return person(1, nights=300, ratio=8.0, columns=3, rate=0.5)


@pytest.fixture(scope="module")
def told(table: RiskTable) -> Tonight:
    found = tonight(table, seed=1)
    assert found is not None
    return found


def test_the_chance_of_any_cramp_is_that_of_the_counts() -> None:
    found = any_cramp(np.log(np.array([[0.5], [0.5]])), np.array([np.inf, 2.0]))
    assert found[:, 0] == pytest.approx([1 - math.exp(-0.5), 1 - (2 / 2.5) ** 2])


def test_tonight_is_the_row_after_the_last_one_and_six_more_follow(told: Tonight) -> None:
    assert told.tonight.date == "2025-12-28"
    assert [one.date for one in told.next_nights][-1] == "2026-01-03"
    assert len(told.next_nights) == 6
    json.dumps(asdict(told), allow_nan=False)


def test_tonight_is_the_last_row_where_its_cramps_are_not_known(table: RiskTable) -> None:
    open_one = replace(table, cramps=np.append(table.cramps[:-1], np.nan))
    chances = []
    for value in (0.0, 1.0):
        values = table.values.copy()
        values[-1, 0] = value
        found = tonight(replace(open_one, values=values), seed=1)
        assert found is not None
        assert found.tonight.date == table.dates[-1].isoformat()
        chances.append(found.tonight.probability)
    assert chances[1] > chances[0] + 0.15


def test_a_model_that_does_better_than_the_average_is_shown_with_its_skill(told: Tonight) -> None:
    assert told.tonight.shown
    assert told.tonight.why == ""
    assert told.skill is not None
    assert told.skill.low > 0
    assert told.tonight.low <= told.tonight.probability <= told.tonight.high


def test_what_if_goes_up_with_what_goes_with_cramps(told: Tonight) -> None:
    [first, *_] = told.what_if
    assert (first.trigger, first.nights_later, len(first.steps)) == ("c0", 0, 2)
    assert first.steps[1].probability > first.steps[0].probability + 0.15


def test_nothing_is_shown_where_nothing_goes_with_the_cramps() -> None:
    found = tonight(person(5, nights=200, ratio=1.0, columns=3), seed=1)
    assert found is not None
    assert not found.tonight.shown
    assert "average" in found.tonight.why
    assert found.what_if == ()


def test_a_short_diary_tells_about_its_own_average_and_does_not_show_it() -> None:
    found = tonight(rest([0.0, 1.0, 0.0, 0.0, 0.0], [column("a")], [0.0, 1.0, 0.0, 1.0, 0.0]), seed=1)
    assert found is not None
    now = found.tonight
    assert now.base_rate == pytest.approx(1.5 / 6)
    assert now.probability == pytest.approx(1.5 / 6, abs=0.1)
    assert (now.shown, now.why.startswith("There are too few nights")) == (False, True)


def test_a_bad_week_in_a_short_diary_raises_the_chance_tonight() -> None:
    found = tonight(rest([0.0] * 21 + [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]), seed=1)
    assert found is not None
    chances = [found.tonight.probability, *(one.probability for one in found.next_nights)]
    assert chances[0] > 0.6 > found.tonight.base_rate + 0.3
    assert chances == sorted(chances, reverse=True)
    assert found.tonight.low < chances[0] < found.tonight.high


def test_a_diary_that_says_only_yes_or_no_is_not_told_of_half_its_cramps() -> None:
    rng = np.random.default_rng(4)
    on = (rng.random(300) < 0.5).astype(float)
    cramps = (rng.random(300) < np.where(on > 0, 0.95, 0.6)).astype(float)
    found = forecasts(rest(cramps, [column("a")], on), 40, seed=1)
    for value, chance in ((1.0, 0.95), (0.0, 0.6)):
        told = [one.probability for one, now in zip(found, on[-40:], strict=True) if now == value]
        assert np.mean(told) == pytest.approx(chance, abs=0.1)


def test_an_empty_diary_gives_none() -> None:
    assert tonight(rest([])) is None


def test_the_last_nights_are_foretold_from_the_ones_before_each(table: RiskTable) -> None:
    found = forecasts(table, 20, seed=1)
    assert [one.date for one in found] == [day.isoformat() for day in table.dates[-20:]]
    with_it, without = (
        np.mean(
            [one.probability for one, value in zip(found, table.values[-20:, 0], strict=True) if value == on]
        )
        for on in (1.0, 0.0)
    )
    assert with_it > without + 0.15


def test_what_happens_later_changes_no_earlier_forecast(table: RiskTable) -> None:
    changed = replace(table, cramps=table.cramps.copy(), values=table.values.copy())
    changed.cramps[-5:] = 3.0
    changed.values[-4:] = 1.0
    before, after = (forecasts(one, 20, seed=1) for one in (table, changed))
    assert [one.probability for one in before[:15]] == pytest.approx([one.probability for one in after[:15]])
    assert before[17].probability != after[17].probability


def test_rows_of_a_table_keep_all_of_their_parts(table: RiskTable) -> None:
    part = rows_of(replace(table, whole=table.values), slice(0, 7))
    assert part.whole is not None
    assert (len(part.dates), len(part.cramps), part.values.shape, part.whole.shape) == (7, 7, (7, 3), (7, 3))


@pytest.mark.parametrize(
    "cramps", [[0.0] * 80, [1.0] * 80, [1.0] + [0.0] * 79, [math.nan] * 80, [0.0, math.nan] * 40]
)
def test_odd_diaries_give_a_number_between_0_and_1(cramps: list[float]) -> None:
    found = tonight(rest(cramps, [column("a")], [0.0, 1.0] * 40), seed=1)
    assert found is not None
    assert 0 < found.tonight.probability < 1
    json.dumps(asdict(found), allow_nan=False)
