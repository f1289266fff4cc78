"""A risk table as CSV: what is read, what is refused and where, and that it comes back as it went out."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from uncramp.core.risk import Column, Prior, RiskTable
from uncramp.core.risk_csv import MOST_FAULTS, NotATable, as_text, read

HEAD = "date,cramps,alcohol,stretch\n"


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(NotATable) as caught:
        read(text, "diary.csv")
    return caught.value.problems


def test_an_empty_cell_is_unknown_and_zero_is_zero() -> None:
    found = read(HEAD + "2026-11-16,0,2.5,\n2026-11-17,,0,1\n", "diary.csv")
    assert found.outcome == "rest"
    assert found.minutes is None
    assert found.dates == (date(2026, 11, 16), date(2026, 11, 17))
    assert [found.cramps[0], math.isnan(found.cramps[1])] == [0, True]
    assert found.values[0, 0] == 2.5
    assert math.isnan(found.values[0, 1])
    assert found.values[1].tolist() == [0, 1]


def test_a_column_of_nothing_but_zero_and_one_is_yes_or_no() -> None:
    kinds = [column.kind for column in read(HEAD + "2026-11-16,0,2,1\n2026-11-17,1,0,\n", "d.csv").columns]
    assert kinds == ["number", "yes_no"]


def test_a_table_with_minutes_is_one_of_exercise_and_a_date_may_come_twice() -> None:
    text = "date,minutes,cramps,heat\n2026-11-17,60,1,1\n2026-11-16,,0,0\n2026-11-17,30,0,\n"
    found = read(text, "efforts.csv")
    assert found.outcome == "effort"
    assert [day.day for day in found.dates] == [16, 17, 17]
    assert found.minutes is not None
    assert math.isnan(found.minutes[0])
    assert found.minutes[1:].tolist() == [60, 30]
    assert found.columns[0].lags == (0,)


def test_lines_in_any_order_are_sorted_and_gaps_become_rows_of_unknowns() -> None:
    found = read(HEAD + "2026-11-19,2,1,1\n\n2026-11-16,0,0,0\n", "d.csv")
    assert [day.day for day in found.dates] == [16, 17, 18, 19]
    assert found.cramps[[0, 3]].tolist() == [0, 2]
    assert np.isnan(found.values[1:3]).all()
    assert np.isnan(found.cramps[1:3]).all()


def test_two_lines_of_one_night_are_refused_with_both_their_places() -> None:
    (problem,) = problems(HEAD + "2026-11-16,0,,\n2026-11-17,0,,\n2026-11-16,1,,\n")
    assert problem == (
        "diary.csv, line 4: 2026-11-16 is also in line 2; a night has one line, so put the two together."
    )


@pytest.mark.parametrize(
    "cell", ["inf", "-inf", "nan", "1e308", "1e13", "yes", "1_000", "\uff11", "0x10", "=1+1", "1,5"]
)
def test_what_is_no_number_is_refused_with_its_line_and_column(cell: str) -> None:
    (problem,) = problems(HEAD + f'2026-11-16,0,1,1\n2026-11-17,0,"{cell}",1\n')
    assert problem.startswith('diary.csv, line 3, "alcohol": "')


@pytest.mark.parametrize("cell", ["-1", "1.5", "1e6"])
def test_what_is_no_count_of_cramps_is_refused(cell: str) -> None:
    (problem,) = problems(HEAD + f"2026-11-16,{cell},1,1\n")
    assert problem.startswith(f'diary.csv, line 2, cramps: "{cell}" is no count of cramps')


@pytest.mark.parametrize(
    "cell", ["2026-13-01", "2026-02-30", "16.11.2026", "20261116", "1066-10-14", "", "2026-W47-1"]
)
def test_what_is_no_date_is_refused(cell: str) -> None:
    (problem,) = problems(HEAD + f"{cell},0,1,1\n")
    assert problem.startswith("diary.csv, line 2, date: ")


@pytest.mark.parametrize("cell", ["0", "-5", "1e5"])
def test_what_is_no_length_of_a_bout_is_refused(cell: str) -> None:
    (problem,) = problems(f"date,minutes,cramps\n2026-11-16,{cell},1\n")
    assert problem.startswith("diary.csv, line 2, minutes: ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        (HEAD, "no line below the headings"),
        ("date,alcohol\n2026-11-16,1\n", "there is no column cramps"),
        ("cramps,alcohol\n1,1\n", "there is no column date"),
        ("date;cramps;alcohol\n2026-11-16;1;1\n", "semicolons"),
        ("date,cramps,x,x\n2026-11-16,1,1,1\n", '"x" is there twice'),
        ("date,cramps,,x\n2026-11-16,1,1,1\n", "column 3 has no name"),
        (HEAD + "2026-11-16,1,1\n", "3 cells under 4 headings"),
        (HEAD + '2026-11-16,1,1,"1\n', "save it as plain CSV"),
        (HEAD + "1970-01-01,1,1,1\n2099-01-01,1,1,1\n", "nights; at most 20,000"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(text: str, says: str) -> None:
    found = problems(text)
    assert says in found[0]
    assert found[0].startswith("diary.csv")
    assert found[0].endswith(".")


def test_every_line_that_is_wrong_is_named_up_to_twenty() -> None:
    assert len(problems(HEAD + "2026-11-16,x,1,1\n2026-11-17,0,y,z\n")) == 3
    assert len(problems(HEAD + "2026-11-16,x,1,1\n" * 500)) == MOST_FAULTS


def test_a_mark_at_the_beginning_and_other_ends_of_lines_are_read() -> None:
    found = read("\ufeff" + HEAD.replace("\n", "\r\n") + "2026-11-16,1, 2 ,\r\n", "d.csv")
    assert found.values[0, 0] == 2


def test_a_million_in_a_cell_is_a_number() -> None:
    assert read(HEAD + "2026-11-16,1,1000000,1\n", "d.csv").values[0, 0] == 1e6


def test_a_heading_that_is_known_takes_its_words_and_its_prior_if_it_is_of_that_kind() -> None:
    alcohol = Column(
        "alcohol", "Alcohol", "number", "drinks", "less", "more", (0, 1), (), Prior(0.3, 0.4, 0.5)
    )
    known = {"alcohol": alcohol}
    assert read(HEAD + "2026-11-16,1,3,1\n", "d.csv", known).columns[0] is alcohol
    assert read(HEAD + "2026-11-16,1,1,1\n", "d.csv", known).columns[0].prior.inclusion == 0.12


NUMBERS = st.one_of(st.just(math.nan), st.sampled_from([0.0, 1.0]), st.floats(-1e12, 1e12))


@given(
    values=arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(0, 4)), elements=NUMBERS),
    effort=st.booleans(),
    data=st.data(),
)
def test_what_goes_out_comes_back_the_same(values: np.ndarray, effort: bool, data: st.DataObject) -> None:
    n, k = values.shape
    cramps = data.draw(arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0, 7.0, math.nan])))
    minutes = data.draw(arrays(np.float64, n, elements=st.sampled_from([0.5, 61.0, math.nan])))
    columns = tuple(
        Column(f'a "{i}", =b', "a", "number", "", "", "", (0,), (), Prior(0.1, 0, 1)) for i in range(k)
    )
    table = RiskTable(
        outcome="effort" if effort else "rest",
        dates=tuple(date(2026, 1, 1) + timedelta(days=i) for i in range(n)),
        cramps=cramps,
        minutes=minutes if effort else None,
        columns=columns,
        values=values,
    )
    back = read(as_text(table), "d.csv")
    assert back.outcome == table.outcome
    assert back.dates == table.dates
    assert [column.id for column in back.columns] == [column.id for column in columns]
    assert np.array_equal(back.values, values, equal_nan=True)
    assert np.array_equal(back.cramps, cramps, equal_nan=True)
    if effort:
        assert back.minutes is not None
        assert np.array_equal(back.minutes, minutes, equal_nan=True)


@given(st.text(alphabet=st.sampled_from(list('date,cramps\n2026-111"0;x\r\x00\ufeff')), max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read(text, "d.csv")
    except NotATable:
        return
    assert found.dates
