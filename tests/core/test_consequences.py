"""What may have been done because of the cramps gets no verdict, and is told why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.core.tables import column, rest
from uncramp.core.consequences import follows_cramps
from uncramp.core.finding_words import doubts, line
from uncramp.core.findings import findings
from uncramp.core.risk import RiskTable


def follower(seed: int, after: float, usual: float = 0.1) -> RiskTable:
    """Taken on a day after a cramp with the chance `after`, else `usual`."""
    rng = np.random.default_rng(seed)
    cramps = (rng.random(200) < 0.3).astype(float)
    before = np.concatenate([[0.0], cramps[:-1]])
    return rest(
        cramps, [column("tablet")], (rng.random(200) < np.where(before > 0, after, usual)).astype(float)
    )


def test_what_is_taken_the_day_after_a_cramp_may_be_a_consequence() -> None:
    found = follows_cramps(follower(1, after=0.6), 0, 0.0, 1.0)
    assert found is not None
    assert found.how == "day_after"
    assert found.ratio > 4


def test_hardly_anything_that_has_nothing_to_do_with_cramps_is_taken_for_a_consequence() -> None:
    found = [follows_cramps(follower(seed, after=0.1), 0, 0.0, 1.0) for seed in range(200)]
    assert sum(one is not None for one in found) <= 2


def test_what_lasts_for_some_days_and_brings_cramps_is_not_taken_for_a_consequence() -> None:
    taken = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        spell = np.repeat(rng.random(60) < 0.4, 5)
        cramps = (rng.random(300) < np.where(spell, 0.5, 0.1)).astype(float)
        found = follows_cramps(rest(cramps, [column("heat")], spell.astype(float)), 0, 0.0, 1.0)
        taken += found is not None and found.how == "day_after"
    assert taken <= 2


def test_what_was_written_after_the_first_cramp_of_the_day_may_be_a_consequence() -> None:
    cramps = np.array([1.0, 0.0, 0.0, 0.0] * 10)
    table = rest(cramps, [column("ice")], np.where(cramps > 0, np.nan, 0.0))
    found = follows_cramps(replace(table, whole=np.where(cramps > 0, 1.0, 0.0)[:, None]), 0, 0.0, 1.0)
    assert found is not None
    assert (found.how, found.days) == ("same_day", 10)


def test_what_began_in_a_bad_spell_may_be_a_consequence() -> None:
    cramps = np.zeros(120)
    cramps[::10] = 1
    cramps[46:60] = 1
    table = rest(cramps, [column("magnesium")], (np.arange(120) >= 60).astype(float))
    found = follows_cramps(table, 0, 0.0, 1.0)
    assert found is not None
    assert found.how == "began"
    assert found.ratio > 3


def with_reasons(seed: int, consequence: bool) -> RiskTable:
    """A year in which a cramp has the chance .25 or so; a tablet is taken because of it, or brings it."""
    rng = np.random.default_rng(seed)
    if consequence:
        cramps = rng.poisson(0.45, 365)
        taken = rng.random(365) < np.where(cramps > 0, 0.6, 0.08)
    else:
        taken = rng.random(365) < 0.25
        cramps = rng.poisson(np.where(taken, 1.1, 0.22))
    return rest(cramps.astype(float), [column("tablet")], taken.astype(float))


def test_what_goes_with_cramps_but_not_with_their_number_gets_no_verdict() -> None:
    [one] = findings(with_reasons(1, consequence=True), seed=1, ghosts=False).findings
    assert one.probability > 0.95
    assert (one.verdict, one.why, one.nights_needed) == ("cannot_tell", "may_be_consequence", None)
    assert line(one) == "More cramps went with days with tablet, but nobody can tell which came first."
    assert doubts(one)[0].startswith("It may be a consequence: nights with several cramps")


def test_what_brings_cramps_brings_several_and_keeps_its_verdict() -> None:
    [one] = findings(with_reasons(1, consequence=False), seed=1, ghosts=False).findings
    assert (one.verdict, one.follows_cramps) == ("raises", None)


def test_a_link_too_strong_for_a_cause_and_of_the_day_itself_only_gets_no_verdict() -> None:
    rng = np.random.default_rng(2)
    cramps = (rng.random(180) < 0.12).astype(float)
    taken = rng.random(180) < np.where(cramps > 0, 0.8, 0.04)
    table = rest(cramps, [column("tablet")], taken.astype(float))
    [one] = findings(table, seed=1, ghosts=False).findings
    assert one.raises > 0.95
    assert (one.verdict, one.why) == ("cannot_tell", "may_be_consequence")
    assert one.follows_cramps is not None
    assert (one.follows_cramps.how, one.follows_cramps.days) == ("strong", int(taken.sum()))
    assert "done because of the cramp" in doubts(one)[0]


def test_a_strong_link_of_the_night_after_next_keeps_its_verdict() -> None:
    rng = np.random.default_rng(2)
    taken = rng.random(300) < 0.2
    before = np.concatenate([[False, False], taken[:-2]])
    cramps = (rng.random(300) < np.where(before, 0.7, 0.05)).astype(float)
    [one] = findings(rest(cramps, [column("tablet")], taken.astype(float)), seed=1, ghosts=False).findings
    assert one.rate_ratio is not None
    assert one.rate_ratio.median > 5
    assert (one.verdict, one.follows_cramps) == ("raises", None)
