"""Entries in and out of the diary, in a file and in PostgreSQL."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.diary.entries import EPISODE, NIGHT, an_entry, uuid
from uncramp.diary.connection import Diary, open_diary
from uncramp.diary.entries import Put, entry, history, newest, put, put_all
from uncramp.diary.faults import OtherBody
from uncramp.diary.people import first_person, people
from uncramp.diary.schema import person as person_table
from uncramp.diary.settings import set_setting, setting_of
from uncramp.diary.versions import newest_of
from uncramp.model import Entry, EntryKind


@pytest.fixture
def me(diary: Diary) -> str:
    return first_person(diary, NIGHT)


def somebody(diary: Diary) -> str:
    """A further person."""
    made = str(uuid4())
    with diary.write() as connection:
        connection.execute(person_table.insert(), {"id": made, "name": "", "created": NIGHT})
    return made


def test_there_is_a_first_person_and_only_one(diary: Diary) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: first_person(diary, NIGHT), range(8)))
    assert len(found) == 1
    assert people(diary) == ((*found, ""),)


def test_what_was_put_comes_out_as_it_was(diary: Diary, me: str) -> None:
    text = "ünïcödé \u2028 \U0001f9b5 '; DROP TABLE entry; -- \\ \" %s :x <b>"
    there = an_entry(me, body={**EPISODE, "note": text, "none": None, "half": 0.5}, origin=text)
    assert put(diary, there) is Put.STORED
    assert entry(diary, there.id) == there
    assert newest(diary, me) == (there,)


def test_the_same_entry_again_changes_nothing(diary: Diary, me: str) -> None:
    assert put(diary, an_entry(me)) is Put.STORED
    # The order of fields is no difference.
    again = an_entry(me, body=dict(reversed(EPISODE.items())))
    assert put(diary, again) is Put.SAME
    assert len(newest(diary, me)) == 1


def test_another_body_under_the_same_id_is_refused_and_changes_nothing(diary: Diary, me: str) -> None:
    put(diary, an_entry(me))
    for other in (an_entry(me, body={**EPISODE, "side": "right"}), an_entry(me, origin="watch")):
        with pytest.raises(OtherBody):
            put(diary, other)
    assert newest(diary, me) == (an_entry(me),)


def test_nobody_can_take_the_id_of_somebody_elses_entry(diary: Diary, me: str) -> None:
    put(diary, an_entry(me))
    with pytest.raises(OtherBody):
        put(diary, an_entry(somebody(diary)))


def test_of_a_chain_of_versions_the_last_is_shown_and_all_are_kept(diary: Diary, me: str) -> None:
    first = an_entry(me, 1)
    second = an_entry(me, 2, minutes=1, replaces=first.id)
    third = an_entry(me, 3, minutes=2, replaces=second.id)
    for version in (third, first, second):
        put(diary, version)
    assert newest(diary, me) == (third,)
    assert history(diary, second.id) == (first, second, third)
    assert history(diary, uuid(9)) == ()


def test_of_a_fork_the_later_recorded_wins_wherever_it_lies_in_time(diary: Diary, me: str) -> None:
    first = an_entry(me, 1)
    loses = an_entry(me, 2, minutes=1, replaces=first.id)
    wins = an_entry(me, 3, minutes=2, replaces=first.id, start=NIGHT - timedelta(days=3))
    for version in (first, loses, wins):
        put(diary, version)
    assert newest(diary, me) == (wins,)
    # Asked only for the night of the loser, it is still the loser.
    assert newest(diary, me, start=NIGHT, end=NIGHT + timedelta(days=1)) == ()


def test_what_another_person_wrote_replaces_nothing_of_mine(diary: Diary, me: str) -> None:
    mine = an_entry(me, 1)
    theirs = an_entry(somebody(diary), 2, minutes=5, replaces=mine.id)
    put(diary, mine)
    put(diary, theirs)
    assert newest(diary, me) == (mine,)
    assert newest(diary, theirs.person) == (theirs,)
    assert history(diary, mine.id) == (mine,)


@pytest.mark.parametrize("shape", ["star", "chain", "fan"])
def test_thousands_of_versions_of_one_entry_are_read_at_once(diary: Diary, me: str, shape: str) -> None:
    """All replace one that never came in, or each the one before it, or all the one that is there."""

    def replaced(number: int) -> str:
        return uuid({"star": 10**9, "chain": number - 1, "fan": 0}[shape])

    many = [an_entry(me, n, minutes=n, replaces=replaced(n)) for n in range(1, 3000)]
    put_all(diary, [an_entry(me, 0), *many])
    before = time.perf_counter()
    assert many[-1] in newest(diary, me)
    assert len(history(diary, uuid(7))) == (2999 if shape == "star" else 3000)
    newest(diary, me, most=20)
    assert time.perf_counter() - before < 5


def test_kinds_times_and_number_choose(diary: Diary, me: str) -> None:
    nights = [an_entry(me, n, start=NIGHT + timedelta(days=n), end=None) for n in range(5)]
    walk = an_entry(me, 9, kind=EntryKind.WALK)
    put_all(diary, [*nights, walk])
    assert newest(diary, me, (EntryKind.EPISODE,)) == tuple(reversed(nights))
    assert newest(diary, me, (EntryKind.EPISODE,), most=2) == (nights[4], nights[3])
    assert newest(diary, me, (EntryKind.WALK,)) == (walk,)
    from_2_before_4 = newest(diary, me, tuple(EntryKind), NIGHT + timedelta(2), NIGHT + timedelta(4))
    assert from_2_before_4 == (nights[3], nights[2])


def test_many_are_put_all_or_none(diary: Diary, me: str) -> None:
    put(diary, an_entry(me, 1))
    other = an_entry(me, 1, origin="watch")
    new = [an_entry(me, n) for n in range(2, 1203)]
    became = put_all(diary, [an_entry(me, 1), other, *new, new[0]])
    assert [result for _, result in became[:3]] == [Put.SAME, None, Put.STORED]
    assert became[-1][1] is Put.SAME
    assert len(newest(diary, me)) == 1202
    stranger = an_entry("nobody-of-that-id", 2000)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        put_all(diary, [an_entry(me, 2001), stranger])
    assert entry(diary, uuid(2001)) is None


def test_looking_what_would_become_of_entries_stores_nothing(diary: Diary, me: str) -> None:
    assert put_all(diary, [an_entry(me)], store=False)[0][1] is Put.STORED
    assert newest(diary, me) == ()


def test_settings_are_kept(diary: Diary) -> None:
    assert setting_of(diary, "day_begins", "04:00") == "04:00"
    set_setting(diary, "day_begins", "05:00")
    set_setting(diary, "day_begins", "06:00")
    assert setting_of(diary, "day_begins") == "06:00"


def test_what_was_written_is_there_when_the_diary_is_opened_again(address: str) -> None:
    first = open_diary(address)
    me = first_person(first, NIGHT)
    put(first, an_entry(me))
    first.close()
    again = open_diary(address)
    assert newest(again, first_person(again, NIGHT)) == (an_entry(me),)
    again.close()


def test_eight_writers_at_once_lose_nothing(diary: Diary, me: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: put(diary, an_entry(me, n)), range(80)))
    assert done == [Put.STORED] * 80
    assert len(newest(diary, me)) == 80


INJECTIONS = ("' OR 1=1 --", '" OR ""="', "'; DROP TABLE entry; --", "%", "_", "\\", "1) OR (1=1")


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_in_a_name_matches_nothing_and_harms_nothing(diary: Diary, me: str, text: str) -> None:
    put(diary, an_entry(me))
    assert newest(diary, text) == ()
    assert entry(diary, text) is None
    assert history(diary, text) == ()
    assert setting_of(diary, text) == ""
    set_setting(diary, text, text)
    assert setting_of(diary, text) == text
    assert newest(diary, me) == (an_entry(me),)


numbers = st.integers(1, 8)
# What replaces has the greater number, so that there are no rings; none but a faulty writer can make one.
plans = st.dictionaries(numbers, st.tuples(st.integers(0, 3), st.none() | numbers), min_size=1).map(
    lambda plan: {n: (minutes, old if old and old < n else None) for n, (minutes, old) in plan.items()}
)


@given(plans, st.lists(numbers, max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_any_order_and_however_often_the_same_entries_give_the_same_diary(
    diary: Diary, plan: dict[int, tuple[int, int | None]], order: list[int]
) -> None:
    me, run = somebody(diary), uuid4().int % 10**12 * 100
    entries: dict[int, Entry] = {
        n: an_entry(me, run + n, minutes, replaces=None if old is None else uuid(run + old))
        for n, (minutes, old) in plan.items()
    }
    for n in [*order, *entries]:
        if n in entries:
            put(diary, entries[n])
    there = newest(diary, me)
    assert {version.id for version in there} == newest_of(entries.values())
    for n in entries:
        assert put(diary, entries[n]) is Put.SAME
    assert newest(diary, me) == there
