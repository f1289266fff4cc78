"""One line into the diary."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.diary.entries import NIGHT, an_entry, uuid
from uncramp.actions.check import Refused
from uncramp.actions.entries import put
from uncramp.actions.exposures import add_own, choose_questions
from uncramp.actions.log import log, other_time, undo
from uncramp.core.nights import Word, day_of_entry, is_deleted, nights
from uncramp.diary.connection import Diary
from uncramp.diary.entries import newest
from uncramp.diary.entries import put as put_entry
from uncramp.diary.people import add_person, first_person
from uncramp.model import Entry, EntryKind

BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 22, 8, 0, tzinfo=BERLIN)
LAST_NIGHT, TODAY = date(2026, 11, 21), date(2026, 11, 22)


class Writer:
    """Somebody who writes lines into one diary."""

    def __init__(self, diary: Diary) -> None:
        self.diary = diary
        self.me = first_person(diary, NIGHT)

    def write(self, what: str, now: datetime = MORNING, /, **said: object) -> tuple[Entry, ...]:
        return log(self.diary, self.me, {"what": what, **said}, now, "command line")

    def there(self) -> tuple[Entry, ...]:
        return tuple(one for one in newest(self.diary, self.me) if not is_deleted(one))

    def word(self, night: date = LAST_NIGHT) -> Word | None:
        return nights(self.there(), night, night)[0].word


@pytest.fixture
def me(diary: Diary) -> Writer:
    return Writer(diary)


def test_quiet_is_the_night_whose_morning_it_is(me: Writer) -> None:
    (note,) = me.write("quiet")
    assert note.kind is EntryKind.DAY_NOTE
    assert note.body == {"night": "2026-11-21", "word": "quiet"}
    assert note.start == datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
    assert note.offset_minutes == 60
    assert me.word() is Word.QUIET


@pytest.mark.parametrize(("hour", "night"), [(3, 20), (4, 21), (12, 21), (23, 21)])
def test_before_four_the_night_that_runs_is_not_over(me: Writer, hour: int, night: int) -> None:
    (note,) = me.write("quiet", MORNING.replace(hour=hour))
    assert note.body["night"] == f"2026-11-{night}"


def test_quiet_twice_is_written_once(me: Writer) -> None:
    me.write("quiet")
    assert me.write("quiet", MORNING + timedelta(minutes=1)) == ()
    assert len(me.there()) == 1


def test_a_note_on_a_quiet_night_is_a_new_version_of_it(me: Writer) -> None:
    (first,) = me.write("quiet")
    (second,) = me.write("quiet", note="slept well")
    assert second.replaces == first.id
    assert [one.body["note"] for one in me.there()] == ["slept well"]


@pytest.mark.parametrize("said", [{}, {"at": "03:10"}, {"side": "left"}])
def test_a_night_with_a_cramp_is_not_called_quiet(me: Writer, said: dict[str, object]) -> None:
    me.write("cramp", **said)
    with pytest.raises(Refused, match="has a cramp"):
        me.write("quiet")


def test_tonight_and_what_is_to_come_are_not_called_quiet(me: Writer) -> None:
    for day, words in (("today", "not over"), ("2026-11-22", "not over"), ("2026-11-23", "still to come")):
        with pytest.raises(Refused, match=words):
            me.write("quiet", day=day)


def test_a_cramp_without_an_hour_is_the_word_of_the_night(me: Writer) -> None:
    (note,) = me.write("cramp")
    assert note.body == {"night": "2026-11-21", "word": "cramp"}
    assert me.write("cramp") == ()
    assert me.word() is Word.CRAMP


def test_a_cramp_replaces_the_word_quiet(me: Writer) -> None:
    (quiet,) = me.write("quiet")
    (cramp,) = me.write("cramp")
    assert cramp.replaces == quiet.id
    assert me.word() is Word.CRAMP


def test_a_cramp_in_the_night_that_runs_belongs_to_it(me: Writer) -> None:
    (note,) = me.write("cramp", MORNING.replace(hour=2))
    assert note.body["night"] == "2026-11-21"


def test_a_cramp_with_an_hour_is_an_episode(me: Writer) -> None:
    (cramp,) = me.write("cramp", at="3:10", side="left", minutes="4", pain=7, asleep=True)
    assert cramp.kind is EntryKind.EPISODE
    assert cramp.start == datetime(2026, 11, 22, 2, 10, tzinfo=UTC)
    assert cramp.end == datetime(2026, 11, 22, 2, 14, tzinfo=UTC)
    assert cramp.offset_minutes == 60
    said = {name: cramp.body[name] for name in ("muscle", "side", "pain", "asleep", "timed")}
    assert said == {"muscle": "hamstring", "side": "left", "pain": 7, "asleep": True, "timed": True}
    assert me.word() is Word.CRAMP


def test_a_side_without_an_hour_is_an_episode_of_that_night_and_says_that_its_hour_is_not_known(
    me: Writer,
) -> None:
    cramp, note = me.write("cramp", side="right", muscle="calf")
    assert cramp.body["timed"] is False
    assert cramp.start == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert cramp.body["bouts"][0]["start"] == "2026-11-22T02:00:00.000Z"
    assert note.body["word"] == "cramp"
    assert me.write("cramp", side="right", muscle="calf") == ()
    assert len(me.there()) == 2


def test_more_about_the_same_cramp_is_a_new_version_of_it(me: Writer) -> None:
    (first,) = me.write("cramp", at="03:10")
    (second,) = me.write("cramp", at="03:10", pain=6, minutes=5)
    assert second.replaces == first.id
    assert second.body["pain"] == 6
    assert second.end == first.start + timedelta(minutes=5)
    assert me.write("cramp", at="03:10", pain=6) == ()


def test_the_other_leg_at_the_same_minute_is_another_cramp(me: Writer) -> None:
    me.write("cramp", at="03:10", side="left")
    me.write("cramp", at="03:10", side="right")
    assert len(me.there()) == 2


def test_what_guided_relief_timed_is_not_timed_anew(me: Writer) -> None:
    guided = an_entry(me.me, body={**an_entry(me.me).body, "protocol": "bed"})
    put_entry(me.diary, guided)
    (more,) = me.write("cramp", at="04:10", pain=5, minutes=30)
    assert more.replaces == guided.id
    assert more.end == guided.end
    assert more.body["pain"] == 5


@pytest.mark.parametrize(
    ("at", "day", "start"),
    [
        ("23:30", None, "2026-11-21T22:30"),
        ("03:10", "2026-11-20", "2026-11-21T02:10"),
        ("22:15", "2026-11-20", "2026-11-20T21:15"),
        ("2026-11-19T03:10", None, "2026-11-19T02:10"),
        ("2026-11-19T03:10Z", None, "2026-11-19T03:10"),
        ("now", None, "2026-11-22T07:00"),
    ],
)
def test_an_hour_is_found_on_its_date(me: Writer, at: str, day: str | None, start: str) -> None:
    (cramp,) = me.write("cramp", at=at, **({"day": day} if day else {}))
    assert cramp.start.isoformat()[:16] == start


def test_an_hour_in_summer_has_the_offset_of_summer(me: Writer) -> None:
    (cramp,) = me.write("cramp", at="03:10", day="2026-07-10")
    assert cramp.offset_minutes == 120
    assert cramp.start.isoformat()[:16] == "2026-07-11T01:10"


@pytest.mark.parametrize("said", [{"at": "02:30", "day": "2026-03-28"}, {"at": "2026-03-29T02:30"}])
@pytest.mark.parametrize("what", ["cramp", "effort"])
def test_an_hour_that_the_clock_skipped_is_refused_with_those_beside_it(
    me: Writer, what: str, said: dict[str, object]
) -> None:
    sport = {"sport": "running"} if what == "effort" else {}
    with pytest.raises(Refused, match=r"^at: .* never showed 02:30\. Write 01:30 or 03:30\."):
        me.write(what, **sport, **said)
    assert me.there() == ()


def test_before_the_hour_that_will_be_skipped_it_is_that_of_yesterday(me: Writer) -> None:
    at_one = datetime(2026, 3, 29, 1, 0, tzinfo=BERLIN)
    (cramp,) = me.write("cramp", at_one, at="02:30")
    assert cramp.start.isoformat()[:16] == "2026-03-28T01:30"


@pytest.mark.parametrize(
    ("said", "start", "other"),
    [
        ({"at": "02:30", "day": "2026-10-24"}, "2026-10-25T00:30", "2026-10-25T02:30:00+01:00"),
        ({"at": "2026-10-25T02:30"}, "2026-10-25T00:30", "2026-10-25T02:30:00+01:00"),
        ({"at": "2026-10-25T02:30+02:00"}, "2026-10-25T00:30", None),
        ({"at": "2026-10-25T02:30+01:00"}, "2026-10-25T01:30", None),
        ({"at": "03:30", "day": "2026-10-24"}, "2026-10-25T02:30", None),
        ({"side": "left", "day": "2026-10-24"}, "2026-10-25T02:00", None),
    ],
)
def test_of_an_hour_shown_twice_the_first_is_written_unless_the_offset_says_which(
    me: Writer, said: dict[str, object], start: str, other: str | None
) -> None:
    written = me.write("cramp", **said)
    assert written[0].start.isoformat()[:16] == start
    later = other_time(said, written, MORNING)
    assert (later and later.isoformat()) == other


def test_in_the_hour_that_comes_twice_what_was_is_not_taken_for_yesterday(me: Writer) -> None:
    """At 2:45 for the second time, 2:50 was once already; for the first time it was yesterday."""
    twice = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN)
    (cramp,) = me.write("cramp", twice.replace(fold=1), at="02:50")
    assert cramp.start.isoformat()[:16] == "2026-10-25T00:50"
    (yesterday,) = me.write("cramp", twice, at="02:50", side="left", muscle="calf")
    assert yesterday.start.isoformat()[:16] == "2026-10-24T00:50"
    (cramp,) = me.write("cramp", twice, at="02:30", muscle="foot")
    assert other_time({"at": "02:30"}, [cramp], twice) is None


def test_a_cramp_lasts_as_long_as_was_said_also_while_the_clock_is_put_back(me: Writer) -> None:
    (cramp,) = me.write("cramp", at="01:50", day="2026-10-24", minutes=90)
    assert cramp.end is not None
    assert cramp.end - cramp.start == timedelta(minutes=90)


def test_an_answer_is_of_today_and_a_changed_one_replaces_it(me: Writer) -> None:
    (two,) = me.write("exposure", exposure="alcohol", value="2")
    assert two.body == {
        "exposure": "alcohol", "day": "2026-11-22", "value": 2, "timed": False, "unit": "drinks",
    }  # fmt: skip
    assert two.start == datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    assert me.write("exposure", exposure="alcohol", value=2.0) == ()
    (three,) = me.write("exposure", exposure="alcohol", value=3)
    assert three.replaces == two.id
    assert [one.body["value"] for one in me.there()] == [3]


def test_after_midnight_an_answer_is_of_the_day_that_ends(me: Writer) -> None:
    (said,) = me.write("exposure", MORNING.replace(hour=1), exposure="yoga", value="yes")
    assert said.body["day"] == "2026-11-21"


def test_no_is_false_or_zero_and_never_nothing(me: Writer) -> None:
    (no,) = me.write("exposure", exposure="yoga", value="no")
    (none,) = me.write("exposure", exposure="alcohol", value="no", day="yesterday")
    assert no.body["value"] is False
    assert none.body["value"] == 0
    assert day_of_entry(none) == LAST_NIGHT


def test_an_exposure_of_ones_own_is_known_by_its_name(me: Writer) -> None:
    add_own(me.diary, me.me, "Coffee", "cups")
    (cups,) = me.write("exposure", exposure="coffee", value=3)
    assert cups.body["exposure"] == "own.coffee"
    assert cups.body["unit"] == "cups"


def test_an_effort_is_written_once_and_a_second_one_beside_it(me: Writer) -> None:
    (run,) = me.write("effort", sport="Running", minutes=45, session_rpe=6, hot=True)
    assert run.body["value"] is True
    assert run.body["effort"] == {"sport": "running", "minutes": 45, "session_rpe": 6, "hot": True}
    assert me.write("effort", sport="running", minutes=45, session_rpe=6, hot=True) == ()
    me.write("effort", sport="running", minutes=20, at="07:00")
    assert len(me.there()) == 2


def test_same_copies_what_the_evening_asks_and_today_lacks_and_never_a_cramp(me: Writer) -> None:
    choose_questions(me.diary, me.me, ["alcohol", "yoga", "magnesium"])
    yesterday = {"day": "yesterday"}
    me.write("cramp", at="03:10", **yesterday)
    me.write("exposure", exposure="alcohol", value=2, **yesterday)
    me.write("exposure", exposure="yoga", value=True, **yesterday)
    me.write("exposure", exposure="hot_day", value=True, **yesterday)
    me.write("exposure", exposure="yoga", value=False)
    copied = me.write("same")
    assert [(one.body["exposure"], one.body["value"]) for one in copied] == [("alcohol", 2)]
    assert copied[0].body["day"] == "2026-11-22"
    assert me.write("same") == ()


def test_the_same_id_again_changes_nothing(me: Writer) -> None:
    made = uuid(77)
    (first,) = me.write("effort", id=made, sport="running")
    assert first.id == made
    assert me.write("effort", MORNING + timedelta(hours=1), id=made, sport="running", minutes=5) == ()


def test_the_id_of_somebody_else_is_taken(me: Writer) -> None:
    other = add_person(me.diary, "Ann", MORNING)
    put_entry(me.diary, an_entry(other))
    with pytest.raises(Refused, match="id: it is taken"):
        me.write("quiet", id=an_entry(other).id)


def test_undo_takes_away_what_was_written_last_and_then_what_came_before(me: Writer) -> None:
    me.write("exposure", exposure="alcohol", value=2)
    me.write("cramp", MORNING + timedelta(minutes=1), side="left")
    assert len(undo(me.diary, me.me, MORNING + timedelta(minutes=2), "command line")) == 2
    assert me.word() is None
    undo(me.diary, me.me, MORNING + timedelta(minutes=3), "command line")
    assert me.there() == ()
    assert undo(me.diary, me.me, MORNING + timedelta(minutes=4), "command line") == ()


def test_undo_of_a_change_brings_back_what_was_there(me: Writer) -> None:
    me.write("exposure", exposure="alcohol", value=2)
    me.write("exposure", MORNING + timedelta(minutes=1), exposure="alcohol", value=3)
    undo(me.diary, me.me, MORNING + timedelta(minutes=2), "command line")
    assert [one.body["value"] for one in me.there()] == [2]


def test_undo_leaves_alone_what_came_from_elsewhere(me: Writer) -> None:
    put_entry(me.diary, an_entry(me.me))
    assert undo(me.diary, me.me, MORNING, "command line") == ()


def test_what_was_undone_can_be_written_again(me: Writer) -> None:
    me.write("quiet")
    undo(me.diary, me.me, MORNING + timedelta(minutes=1), "command line")
    assert len(me.write("quiet", MORNING + timedelta(minutes=2))) == 1
    assert me.word() is Word.QUIET


@pytest.mark.parametrize(
    ("what", "said", "field"),
    [
        ("loud", {}, "what"),
        ("quiet", {"colour": "red"}, "colour"),
        ("quiet", {"day": "soon"}, "day"),
        ("quiet", {"day": "0001-01-01"}, "day"),
        ("quiet", {"id": "1"}, "id"),
        ("quiet", {"note": "x" * 3000}, "body.note"),
        ("cramp", {"at": "25:00"}, "at"),
        ("cramp", {"at": "9999-12-31T23:59-23:00"}, "at"),
        ("cramp", {"at": "2026-11-23T03:10"}, "at"),
        ("cramp", {"at": "2026-11-21T03:10", "day": "today"}, "at"),
        ("cramp", {"at": "23:00", "day": "today"}, "at"),
        ("cramp", {"side": "up"}, "side"),
        ("cramp", {"muscle": "tongue"}, "muscle"),
        ("cramp", {"pain": 11}, "pain"),
        ("cramp", {"pain": "nan"}, "pain"),
        ("cramp", {"asleep": "perhaps"}, "asleep"),
        ("cramp", {"at": "03:10", "minutes": -1}, "minutes"),
        ("exposure", {"exposure": "moon", "value": 1}, "exposure"),
        ("exposure", {"exposure": "yoga"}, "value"),
        ("exposure", {"exposure": "yoga", "value": "unknown"}, "value"),
        ("exposure", {"exposure": "alcohol", "value": True}, "value"),
        ("exposure", {"exposure": "alcohol", "value": 41}, "value"),
        ("effort", {}, "sport"),
        ("effort", {"sport": "running", "session_rpe": 11}, "session_rpe"),
        ("effort", {"sport": "running", "minutes": 0}, "body.effort.minutes"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field_and_nothing_is_written(
    me: Writer, what: str, said: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        me.write(what, **said)
    assert refused.value.problems[0].startswith(f"{field}: ")
    assert me.there() == ()


def test_nothing_is_stored_that_the_interface_would_refuse(me: Writer) -> None:
    from uncramp.actions.entries import as_json

    me.write("quiet", day="2026-11-01")
    me.write("cramp", side="left")
    me.write("effort", sport="running")
    other = add_person(me.diary, "Ann", MORNING)
    for number, entry in enumerate(me.there(), 500):
        raw = as_json(entry)
        del raw["id"]
        assert put(me.diary, other, uuid(number), raw)
