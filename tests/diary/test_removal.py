"""What is taken away stays away, and nothing else ever goes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from tests.diary.entries import EPISODE, NIGHT, an_entry, uuid
from uncramp.actions import entries as action
from uncramp.actions.check import Refused
from uncramp.actions.export import export
from uncramp.actions.removal import UNDO_WITHIN, sweep, take_away, undo
from uncramp.actions.restore import restore
from uncramp.diary.connection import Diary, open_diary
from uncramp.diary.entries import Put, entry, history, newest, put, put_all
from uncramp.diary.faults import OtherBody
from uncramp.diary.people import add_person, first_person
from uncramp.diary.stones import Stone, bury
from uncramp.diary.versions import newest_of
from uncramp.diary.whole import whole_of
from uncramp.model import Entry

GONE: dict[str, Any] = {"deleted": True}
LATER = NIGHT + timedelta(days=1)


@pytest.fixture
def me(diary: Diary) -> str:
    return first_person(diary, NIGHT)


def at(minutes: float) -> Any:
    return NIGHT + timedelta(minutes=minutes)


def test_an_entry_that_is_taken_away_is_not_shown_and_comes_back_by_an_undo(diary: Diary, me: str) -> None:
    put(diary, an_entry(me))
    take_away(diary, me, uuid(1), at(5))
    assert action.newest(diary, me) == ()
    assert len(action.newest(diary, me, with_deleted=True)) == 1
    undo(diary, me, uuid(1), at(10))
    sweep(diary, LATER)
    [back] = action.newest(diary, me)
    assert back.body == EPISODE
    assert len(history(diary, uuid(1))) == 3


def test_after_the_time_to_undo_nothing_of_it_is_left_but_tombstones(diary: Diary, me: str) -> None:
    put(diary, an_entry(me, 1))
    put(diary, an_entry(me, 2, 1, replaces=uuid(1)))
    gone = take_away(diary, me, uuid(2), at(5))
    assert sweep(diary, at(5) + UNDO_WITHIN - timedelta(seconds=1)) == 0
    assert sweep(diary, at(5) + UNDO_WITHIN) == 3
    whole = whole_of(diary, me)
    assert whole.entries == ()
    assert {stone.id for stone in whole.stones} == {uuid(1), uuid(2), gone.id}
    assert {(stone.kind, stone.day, stone.recorded) for stone in whole.stones} == {
        ("episode", "2026-11-21", at(5))
    }
    with pytest.raises(Refused):
        undo(diary, me, uuid(1), LATER)
    assert sweep(diary, LATER) == 0


def swept(diary: Diary, me: str) -> None:
    put(diary, an_entry(me, 1))
    put(diary, an_entry(me, 2, 10, replaces=uuid(1), body=GONE))
    assert sweep(diary, LATER) == 2


def test_a_phone_that_sends_it_again_is_answered_and_nothing_is_stored(diary: Diary, me: str) -> None:
    swept(diary, me)
    for one in (an_entry(me, 1), an_entry(me, 2, 10, replaces=uuid(1), body=GONE), an_entry(me, 1, 99)):
        assert put(diary, one) is Put.SAME
        assert put_all(diary, [one])[0][1] is Put.SAME
    assert newest(diary, me) == ()


def test_older_versions_of_it_are_swallowed_and_later_ones_stored(diary: Diary, me: str) -> None:
    swept(diary, me)
    assert put(diary, an_entry(me, 3, 5, replaces=uuid(1))) is Put.SAME
    # The next of that chain too, for the one before it now has a tombstone.
    assert put(diary, an_entry(me, 4, 6, replaces=uuid(3))) is Put.SAME
    assert put(diary, an_entry(me, 5, 15, replaces=uuid(1))) is Put.STORED
    assert [one.id for one in newest(diary, me)] == [uuid(5)]
    assert {stone.id for stone in whole_of(diary, me).stones} == {uuid(n) for n in (1, 2, 3, 4)}


def test_in_a_file_the_order_of_versions_does_not_matter(diary: Diary, me: str) -> None:
    swept(diary, me)
    chain = [an_entry(me, n, n, replaces=uuid(1 if n == 3 else n - 1)) for n in range(3, 9)]
    dry = put_all(diary, chain[::-1], store=False)
    became = put_all(diary, chain[::-1])
    assert {result for _, result in (*dry, *became)} == {Put.SAME}
    assert newest(diary, me) == ()


def test_a_version_that_came_before_the_one_it_replaces_goes_with_it(diary: Diary, me: str) -> None:
    swept(diary, me)
    assert put(diary, an_entry(me, 4, 6, replaces=uuid(3))) is Put.STORED
    assert put(diary, an_entry(me, 3, 5, replaces=uuid(1))) is Put.SAME
    assert newest(diary, me) == ()


def test_an_edit_that_was_recorded_later_on_another_device_wins_over_the_removal(
    diary: Diary, me: str
) -> None:
    put(diary, an_entry(me, 1))
    put(diary, an_entry(me, 2, 10, replaces=uuid(1), body=GONE))
    put(diary, an_entry(me, 3, 11, replaces=uuid(1)))
    assert sweep(diary, LATER) == 0
    assert [one.id for one in action.newest(diary, me)] == [uuid(3)]


def test_an_edit_that_was_recorded_before_does_not_bring_it_back(diary: Diary, me: str) -> None:
    put(diary, an_entry(me, 1))
    put(diary, an_entry(me, 3, 9, replaces=uuid(1)))
    put(diary, an_entry(me, 2, 10, replaces=uuid(1), body=GONE))
    assert action.newest(diary, me) == ()
    assert sweep(diary, LATER) == 3


def test_what_was_taken_away_twice_stays_away_by_the_later_one(diary: Diary, me: str) -> None:
    swept(diary, me)
    put(diary, an_entry(me, 3, 15, replaces=uuid(1)))
    put(diary, an_entry(me, 4, 20, replaces=uuid(3), body=GONE))
    sweep(diary, LATER)
    assert put(diary, an_entry(me, 5, 17, replaces=uuid(1))) is Put.SAME
    assert newest(diary, me) == ()


def test_what_was_taken_away_by_a_clock_years_ahead_is_emptied_like_all_else(diary: Diary, me: str) -> None:
    years = 60 * 24 * 365 * 70
    put(diary, an_entry(me, 1))
    gone = an_entry(me, 2, years, replaces=uuid(1), body=GONE)
    put(diary, gone)
    assert sweep(diary, at(5)) == 0
    assert sweep(diary, at(5) + UNDO_WITHIN - timedelta(seconds=1)) == 0
    assert put(diary, gone) is Put.SAME
    assert sweep(diary, at(5) + UNDO_WITHIN) == 2
    assert put(diary, gone) is Put.SAME
    assert sweep(diary, LATER) == 0
    # It swallows what was written before, and not all that will be written in these years.
    assert put(diary, an_entry(me, 3, 4, replaces=uuid(1))) is Put.SAME
    assert put(diary, an_entry(me, 4, 60, replaces=uuid(1))) is Put.STORED


def test_what_a_clock_years_ahead_took_away_can_be_brought_back_for_as_long(diary: Diary, me: str) -> None:
    put(diary, an_entry(me, 1))
    put(diary, an_entry(me, 2, 60 * 24 * 365, replaces=uuid(1), body=GONE))
    sweep(diary, at(5))
    undo(diary, me, uuid(1), at(9))
    sweep(diary, LATER)
    assert [one.body for one in action.newest(diary, me)] == [EPISODE]


def test_nobody_is_kept_from_writing_by_the_tombstones_of_others(diary: Diary, me: str) -> None:
    swept(diary, me)
    other = add_person(diary, "Ben", NIGHT)
    assert put(diary, an_entry(other, 7, 5, replaces=uuid(1))) is Put.STORED
    with pytest.raises(OtherBody):
        put(diary, an_entry(other, 1))
    assert put_all(diary, [an_entry(other, 2)])[0][1] is None


def test_nobody_shields_the_entry_of_another_by_taking_away_what_replaces_it(diary: Diary, me: str) -> None:
    other = add_person(diary, "Ben", NIGHT)
    put(diary, an_entry(me, 1))
    put(diary, an_entry(other, 7, 5, replaces=uuid(1)))
    take_away(diary, other, uuid(7), at(10))
    sweep(diary, LATER)
    assert uuid(1) not in {stone.id for stone in whole_of(diary, other).stones}
    assert entry(diary, uuid(1)) is not None
    assert newest(diary, other) == ()


def test_what_is_taken_away_goes_even_where_a_tombstone_of_another_has_its_id(diary: Diary, me: str) -> None:
    other = add_person(diary, "Ben", NIGHT)
    put(diary, an_entry(me, 1))
    with diary.write() as connection:
        bury(connection, [Stone(uuid(1), other, "episode", "2026-11-21", at(99))])
    assert entry(diary, uuid(1)) is not None
    take_away(diary, me, uuid(1), at(5))
    sweep(diary, LATER)
    assert whole_of(diary, me).entries == ()
    assert whole_of(diary, other).stones[0].id == uuid(1)


def test_what_was_emptied_is_in_no_file_any_more(tmp_path: Path) -> None:
    diary = open_diary(f"sqlite:///{tmp_path / 'diary.sqlite'}")
    me = first_person(diary, NIGHT)
    put(diary, an_entry(me, body={**EPISODE, "note": "secret-that-was-planted"}))
    take_away(diary, me, uuid(1), at(5))
    sweep(diary, LATER)
    # Still open: it is gone from the log beside the file too.
    assert b"secret-that-was-planted" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    diary.close()


# ---- in any order --------------------------------------------------------------------------------


class Devices(RuleBasedStateMachine):
    """Two phones with clocks of their own and a page, against a plain model of families of versions."""

    made = Bundle("made")
    waiting = Bundle("waiting")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.diary = open_diary(f"sqlite:///{self.folder.name}/diary.sqlite")
        self.me = first_person(self.diary, NIGHT)
        self.number = 0
        self.clock = 0
        self.arrived: dict[str, Entry] = {}
        self.stones: dict[str, Any] = {}
        self.exports: list[tuple[Path, dict[str, Entry], dict[str, Any]]] = []

    def teardown(self) -> None:
        self.diary.close()
        self.folder.cleanup()

    # -- the model: three rules in plain words ------------------------------------------------------

    def model_put(self, new: Entry) -> None:
        """A tombstone of its own swallows it; so does one of what it replaces, if that is not older."""
        under = self.stones.get(str(new.replaces))
        if new.id in self.stones:
            return
        if under is not None and new.recorded <= under:
            self.model_bury(new.id, under)
        else:
            self.arrived[new.id] = new

    def model_bury(self, name: str, when: Any) -> None:
        if name in self.stones and self.stones[name] >= when:
            return
        self.stones[name] = when
        self.arrived.pop(name, None)
        for one in list(self.arrived.values()):
            if one.replaces == name and one.recorded <= when:
                self.model_bury(one.id, when)

    def family(self, one: Entry) -> set[str]:
        found = {one.id}
        while True:
            more = {
                name
                for other in self.arrived.values()
                for name in (other.id, other.replaces)
                if name and found & {other.id, other.replaces}
            }
            if more <= found:
                return found
            found |= more

    def shown(self) -> set[str]:
        newest_ids = newest_of(self.arrived.values())
        return {name for name in newest_ids if self.arrived[name].body != GONE}

    # -- what people and devices do -----------------------------------------------------------------

    def write(self, replaces: str | None, skew: int, body: dict[str, Any]) -> Entry:
        self.number += 1
        self.clock += 1
        return an_entry(self.me, self.number, self.clock + skew, replaces=replaces, body=body)

    @rule(target=waiting, skew=st.sampled_from([0, 0, -7, 90]))
    def add(self, skew: int) -> Entry:
        return self.write(None, skew, {**EPISODE, "note": f"n{self.number}"})

    @rule(target=waiting, old=made, skew=st.sampled_from([0, 0, -7, 90]))
    def edit(self, old: Entry, skew: int) -> Entry:
        return self.write(old.id, skew, {**EPISODE, "note": f"e{self.number}"})

    @rule(target=waiting, old=made, skew=st.sampled_from([0, 0, -7, 90]))
    def delete(self, old: Entry, skew: int) -> Entry:
        return self.write(old.id, skew, GONE)

    @rule(target=made, new=consumes(waiting))
    def arrives(self, new: Entry) -> Entry:
        self.arrive(new)
        return new

    def arrive(self, new: Entry) -> None:
        put(self.diary, new)
        self.model_put(new)

    @rule(target=made, new=waiting)
    def arrives_and_is_sent_again(self, new: Entry) -> Entry:
        self.arrive(new)
        return new

    @rule(old=made)
    def is_imported_again(self, old: Entry) -> None:
        put_all(self.diary, [old])
        self.model_put(old)

    @rule(old=made)
    def page_takes_away_or_back(self, old: Entry) -> None:
        if old.id not in self.arrived:
            return
        self.clock += 1
        newest_id = next(iter(newest_of(self.arrived.values()) & self.family(self.arrived[old.id])))
        act = undo if self.arrived[newest_id].body == GONE else take_away
        try:
            done = act(self.diary, self.me, old.id, at(self.clock))
        except Refused:
            return
        self.model_put(done)
        if act is take_away:
            self.model_sweep()

    @rule(minutes=st.integers(0, 40))
    def time_passes(self, minutes: int) -> None:
        self.clock += minutes

    @rule()
    def is_swept(self) -> None:
        sweep(self.diary, at(self.clock))
        self.model_sweep()

    def model_sweep(self) -> None:
        until = at(self.clock) - UNDO_WITHIN
        for name in sorted(newest_of(self.arrived.values())):
            last = self.arrived.get(name)
            if last is not None and last.body == GONE and last.recorded <= until:
                for one in self.family(last):
                    self.model_bury(one, last.recorded)

    @rule()
    def is_exported(self) -> None:
        path = Path(self.folder.name) / f"{len(self.exports)}.uncramp"
        path.write_bytes(b"".join(export(self.diary, self.me)))
        self.exports.append((path, dict(self.arrived), dict(self.stones)))

    @rule(data=st.data())
    def is_restored(self, data: st.DataObject) -> None:
        if self.exports:
            path, arrived, stones = data.draw(st.sampled_from(self.exports))
            restore(self.diary, self.me, path)
            for name, when in stones.items():
                self.model_bury(name, when)
            for one in sorted(arrived.values(), key=lambda one: one.recorded):
                self.model_put(one)

    # -- what always holds --------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_and_nothing_comes_back(self) -> None:
        whole = whole_of(self.diary, self.me)
        assert {one.id: one for one in whole.entries} == self.arrived
        assert {stone.id: stone.recorded for stone in whole.stones} == self.stones
        assert {one.id for one in action.newest(self.diary, self.me)} == self.shown()
        assert not set(self.arrived) & set(self.stones)

    @invariant()
    def what_lost_is_kept_in_the_history(self) -> None:
        for name in list(self.shown())[:2]:
            mine = {one for one in self.family(self.arrived[name]) if one in self.arrived}
            assert {one.id for one in history(self.diary, name)} == mine
            assert entry(self.diary, name) == self.arrived[name]


Devices.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    # To make a long history shorter takes minutes; as it is it can be read too.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_two_devices_and_a_page_in_any_order_lose_nothing_and_bring_nothing_back = Devices.TestCase
