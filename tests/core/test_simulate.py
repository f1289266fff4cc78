"""The person who is made up: what was asked for is there, and the diary is one that uncramp would take."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uncramp.actions.entries import as_json
from uncramp.actions.entry_form import read_entry
from uncramp.actions.library import knowledge
from uncramp.core.nights import Word, date_in, day_of_entry, night_of_entry, nights
from uncramp.core.simulate import LEAD, Life, Wanted, live
from uncramp.core.simulated_diary import ORIGIN, Holding, Simulated, simulate
from uncramp.diary.versions import newest_of
from uncramp.model import Asked, Entry, EntryKind, FactKind

LAST = date(2026, 11, 21)
EXPOSURES = tuple(knowledge().exposures.values())
TECHNIQUES = knowledge().protocols["bed"].techniques
HOLDING = (Holding("age", 52.0, 0.0), Holding("statin", True, 0.35, 0.7))


def made(seed: int, wanted: Wanted | None = None, offset: int = 60) -> Simulated:
    rng = np.random.default_rng(seed)
    return simulate("me", LAST, EXPOSURES, TECHNIQUES, rng, HOLDING, lambda _wall: offset, wanted)


def life(seed: int, wanted: Wanted) -> Life:
    return live(EXPOSURES, LAST, np.random.default_rng(seed), wanted)


def newest(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    kept = newest_of(entries)
    return tuple(entry for entry in entries if entry.id in kept)


def of_kind(simulated: Simulated, kind: EntryKind) -> tuple[Entry, ...]:
    return tuple(entry for entry in newest(simulated.entries) if entry.kind is kind)


@given(
    seed=st.integers(0, 2**32),
    days=st.integers(1, 30),
    efforts=st.integers(0, 40),
    offset=st.sampled_from([-720, -300, 0, 60, 345, 840]),
)
@settings(max_examples=12, deadline=None)
def test_every_entry_is_one_that_the_diary_takes_and_belongs_to_its_days(
    seed: int, days: int, efforts: int, offset: int
) -> None:
    simulated = made(seed, Wanted(nights=days, efforts=efforts), offset)
    first = LAST - timedelta(days=days - 1)
    for entry in simulated.entries:
        raw = as_json(entry)
        assert read_entry("me", raw.pop("id"), raw) == entry
        day = date_in(entry.body, "from") or day_of_entry(entry)
        assert first <= day <= LAST
        assert entry.origin == ORIGIN
        assert entry.recorded >= (entry.end or entry.start) or entry.kind is EntryKind.CIRCUMSTANCE
    assert len({entry.id for entry in simulated.entries}) == len(simulated.entries)


def test_the_same_seed_gives_the_same_diary_and_another_one_another() -> None:
    assert made(5) == made(5)
    assert made(5).entries != made(6).entries


def test_no_two_cramps_are_at_the_same_time() -> None:
    for seed in range(5):
        cramps = sorted(of_kind(made(seed), EntryKind.EPISODE), key=lambda entry: entry.start)
        at_rest = [entry for entry in cramps if "effort" not in entry.body and entry.body["timed"]]
        for one, next_one in pairwise(at_rest):
            assert next_one.start > (one.end or one.start)


def test_the_written_cramps_at_rest_are_those_of_the_known_nights() -> None:
    for seed in range(5):
        lived = life(seed, Wanted())
        cramps = of_kind(made(seed), EntryKind.EPISODE)
        written = Counter(night_of_entry(entry) for entry in cramps if "effort" not in entry.body)
        true = {day: int(n) for day, n in zip(lived.days, lived.counts * lived.known, strict=True) if n}
        assert written == true


def test_half_a_year_has_60_efforts_and_their_cramps_name_them() -> None:
    simulated = made(27)
    exposures = of_kind(simulated, EntryKind.EXPOSURE)
    efforts = {entry.id for entry in exposures if entry.body["exposure"] == "effort"}
    named = [one.body["effort"] for one in of_kind(simulated, EntryKind.EPISODE) if "effort" in one.body]
    assert len(efforts) == 60
    assert len(named) == simulated.truth.cramps_in_efforts > 0
    assert set(named) <= efforts


def test_of_all_nights_5_to_20_percent_are_unknown_and_more_of_the_quiet_ones() -> None:
    lives = [life(seed, Wanted()) for seed in range(40)]
    known = np.concatenate([lived.known for lived in lives])
    cramped = np.concatenate([lived.counts > 0 for lived in lives])
    assert 0.05 <= 1 - known.mean() <= 0.20
    assert known[cramped].mean() > known[~cramped].mean() + 0.05


def test_a_night_that_nobody_wrote_of_has_no_word() -> None:
    lived, simulated = life(8, Wanted(efforts=0)), made(8, Wanted(efforts=0))
    found = nights(simulated.entries, lived.days[0], LAST)
    assert [night.word is None for night in found] == [not there for there in lived.known]
    assert {night.word for night in found} == {None, *Word}


@pytest.mark.parametrize("per_week", [0.7, 3.0, 6.0])
def test_the_rate_is_the_one_asked_for(per_week: float) -> None:
    """100 people of 180 nights; their counts differ among each other by more than chance."""
    counts = [life(seed, Wanted(per_week=per_week, efforts=0)).counts.sum() * 7 / 180 for seed in range(100)]
    assert np.mean(counts) == pytest.approx(per_week, abs=4 * np.std(counts) / np.sqrt(len(counts)) + 0.02)


def test_one_effort_in_twelve_brings_a_cramp() -> None:
    cramped = [life(seed, Wanted()).truth.cramps_in_efforts / 60 for seed in range(100)]
    assert np.mean(cramped) == pytest.approx(0.085, abs=0.012)


def test_what_is_said_to_matter_does_and_the_other_things_do_not() -> None:
    """Nights after a "yes" have more cramps than those after a "no", as the truth says, in 200 people."""
    matters, other = [], []
    for seed in range(200):
        lived = life(seed, Wanted(real=1, efforts=0))
        [effect] = lived.truth.rest
        for asked in (one for one in EXPOSURES if one.kind is FactKind.YES_NO):
            real = asked.id == effect.exposure
            ratio = _ratio(lived, asked, effect.lag if real else 0)
            if real:
                matters.append(ratio / np.log(effect.rate_ratio))
            else:
                other.append(ratio)
    assert 0.7 < np.mean(matters) < 1.3
    assert abs(np.mean(other)) < 0.05


def _ratio(lived: Life, asked: Asked, lag: int) -> float:
    """The log of the rate on days with it to that on days without; half a cramp is added to each."""
    there = lived.columns[asked.id][: len(lived.counts) - lag] > 0
    counts = lived.counts[lag:]
    rates = [(counts[days].sum() + 0.5) / (days.sum() + 0.5) for days in (there, ~there)]
    return float(np.log(rates[0] / rates[1]))


def test_remedies_lower_and_what_raises_is_named_with_its_lag() -> None:
    for seed in range(60):
        truth = life(seed, Wanted()).truth
        assert len(truth.rest) == 4
        assert {effect.exposure for effect in truth.rest} | set(truth.without_effect) == {
            asked.id for asked in EXPOSURES
        }
        for effect in truth.rest:
            asked = knowledge().exposures[effect.exposure]
            assert 0 <= effect.lag <= LEAD
            assert (effect.rate_ratio < 1) == bool(asked.remedy or asked.id == "drinks")


def test_half_of_the_guided_cramps_let_go_within_1_to_3_minutes() -> None:
    lasted = []
    for seed in range(20):
        for entry in of_kind(made(seed), EntryKind.EPISODE):
            for bout in entry.body["bouts"] if entry.body.get("protocol") else ():
                start, end = (datetime.fromisoformat(bout[name]) for name in ("start", "end"))
                lasted.append((end - start).total_seconds())
                assert bout["techniques"][-1]["end"] == bout["end"]
    assert 60 <= np.median(lasted) <= 180
    assert np.quantile(lasted, 0.95) < 660


def test_without_a_yes_and_without_an_effort_there_is_still_a_diary() -> None:
    nothing = simulate("me", LAST, (), (), np.random.default_rng(1), wanted=Wanted(nights=30, efforts=0))
    assert {entry.kind for entry in nothing.entries} <= {EntryKind.DAY_NOTE, EntryKind.EPISODE}
    assert nothing.truth.rest == ()


def test_the_truth_is_plain_json() -> None:
    truth = made(27).truth.as_json()
    assert truth["rest"][0].keys() == {"exposure", "rate_ratio", "lag", "per"}
    assert truth["release_medians"].keys() == set(TECHNIQUES)
    assert replace(made(27).truth) == made(27).truth
