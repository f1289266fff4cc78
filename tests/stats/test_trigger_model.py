"""The search for triggers: what must hold whatever the diary, and that nothing makes it fall over."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from uncramp.stats.trigger_model import Data, Posterior, fit, predict, screen

Floats = NDArray[np.float64]

COLUMNS = 6


def diary(days: int = 200, columns: int = COLUMNS, seed: int = 1, rate: float = 0.25) -> Data:
    """Column 0 (yes/no) makes cramps four times as likely on the same day, column 1 (a number) does
    nothing."""
    rng = np.random.default_rng(seed)
    binary = np.arange(columns) % 2 == 0
    values = np.where(binary, rng.random((days, columns)) < 0.4, rng.normal(5, 2, (days, columns)))
    counts = rng.poisson(rate * 4.0 ** (values[:, 0] - 0.4)).astype(float)
    values = np.where(rng.random(values.shape) < 0.1, np.nan, values)
    counts[rng.random(days) < 0.05] = np.nan
    return Data(
        counts, np.zeros(days), np.arange(days) % 7, np.mod(np.arange(days, dtype=np.float64), 365), values,
        binary, np.ones((columns, 4), dtype=np.bool_), np.zeros(columns, dtype=np.int64),
        np.full(columns, 0.12), np.full(columns, 0.2), np.where(binary, 0.9, 1.1),
        np.zeros(columns, dtype=np.bool_), True,
    )  # fmt: skip


def every_number(told: Posterior) -> Floats:
    """All that is told, but the dispersion, which may be infinite."""
    fields = [getattr(told, field.name) for field in dataclasses.fields(told) if field.name != "dispersion"]
    return np.concatenate([np.ravel(field) for field in fields])


def sound(data: Data) -> Posterior:
    told = fit(data, seed=1)
    assert np.isfinite(every_number(told)).all()
    assert not np.isnan(told.dispersion).any()
    assert (told.dispersion > 0).all()
    for chance in (told.included, told.raises, told.lowers, told.joint, told.lag):
        assert chance.min(initial=0) >= 0
        assert chance.max(initial=0) <= 1 + 1e-9
    assert np.allclose(told.raises + told.lowers, told.included)
    return told


def test_what_quadruples_the_cramps_is_found_and_what_does_nothing_is_not() -> None:
    told = sound(diary())
    assert told.raises[0] > 0.95
    assert told.included[1:].max() < 0.6
    assert told.conditional[0, 0] < math.log(4) < told.conditional[0, 2]
    assert told.lag[0].argmax() == 0
    assert told.attributable[0, 0] > 5


def test_the_same_seed_gives_the_same_answer_to_the_last_bit() -> None:
    assert np.array_equal(every_number(fit(diary(), seed=3)), every_number(fit(diary(), seed=3)))


def test_another_seed_gives_nearly_the_same_probabilities() -> None:
    assert np.abs(fit(diary(), seed=3).included - fit(diary(), seed=4).included).max() <= 0.02


def test_the_order_of_the_columns_does_not_matter() -> None:
    data, turned = diary(), np.arange(COLUMNS)[::-1]
    other = dataclasses.replace(
        data, values=data.values[:, turned], binary=data.binary[turned], sd=data.sd[turned]
    )
    assert np.abs(fit(data, seed=1).included[turned] - fit(other, seed=1).included).max() <= 0.02


def test_the_unit_of_a_number_does_not_matter() -> None:
    data = diary()
    values = data.values.copy()
    values[:, 1] = values[:, 1] * 1000 - 273
    told, other = fit(data, seed=1), fit(dataclasses.replace(data, values=values), seed=1)
    assert np.abs(told.included - other.included).max() <= 0.02
    assert other.high[1] - other.low[1] == pytest.approx(1000 * (told.high[1] - told.low[1]))
    assert np.abs(told.conditional[1] - other.conditional[1]).max() < 0.1


def test_swapping_yes_and_no_turns_raises_into_lowers() -> None:
    data = dataclasses.replace(diary(), mean=np.zeros(COLUMNS))
    values = data.values.copy()
    values[:, 0] = 1 - values[:, 0]
    told, other = fit(data, seed=1), fit(dataclasses.replace(data, values=values), seed=1)
    assert other.lowers[0] == pytest.approx(told.raises[0], abs=0.02)


def test_rows_of_nothing_at_the_end_change_nothing_material() -> None:
    data, more = diary(), 10
    longer = dataclasses.replace(
        data, counts=np.append(data.counts, np.full(more, np.nan)), offset=np.zeros(210),
        weekday=np.arange(210) % 7, yearday=np.arange(210, dtype=np.float64),
        values=np.vstack([data.values, np.full((more, COLUMNS), np.nan)]),
    )  # fmt: skip
    assert np.abs(fit(data, seed=1).included - fit(longer, seed=1).included).max() <= 0.03


def test_a_column_that_tells_nothing_keeps_its_prior() -> None:
    data = diary()
    values = data.values.copy()
    values[:, 2], values[:, 3], values[:, 4] = np.nan, 7.0, 0.0
    told = sound(dataclasses.replace(data, values=values))
    assert told.included[2:5] == pytest.approx(data.inclusion[2:5], abs=0.02)


def test_an_empty_diary_gives_back_the_prior() -> None:
    data = dataclasses.replace(diary(), counts=np.full(200, np.nan))
    told = sound(data)
    assert told.included == pytest.approx(data.inclusion, abs=0.02)
    assert told.lag == pytest.approx(np.tile([0.4, 0.3, 0.2, 0.1, 0.0], (COLUMNS, 1)), abs=0.1)


@pytest.mark.parametrize("rows", [0, 1, 2, 5])
def test_a_diary_of_hardly_any_rows_is_no_error(rows: int) -> None:
    data = diary()
    short = dataclasses.replace(
        data, counts=data.counts[:rows], offset=data.offset[:rows], weekday=data.weekday[:rows],
        yearday=data.yearday[:rows], values=data.values[:rows],
    )  # fmt: skip
    assert np.abs(sound(short).included - data.inclusion).max() < 0.1


@pytest.mark.parametrize("cramps", ["none", "one", "every day", "absurdly many", "infinite", "below nothing"])
def test_no_count_is_an_error(cramps: str) -> None:
    counts = np.zeros(200)
    if cramps == "every day":
        counts[:] = 1
    elif cramps != "none":
        counts[50] = {"one": 1.0, "absurdly many": 1e6, "infinite": np.inf, "below nothing": -3.0}[cramps]
    sound(dataclasses.replace(diary(), counts=counts))


@pytest.mark.parametrize("value", [1e6, -1e6, 1e300, np.inf, 1e-300])
@pytest.mark.parametrize("rows", [1, 10, 40])
def test_no_value_of_an_exposure_is_an_error(value: float, rows: int) -> None:
    data = diary()
    values = data.values.copy()
    values[3 : 3 + rows], values[50, 1] = value, value
    sound(dataclasses.replace(data, values=values))


def test_a_diary_of_no_exposures_is_no_error() -> None:
    whole, named = diary(), ("binary", "lags", "summed", "inclusion", "mean", "sd")
    none = {name: getattr(whole, name)[:0] for name in named}
    assert sound(dataclasses.replace(whole, values=whole.values[:, :0], **none)).log_mean.shape == (256, 200)


def test_one_absurd_value_hides_no_effect() -> None:
    data = diary(rate=0.5)
    rng = np.random.default_rng(2)
    values, number = data.values.copy(), rng.normal(0, 1, 200)
    counts = rng.poisson(0.5 * np.exp(0.6 * number)).astype(float)
    values[:, 1] = number
    plain = fit(dataclasses.replace(data, counts=counts, values=values), seed=1)
    values = values.copy()
    values[7, 1] = 1e6
    odd = fit(dataclasses.replace(data, counts=counts, values=values), seed=1)
    assert min(plain.raises[1], odd.raises[1]) > 0.95


def test_two_columns_that_say_the_same_share_the_probability() -> None:
    data = diary()
    values = data.values.copy()
    values[:, 2] = values[:, 0]
    told = sound(dataclasses.replace(data, values=values))
    assert told.included[0] == pytest.approx(told.included[2], abs=0.15)
    assert told.included[0] + told.included[2] - told.joint[0, 2] > 0.95
    assert told.joint[0, 2] < 0.5


def test_bouts_have_an_offset_and_no_lags() -> None:
    data = diary()
    rng = np.random.default_rng(5)
    minutes = rng.uniform(20, 200, 200)
    counts = rng.poisson(0.003 * minutes * 3.0 ** np.nan_to_num(data.values[:, 0])).astype(float)
    bouts = dataclasses.replace(
        data, counts=counts, offset=np.log(minutes / 60), weekday=np.full(200, -1), sequential=False,
        summed=np.full(COLUMNS, 7),
    )  # fmt: skip
    told = sound(bouts)
    assert told.raises[0] > 0.95
    assert told.lag[:, 0] == pytest.approx(np.ones(COLUMNS))


def test_a_load_that_builds_up_is_found_as_a_sum_over_days() -> None:
    data = diary(days=365)
    rng = np.random.default_rng(8)
    runs = rng.gamma(0.7, 30, 365 + 6)
    load = np.convolve(runs, np.full(7, 1 / 7), "valid")
    counts = rng.poisson(0.3 * np.exp(0.07 * (load - load.mean()))).astype(float)
    values = data.values.copy()
    values[:, 1] = runs[6:]
    told = sound(dataclasses.replace(data, counts=counts, values=values, summed=np.array([0, 7, 0, 0, 0, 0])))
    assert told.raises[1] > 0.95
    assert told.lag[1].argmax() == 4


def test_an_exact_nothing_is_told_from_the_likelihood_alone() -> None:
    data = diary(days=1500, rate=3.0)
    told = fit(data, seed=1)
    assert -math.log(1.25) < told.flat_low[1] < told.flat_high[1] < math.log(1.25)
    few = fit(diary(days=60), seed=1)
    assert few.flat_high[1] - few.flat_low[1] > 2 * math.log(1.25)


def evenings(seed: int = 4) -> tuple[Data, Data]:
    """Column 0 is often done only in the evening, after that row's cramps, and makes the next day's four
    times as likely: with the whole days told, and without."""
    data = diary(days=300)
    rng = np.random.default_rng(seed)
    whole = (rng.random(300) < 0.4).astype(float)
    before = whole * (rng.random(300) < 0.2)
    counts = rng.poisson(0.25 * 4.0 ** (np.append(0.0, whole[:-1]) - 0.4)).astype(float)
    values, later = data.values.copy(), data.values.copy()
    values[:, 0], later[:, 0] = before, whole
    without = dataclasses.replace(data, counts=counts, values=values)
    return dataclasses.replace(without, later=later), without


def test_what_came_after_a_rows_cramp_counts_for_the_rows_after_it() -> None:
    with_days, without = evenings()
    told, plain = sound(with_days), sound(without)
    assert told.raises[0] > 0.95
    assert told.lag[0].argmax() == 1
    assert plain.raises[0] < told.raises[0]
    assert told.conditional[0, 1] > plain.conditional[0, 1]


def test_whole_days_that_are_the_same_change_nothing() -> None:
    data = diary()
    same = dataclasses.replace(data, later=data.values)
    assert np.array_equal(every_number(fit(data, seed=1)), every_number(fit(same, seed=1)))


def test_the_forecast_of_the_fitted_rows_sees_whole_days_as_the_fit_did() -> None:
    data = evenings()[0]
    told = fit(data, seed=1)
    whole = predict(
        data, told, counts=data.counts, values=data.values, weekday=data.weekday, yearday=data.yearday,
        offset=data.offset, later=data.later,
    )  # fmt: skip
    assert np.allclose(whole, told.log_mean)


def test_counts_that_scatter_like_dice_make_nothing_of_two_equal_halves() -> None:
    """The dispersion is then all but 0, which is hard on single precision."""
    data, rng = diary(days=1400, columns=1), np.random.default_rng(5)
    halves = dataclasses.replace(
        data, counts=rng.poisson(1.2, 1400).astype(float), values=(np.arange(1400.0) % 2)[:, None],
        lags=np.eye(1, 4, dtype=np.bool_),
    )  # fmt: skip
    assert sound(halves).included[0] < 0.01


def test_the_forecast_uses_no_count_of_its_own_row_or_of_later_ones() -> None:
    data = diary(days=120)
    first = dataclasses.replace(
        data, counts=data.counts[:100], offset=data.offset[:100], weekday=data.weekday[:100],
        yearday=data.yearday[:100], values=data.values[:100],
    )  # fmt: skip
    told = fit(first, seed=1)

    def foretold(counts: Floats) -> Floats:
        return predict(
            first, told, counts=counts, values=data.values, weekday=data.weekday, yearday=data.yearday,
            offset=data.offset,
        )  # fmt: skip

    whole = foretold(data.counts)
    hidden = data.counts.copy()
    hidden[110:] = 9
    assert np.array_equal(whole[:, :111], foretold(hidden)[:, :111])
    assert not np.array_equal(whole[:, 111], foretold(hidden)[:, 111])
    assert np.allclose(whole[:, :100], told.log_mean)


def test_the_quick_look_finds_the_same() -> None:
    assert screen(diary())[0] > 0.9
    assert screen(diary())[1:].max() < 0.6


@pytest.mark.slow
def test_four_years_of_120_exposures_with_every_fault_are_no_error() -> None:
    data = diary(days=1500, columns=120)
    rng = np.random.default_rng(9)
    values = np.where(rng.random(data.values.shape) < 0.3, np.nan, data.values)
    values[:, 3], values[:, 5], values[:, 8] = np.nan, 2.0, values[:, 0]
    values[100, 7], values[101, 9], values[400:500] = 1e6, np.inf, np.nan
    counts = data.counts.copy()
    counts[300:380] = np.nan
    sound(dataclasses.replace(data, counts=counts, values=values))
