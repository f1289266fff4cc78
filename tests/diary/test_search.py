"""Looking through the diary: by text, page by page, and only through what stands and is one's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.diary.entries import EPISODE, NIGHT, an_entry, uuid
from uncramp.diary.connection import Diary
from uncramp.diary.entries import put_all
from uncramp.diary.people import add_person, first_person
from uncramp.diary.search import MOST_TEXTS, Wanted, begun, search
from uncramp.model import Entry, EntryKind

GONE: dict[str, Any] = {"deleted": True}


@pytest.fixture
def me(diary: Diary) -> str:
    return first_person(diary, NIGHT)


def noted(person: str, number: int, note: str, **changed: Any) -> Entry:
    return an_entry(person, number, body={**EPISODE, "note": note}, **changed)


def notes_with(diary: Diary, person: str, *texts: str) -> set[str]:
    """The notes of the cramps in whose bodies one of the texts stands."""
    found, _ = search(diary, person, Wanted(texts={EntryKind.EPISODE: texts}))
    return {entry.body["note"] for entry in found}


def ids(found: tuple[Entry, ...]) -> list[str]:
    return [entry.id for entry in found]


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("50%", {"at 50% of it"}),
        ("a_b", {"a_b"}),
        ("~", {"~10 km"}),
        ("~1", {"~10 km"}),
        ("%", {"at 50% of it"}),
        ("500", {"500 m"}),
        ("5_0", set()),
    ],
)
def test_what_stands_for_something_else_in_the_database_is_found_as_the_text_it_is(
    diary: Diary, me: str, text: str, finds: set[str]
) -> None:
    notes = ("at 50% of it", "500 m", "a_b", "axb", "~10 km", "10 km")
    put_all(diary, [noted(me, number, note) for number, note in enumerate(notes)])
    assert notes_with(diary, me, text) == finds


def test_upper_and_lower_case_are_one(diary: Diary, me: str) -> None:
    put_all(diary, [noted(me, 1, "After the RUN"), noted(me, 2, "after the swim")])
    assert notes_with(diary, me, "run") == {"After the RUN"}
    assert notes_with(diary, me, "AFTER") == {"After the RUN", "after the swim"}


@pytest.mark.parametrize("text", ["Überlauf", "überlauf", "ÜBERLAUF", "お茶", "🦵"])
def test_a_text_in_other_letters_misses_nothing_that_has_it(diary: Diary, me: str, text: str) -> None:
    put_all(diary, [noted(me, 1, "nach dem Überlauf, お茶 🦵"), noted(me, 2, "plain")])
    assert "nach dem Überlauf, お茶 🦵" in notes_with(diary, me, text)


def test_the_plain_letters_beside_the_others_still_narrow(diary: Diary, me: str) -> None:
    put_all(diary, [noted(me, 1, "süßer Tee"), noted(me, 2, "plain")])
    assert notes_with(diary, me, "SÜßER TEE") == {"süßer Tee"}


def test_of_several_texts_one_is_enough_and_of_many_none_is_asked_for(diary: Diary, me: str) -> None:
    put_all(diary, [noted(me, 1, "tea"), noted(me, 2, "coffee"), noted(me, 3, "water")])
    assert notes_with(diary, me, "tea", "coffee") == {"tea", "coffee"}
    many = tuple(f"tea{number}" for number in range(MOST_TEXTS + 1))
    assert notes_with(diary, me, *many) == {"tea", "coffee", "water"}


def test_a_text_for_one_kind_leaves_the_other_kinds_alone(diary: Diary, me: str) -> None:
    quiet = an_entry(me, 2, kind=EntryKind.DAY_NOTE, end=None, body={"night": "2026-11-21", "word": "quiet"})
    put_all(diary, [noted(me, 1, "tea"), quiet])
    found, _ = search(diary, me, Wanted(texts={EntryKind.EPISODE: ("coffee",)}))
    assert ids(found) == [quiet.id]
    only, _ = search(diary, me, Wanted(kinds=frozenset({EntryKind.DAY_NOTE})))
    assert ids(only) == [quiet.id]


def test_pages_over_equal_starts_neither_skip_nor_repeat(diary: Diary, me: str) -> None:
    """Seven at one moment and one before and after it, read by twos."""
    earlier = an_entry(me, 50, start=NIGHT - timedelta(hours=1))
    later = an_entry(me, 60, start=NIGHT + timedelta(hours=1))
    put_all(diary, [earlier, later, *(an_entry(me, number) for number in range(1, 8))])
    read: list[str] = []
    wanted = Wanted()
    while True:
        found, place = search(diary, me, wanted, most=2)
        read += ids(found)
        if place is None:
            break
        wanted = Wanted(before=place)
    assert read == [later.id, *(uuid(number) for number in range(7, 0, -1)), earlier.id]


def test_it_begins_from_the_start_and_before_the_end(diary: Diary, me: str) -> None:
    hours = [an_entry(me, number, start=NIGHT + timedelta(hours=number)) for number in range(4)]
    put_all(diary, hours)
    found, place = search(diary, me, Wanted(start=hours[1].start, end=hours[3].start))
    assert (ids(found), place) == ([uuid(2), uuid(1)], None)


def test_of_what_was_replaced_only_the_newest_is_found_and_by_its_own_words(diary: Diary, me: str) -> None:
    put_all(diary, [noted(me, 1, "tea"), noted(me, 2, "coffee", minutes=1, replaces=uuid(1))])
    assert notes_with(diary, me, "tea") == set()
    assert notes_with(diary, me, "coffee") == {"coffee"}


def test_what_was_taken_away_is_not_found_not_even_by_an_older_change(diary: Diary, me: str) -> None:
    """One taken away as it stood, and one changed on one device and then taken away on another."""
    put_all(diary, [
        noted(me, 1, "tea"), an_entry(me, 2, 1, body=GONE, replaces=uuid(1)),
        noted(me, 3, "tea"), noted(me, 4, "tea", minutes=1, replaces=uuid(3)),
        an_entry(me, 5, 2, body=GONE, replaces=uuid(3)),
        noted(me, 6, "tea kept"),
    ])  # fmt: skip
    assert notes_with(diary, me, "tea") == {"tea kept"}
    assert ids(search(diary, me, Wanted())[0]) == [uuid(6)]


def test_a_page_on_which_an_entry_lost_is_shorter_and_leads_on_all_the_same(diary: Diary, me: str) -> None:
    put_all(diary, [
        noted(me, 1, "first"), noted(me, 2, "wins", minutes=2, replaces=uuid(1)),
        noted(me, 3, "loses", minutes=1, replaces=uuid(1)),
        noted(me, 4, "before it", start=NIGHT - timedelta(hours=1)),
    ])  # fmt: skip
    found, place = search(diary, me, Wanted(), most=1)
    assert (found, place) == ((), (NIGHT, uuid(3)))
    rest, _ = search(diary, me, Wanted(before=place))
    assert [entry.body["note"] for entry in rest] == ["wins", "before it"]


def test_brief_bodies_lack_what_is_long_and_nothing_else(diary: Diary, me: str) -> None:
    long = {"facts": {"pregnant": True}, "note": "ünïcödé " * 200}
    put_all(diary, [an_entry(me, 1, body={**EPISODE, **long, "pain": 4.5, "doing": None})])
    (whole,), _ = search(diary, me, Wanted())
    (brief,), _ = search(diary, me, Wanted(), brief=True)
    assert set(whole.body) == {"muscle", "side", "pain", "doing", "bouts", "facts", "note"}
    assert brief.body == {"muscle": "hamstring", "side": "left", "pain": 4.5, "doing": None}
    assert (brief.id, brief.start, brief.recorded) == (whole.id, whole.start, whole.recorded)


def test_what_is_long_is_looked_through_in_brief_bodies_too(diary: Diary, me: str) -> None:
    put_all(diary, [noted(me, 1, "tea"), noted(me, 2, "coffee")])
    found, _ = search(diary, me, Wanted(texts={EntryKind.EPISODE: ("tea",)}), brief=True)
    assert ids(found) == [uuid(1)]


def test_what_another_person_wrote_is_not_found_and_takes_nothing_of_mine_away(diary: Diary, me: str) -> None:
    other = add_person(diary, "B", NIGHT)
    put_all(diary, [noted(me, 1, "tea"), noted(other, 2, "tea of theirs")])
    put_all(diary, [an_entry(other, 3, 9, body=GONE, replaces=uuid(1))])
    assert notes_with(diary, me, "tea") == {"tea"}
    assert notes_with(diary, other, "tea") == {"tea of theirs"}
    assert search(diary, other, Wanted(before=(NIGHT, uuid(2)))) == ((), None)


def test_the_first_of_a_kind_is_the_one_that_stands_and_began_first(diary: Diary, me: str) -> None:
    episodes = frozenset({EntryKind.EPISODE})
    assert begun(diary, me, episodes) is None
    put_all(diary, [
        an_entry(me, 1, start=NIGHT - timedelta(days=9)),
        an_entry(me, 2, 1, start=NIGHT - timedelta(days=9), body=GONE, replaces=uuid(1)),
        an_entry(me, 3, start=NIGHT - timedelta(days=5)), an_entry(me, 4),
    ])  # fmt: skip
    first = begun(diary, me, episodes)
    assert first is not None
    assert first.id == uuid(3)
    assert begun(diary, me, frozenset({EntryKind.WALK})) is None
