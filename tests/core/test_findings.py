"""What a diary says of each trigger: verdicts by their rule, and what else could lie behind them."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest

from tests.core.tables import column, person, rest
from uncramp.core.finding import Finding, Findings
from uncramp.core.finding_words import doubts, fakes, heading, line, percent
from uncramp.core.findings import findings
from uncramp.core.other_readings import confused_with, correlations, switched, unknown_nights
from uncramp.core.risk import Prior
from uncramp.core.verdicts import verdicts


@pytest.fixture(scope="module")
def strong() -> Findings:
    """Four times the cramps on days with c0; six columns, 200 nights."""
    return findings(person(1), seed=1)


def of(found: Findings, trigger: str) -> Finding:
    return next(one for one in found.findings if one.trigger == trigger)


# ---- verdicts --------------------------------------------------------------------------------------


def test_a_direction_is_called_from_95_percent_on() -> None:
    wide = np.full(3, 2.0)
    assert verdicts(np.array([0.95, 0.949, 0.0]), np.array([0.0, 0.05, 0.99]), -wide, wide) == [
        "raises",
        "cannot_tell",
        "lowers",
    ]


def test_no_important_difference_needs_the_interval_of_the_diary_alone_inside_08_to_125() -> None:
    nothing = np.zeros(3)
    low, high = np.log([0.81, 0.79, 0.9]), np.log([1.24, 1.1, 1.26])
    assert verdicts(nothing, nothing, low, high) == ["no_important_difference", "cannot_tell", "cannot_tell"]


def test_what_is_strong_is_found_comes_first_and_holds_the_truth(strong: Findings) -> None:
    first = strong.findings[0]
    assert (first.trigger, first.verdict, first.nights_needed) == ("c0", "raises", 0)
    assert first.rate_ratio is not None
    assert first.rate_ratio.low < 4.0 < first.rate_ratio.high
    assert first.lag["0"] > 0.9
    assert first.raises + first.lowers == pytest.approx(first.probability)
    assert all(one.verdict != "raises" for one in strong.findings[1:])


def test_attributable_cramps_are_those_beyond_days_without_it(strong: Findings) -> None:
    # Rate 0.25 a night; without c0 it is 0.25 / 2.2, so that 30 nights have 30 * 0.25 * 1.2 / 2.2 = 4.1 more.
    found = of(strong, "c0").attributable_per_30
    assert found is not None
    assert found.low < 4.1 < found.high


def test_the_same_seed_gives_the_same_answer(strong: Findings) -> None:
    assert findings(person(1), seed=1) == strong


def test_a_firm_prior_that_it_does_nothing_is_no_proof_of_no_difference() -> None:
    firm = Prior(0.001, 0.0, 0.3)
    table = person(2, nights=60, ratio=1.0, columns=2)
    table = replace(table, columns=tuple(replace(one, prior=firm) for one in table.columns))
    assert {one.verdict for one in findings(table, seed=1, ghosts=False).findings} == {"cannot_tell"}


def test_three_years_of_two_equal_halves_show_that_there_is_no_important_difference() -> None:
    rng = np.random.default_rng(5)
    values = (np.arange(1400) % 2).astype(float)
    table = rest(rng.poisson(1.2, 1400).astype(float), [replace(column("c"), lags=(0,))], values)
    [one] = findings(table, seed=1, ghosts=False).findings
    assert one.verdict == "no_important_difference"
    assert line(one) == "About as many cramps followed days with c as days without c."


# ---- nothing to learn from -------------------------------------------------------------------------


def test_an_empty_diary_cannot_tell_of_anything() -> None:
    found = findings(rest([], [column("a"), column("b", "number")], [], []))
    assert [(one.verdict, one.why) for one in found.findings] == [("cannot_tell", "never_written")] * 2
    assert (found.rows, found.known_rows, found.cramps, found.fakes) == (0, 0, 0, None)


@pytest.mark.parametrize(
    ("cramps", "why"),
    [([0.0] * 30, "no_cramps"), ([math.nan] * 30, "no_rows"), ([0.0, 1.0] * 15, "few")],
)
def test_without_a_cramp_or_a_known_night_nothing_is_told(cramps: list[float], why: str) -> None:
    found = findings(rest(cramps, [column("a")], [0.0, 1.0, 1.0] * 10), ghosts=False)
    assert found.findings[0].why == why
    assert found.findings[0].verdict == "cannot_tell"


def test_a_column_that_did_not_change_or_was_never_written_says_so() -> None:
    cramps = [0.0, 1.0, 0.0, 2.0] * 10
    table = rest(cramps, [column("same"), column("blank")], [1.0] * 40, [math.nan] * 40)
    found = findings(table)
    assert [line(one) for one in found.findings] == [
        "blank: cannot tell. It was never written down.",
        "same: cannot tell. It did not change.",
    ]
    assert all(one.probability == pytest.approx(one.prior) for one in found.findings)


@pytest.mark.parametrize("cramps", [[1.0] + [0.0] * 59, [1.0] * 60, [1e6] + [0.0] * 59, [math.nan, 1.0] * 30])
def test_no_number_is_ever_infinite_or_missing(cramps: list[float]) -> None:
    rng = np.random.default_rng(3)
    huge = rng.random(60)
    huge[7] = 1e6
    gaps = np.where(rng.random(60) < 0.5, np.nan, (rng.random(60) < 0.3).astype(float))
    found = findings(rest(cramps, [column("huge", "number"), column("gaps")], huge, gaps))
    json.dumps(asdict(found), allow_nan=False)
    assert all(0 <= one.probability <= 1 for one in found.findings)


# ---- how much is prior, how much more is needed ----------------------------------------------------


def test_the_longer_the_diary_the_smaller_an_effect_it_could_have_shown() -> None:
    sizes = []
    for nights in (60, 240, 960):
        one = of(findings(person(4, nights=nights, ratio=1.0), seed=1, ghosts=False), "c1")
        assert one.smallest_detectable is not None
        sizes.append((one.smallest_detectable, one.from_diary))
    assert sizes[0][0] > sizes[1][0] > sizes[2][0] > 1.25
    assert sizes[0][1] < sizes[1][1] < sizes[2][1] < 1


def test_more_nights_never_show_less() -> None:
    for one in findings(person(6, nights=80, ratio=2.5), seed=1, ghosts=False).findings:
        chances = [more.chance for more in one.curve]
        if one.trigger == "c0":
            assert chances == sorted(chances)
        assert all(0 <= chance <= 1 for chance in chances)


# ---- what else could lie behind it -----------------------------------------------------------------


def test_two_columns_that_carry_the_same_are_named_for_each_other() -> None:
    table = person(1, columns=3)
    copy = table.values[:, 0].copy()
    table = rest(
        table.cramps, [column("first"), column("second"), column("c2")], copy, copy, table.values[:, 2]
    )
    found = findings(table, seed=1, ghosts=False)
    first, second = of(found, "first"), of(found, "second")
    assert [other.trigger for other in first.confused_with] == ["second"]
    assert [other.trigger for other in second.confused_with] == ["first"]
    assert first.confused_with[0].either > 0.95
    assert of(found, "c2").confused_with == ()


def test_columns_seldom_in_together_are_named_and_those_that_are_independent_are_not() -> None:
    included = np.array([0.5, 0.5, 0.5])
    joint = np.array([[0.5, 0.02, 0.25], [0.02, 0.5, 0.25], [0.25, 0.25, 0.5]])
    columns = (column("a"), column("b"), column("c"))
    [other] = confused_with(columns, included, joint, np.eye(3), 0)
    assert (other.trigger, other.why) == ("b", "instead")
    assert other.either == pytest.approx(0.98)


def test_a_correlation_is_of_days_where_both_are_known() -> None:
    a = np.array([0.0, 1.0] * 20)
    b = a.copy()
    b[:10] = np.nan
    assert correlations(np.column_stack([a, b, 1 - a]))[0] == pytest.approx([1, 1, -1])
    assert correlations(np.column_stack([a[:15], b[:15]]))[0, 1] == 0


def test_unknown_nights_move_a_ratio_as_far_as_their_number_allows() -> None:
    on = np.array([1.0, 0.0] * 20)
    cramps = np.where(on == 1, 1.0, 0.5)
    none = unknown_nights(cramps, on, 2.0)
    assert none is not None
    assert (none.nights, none.low, none.high) == (0, 2.0, 2.0)
    some = unknown_nights(np.where(np.arange(40) < 10, np.nan, cramps), on, 2.0)
    more = unknown_nights(np.where(np.arange(40) < 30, np.nan, cramps), on, 2.0)
    assert some is not None
    assert more is not None
    assert more.low < some.low < 2.0 < some.high < more.high


def test_switched_takes_the_days_before_and_the_nearer_end() -> None:
    found = switched(np.array([0.0, 10.0, 6.0, np.nan]), 0.0, 10.0, 1)
    assert np.array_equal(found, np.array([np.nan, 0.0, 1.0, 1.0]), equal_nan=True)


# ---- words -----------------------------------------------------------------------------------------


def test_the_first_line_stands_alone(strong: Findings) -> None:
    first = line(strong.findings[0])
    assert first.startswith("More cramps followed days with c0: probably (")
    assert "times as many (" in first
    assert heading(strong).startswith("200 nights, 200 of them known, with ")
    assert "cause" not in " ".join([first, fakes(strong), *doubts(strong.findings[0])])


def test_no_share_is_told_as_0_or_100_percent() -> None:
    assert [percent(share) for share in (0.0, 0.004, 0.5, 0.996, 1.0)] == [
        "under 1 %",
        "under 1 %",
        "50 %",
        "over 99 %",
        "over 99 %",
    ]


# ---- made-up people --------------------------------------------------------------------------------


@pytest.mark.slow
def test_of_300_people_with_nothing_to_find_at_most_one_in_ten_is_told_of_something() -> None:
    from tests.core.made_up import table_of
    from uncramp.core.simulate_grid import NULL, simulated

    told = 0
    for seed in range(900_000, 900_300):
        made = simulated(replace(NULL, later=0), np.random.default_rng(seed))
        found = findings(table_of(made), seed=1, ghosts=False)
        told += any(one.verdict in ("raises", "lowers") for one in found.findings)
    assert told <= 30
