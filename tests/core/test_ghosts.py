"""Shuffled copies of a person's own columns: alike in all but what they have to do with the cramps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.tables import column, person, rest
from uncramp.core.findings import findings
from uncramp.core.ghosts import BLOCK, MARK, shuffled_rows, with_ghosts


@given(n=st.integers(0, 400), sequential=st.booleans(), seed=st.integers(0, 99))
def test_each_row_is_used_once(n: int, sequential: bool, seed: int) -> None:
    rows = shuffled_rows(n, sequential, np.random.default_rng(seed))
    assert sorted(rows.tolist()) == list(range(n))


@pytest.mark.parametrize("seed", range(20))
def test_hardly_a_row_of_a_year_stays_in_its_place_and_most_keep_their_neighbour(seed: int) -> None:
    rows = shuffled_rows(365, True, np.random.default_rng(seed))
    assert (rows == np.arange(365)).mean() <= 0.1
    assert (np.diff(rows) == 1).mean() >= 1 - 3 / BLOCK


def test_a_ghost_is_as_like_itself_from_day_to_day_as_its_column() -> None:
    rng = np.random.default_rng(1)
    slow = np.zeros(365)
    for n in range(1, 365):
        slow[n] = 0.9 * slow[n - 1] + rng.normal()
    ghost = with_ghosts(rest([0.0] * 365, [column("slow", "number")], slow), rng).values[:, 1]
    alike = [float(np.corrcoef(values[1:], values[:-1])[0, 1]) for values in (slow, ghost)]
    assert alike[1] == pytest.approx(alike[0], abs=0.08)
    assert abs(np.corrcoef(slow, ghost)[0, 1]) < 0.5


def test_gaps_move_along_and_columns_stay_together() -> None:
    table = person(1, nights=120)
    both = with_ghosts(table, np.random.default_rng(2))
    ghosts = both.values[:, 6:]
    assert [one.id for one in both.columns[6:]] == [MARK + one.id for one in table.columns]
    assert np.array_equal(np.sort(table.values, axis=0), np.sort(ghosts, axis=0), equal_nan=True)
    rows = {tuple(np.nan_to_num(row, nan=-1)) for row in table.values}
    assert {tuple(np.nan_to_num(row, nan=-1)) for row in ghosts} == rows


def test_a_ghost_of_what_matters_ranks_as_noise_beside_it() -> None:
    first = findings(person(1), seed=1).findings[0]
    assert first.ghosts is not None
    assert (first.trigger, first.ghosts.as_strong) == ("c0", 0.0)
    assert first.ghosts.own < 0.5 < 0.95 < first.probability


def test_findings_are_the_same_with_and_without_ghosts() -> None:
    table = person(3, nights=90, columns=3)
    plain = {one.trigger: one.probability for one in findings(table, seed=1, ghosts=False).findings}
    assert {one.trigger: one.probability for one in findings(table, seed=1).findings} == plain


@pytest.mark.slow
def test_over_many_people_a_ghost_gets_a_verdict_hardly_ever() -> None:
    fooled = count = 0
    for seed in range(2_100_000, 2_100_040):
        fakes = findings(person(seed), seed=1).fakes
        assert fakes is not None
        fooled, count = fooled + fakes.called, count + fakes.count
    assert fooled <= 0.02 * count
