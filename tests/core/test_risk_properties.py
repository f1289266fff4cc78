"""What holds of risk tables whatever somebody wrote."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.diary import KNOWLEDGE, columns, cramp, did, entry, holds, quiet, ran, said
from uncramp.core.nights import is_deleted
from uncramp.core.risk import RiskTable
from uncramp.core.risk_columns import LOOKS_BACK, candidates
from uncramp.core.risk_days import row_of, written
from uncramp.core.risk_effort import effort_table
from uncramp.core.risk_rest import rest, rest_table, updated
from uncramp.core.simulate import Wanted
from uncramp.core.simulated_diary import Simulated, simulate
from uncramp.model import Entry, EntryKind

COLUMNS, OF_EFFORT = columns(), columns("effort")
NAMES = ["alcohol", "hot_day", "hard_exercise", "own.ice", "own.coffee", "bedtime_stretch"]


@st.composite
def some_entry(draw: st.DrawFn) -> Entry:
    day = date(2026, 10, 15) + timedelta(days=draw(st.integers(0, 25)))
    hour = f"{draw(st.integers(0, 23)):02}:{draw(st.sampled_from([0, 20, 40])):02}"
    at = f"{day}T{hour}"
    zone = draw(st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"]))
    name = draw(st.sampled_from(NAMES))
    number = draw(st.sampled_from([0.0, 1.0, 2.5]))
    value = number if name in ("alcohol", "own.coffee") else number > 0
    match draw(st.sampled_from(["cramp", "quiet", "did", "did", "said", "said", "ran", "holds"])):
        case "cramp":
            return cramp(at, draw(st.sampled_from([True, False, None])), zone, timed=draw(st.booleans()))
        case "quiet":
            return quiet(day.isoformat(), draw(st.sampled_from(["quiet", "cramp"])))
        case "did":
            return did(name, at, value, zone)
        case "said":
            return said(name, day.isoformat(), value)
        case "ran":
            return ran(at, draw(st.sampled_from([20.0, 60.0])), session_rpe=draw(st.sampled_from([3.0, 8.0])))
    return holds("statin", day.isoformat(), None)


entries_of = st.lists(some_entry(), min_size=1, max_size=25, unique_by=lambda one: one.id)


def same(one: RiskTable, other: RiskTable) -> bool:
    arrays = [(one.values, other.values), (one.later, other.later), (one.cramps, other.cramps)]
    if one.minutes is not None and other.minutes is not None:
        arrays.append((one.minutes, other.minutes))
    return all(np.array_equal(a, b, equal_nan=True) for a, b in arrays)


def moved(one: Entry, days: int) -> Entry:
    """The same so many days later."""
    by = timedelta(days=days)
    body = copy.deepcopy(dict(one.body))
    for name in ("day", "night", "from", "to"):
        if body.get(name):
            body[name] = (date.fromisoformat(body[name]) + by).isoformat()
    end = one.end and one.end + by
    return replace(one, start=one.start + by, end=end, recorded=one.recorded + by, body=body)


@settings(max_examples=50, deadline=None)
@given(entries_of, st.integers(-9000, 9000))
def test_shifting_all_dates_shifts_the_tables(entries: list[Entry], days: int) -> None:
    later = [moved(one, days) for one in entries]
    for make, of in ((rest_table, COLUMNS), (effort_table, OF_EFFORT)):
        before, after = make(written(entries), of), make(written(later), of)
        assert after.dates == tuple(day + timedelta(days=days) for day in before.dates)
        assert same(before, after)
        assert dict(before.came_from) == dict(after.came_from)


@settings(max_examples=50, deadline=None)
@given(entries_of, st.randoms(use_true_random=False))
def test_the_order_in_which_entries_come_changes_nothing(entries: list[Entry], random: object) -> None:
    other = list(entries)
    random.shuffle(other)  # type: ignore[attr-defined]
    for make, of in ((rest_table, COLUMNS), (effort_table, OF_EFFORT)):
        one, two = make(written(entries), of), make(written(other), of)
        assert one.dates == two.dates
        assert same(one, two)
        assert dict(one.came_from) == dict(two.came_from)


@settings(max_examples=50, deadline=None)
@given(entries_of, some_entry())
def test_one_more_entry_changes_its_own_row_alone_but_for_means_over_days(
    entries: list[Entry], more: Entry
) -> None:
    """Means over days carry it on: they are what builds up."""
    if more.kind is EntryKind.CIRCUMSTANCE:
        return
    before, after = rest_table(written(entries), COLUMNS), rest_table(written([*entries, more]), COLUMNS)
    own = date.fromordinal(row_of(more, 4) or 0)
    still = [k for k, one in enumerate(COLUMNS) if one.recipe.summary not in (LOOKS_BACK, "holds")]
    means = [k for k, one in enumerate(COLUMNS) if one.recipe.summary == LOOKS_BACK]
    for n, day in enumerate(before.dates):
        there = after.dates.index(day)
        if day != own:
            assert np.array_equal(before.values[n, still], after.values[there, still], equal_nan=True)
            assert np.array_equal(before.later[n, still], after.later[there, still], equal_nan=True)
            assert np.array_equal(before.cramps[n], after.cramps[there], equal_nan=True)
        if day < own:
            assert np.array_equal(before.later[n, means], after.later[there, means], equal_nan=True)


@st.composite
def changes(draw: st.DrawFn) -> Entry | tuple[int, bool, Entry]:
    """A new entry, or a version that replaces or takes away the one of that number."""
    if draw(st.booleans()):
        return draw(some_entry())
    return draw(st.integers(0, 60)), draw(st.booleans()), draw(some_entry())


@settings(max_examples=40, deadline=None)
@given(entries_of, st.lists(changes(), max_size=8))
def test_entry_after_entry_gives_the_same_table_as_all_of_them_at_once(
    entries: list[Entry], then: Sequence[Entry | tuple[int, bool, Entry]]
) -> None:
    kept, state = list(entries), rest(written(entries), COLUMNS)
    for change in then:
        kept.append(_as_entry(change, kept))
        state = updated(state, kept[-1])
        whole = rest_table(written(kept), COLUMNS)
        assert state.table.dates == whole.dates
        assert same(state.table, whole)
        assert dict(state.table.came_from) == dict(whole.came_from)


def _as_entry(change: Entry | tuple[int, bool, Entry], kept: Sequence[Entry]) -> Entry:
    if isinstance(change, Entry):
        return change
    number, gone, other = change
    old = kept[number % len(kept)]
    if gone or is_deleted(old):
        return entry(old.kind, "2026-11-20T12:00", replaces=old.id, deleted=True)
    return (
        replace(other, replaces=old.id)
        if other.kind is old.kind
        else replace(old, id=other.id, replaces=old.id)
    )


# ---- from a life that is known -------------------------------------------------------------------


def life(seed: int, **wanted: object) -> Simulated:
    return simulate(
        person="p",
        last=date(2026, 11, 21),
        exposures=tuple(KNOWLEDGE.exposures.values()),
        techniques=KNOWLEDGE.protocols["bed"].techniques,
        rng=np.random.default_rng(seed),
        wanted=Wanted(nights=120, **wanted),  # type: ignore[arg-type]
    )


ALL_WRITTEN = {"unwritten_quiet": 0.0, "unwritten_cramp": 0.0, "away": 0.0, "unwritten_items": (0.0, 0.0)}


@pytest.mark.parametrize("seed", range(3))
def test_the_table_of_a_simulated_diary_is_what_was_simulated(seed: int) -> None:
    made = life(seed, **ALL_WRITTEN, hours=True)
    found = rest_table(written(made.entries), candidates("rest", (*KNOWLEDGE.triggers, *KNOWLEDGE.remedies)))
    assert len(found.dates) == 120
    assert np.nansum(found.cramps) == made.truth.cramps
    assert not np.isnan(found.cramps).any()
    lived = _lived(made)
    for k, column in enumerate(found.columns):
        recipe = candidates("rest", (*KNOWLEDGE.triggers, *KNOWLEDGE.remedies))[k].recipe
        if recipe.exposure in lived:
            assert found.values[:, k].tolist() == lived[recipe.exposure], column.id
            assert found.later[:, k].tolist() == lived[recipe.exposure], column.id


def _lived(made: Simulated) -> dict[str, list[float]]:
    """Every exposure as the entries of the simulator have it, day after day."""
    found: dict[str, list[float]] = {}
    for one in sorted(made.entries, key=lambda one: one.start):
        if one.kind is EntryKind.EXPOSURE and one.body["exposure"] != "effort":
            found.setdefault(one.body["exposure"], []).append(float(one.body["value"]))
    return found


def test_without_hours_a_day_with_a_daytime_cramp_is_all_that_is_unknown_of_it() -> None:
    made = life(1, **ALL_WRITTEN)
    found = rest_table(written(made.entries), candidates("rest", (*KNOWLEDGE.triggers, *KNOWLEDGE.remedies)))
    k = [column.id for column in found.columns].index("alcohol")
    lost = np.isnan(found.values[:, k])
    assert not np.isnan(found.later[:, k]).any()
    assert 0 < lost.sum() <= (found.cramps > 0).sum()
    assert (found.cramps[lost] > 0).all()


def test_every_simulated_bout_is_in_the_effort_table_with_its_cramps() -> None:
    made = life(2, efforts=100, per_effort=0.3)
    found = effort_table(written(made.entries), OF_EFFORT)
    assert found.cramps.sum() == made.truth.cramps_in_efforts > 5
    assert len(found.dates) == 100 + int((found.values[:, _named("earlier_cramp")] == 1).sum())
    simulated = [
        one.body["effort"]["minutes"] for one in made.entries if one.body.get("exposure") == "effort"
    ]
    assert found.minutes is not None
    assert found.minutes.sum() == pytest.approx(sum(simulated))


def _named(name: str) -> int:
    return [one.column.id for one in OF_EFFORT].index(name)
