"""Forms -> entries and back: what is not known, clocks that jump, and what must not be lost by an edit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diary.entries import NIGHT, an_entry, uuid
from uncramp.actions import write_circumstance, write_episode, write_exposure, writing
from uncramp.actions.check import Refused
from uncramp.actions.circumstances import person_on
from uncramp.actions.entries import history, newest
from uncramp.actions.entry_form import read_entry
from uncramp.actions.exposures import OPEN, choose_questions, questions, questions_chosen
from uncramp.actions.library import knowledge
from uncramp.actions.medicines import plain
from uncramp.actions.wall_clock import Twice, clock_at, clock_of, moment, offset_at
from uncramp.actions.writing import Standing, save, take_away, undo
from uncramp.core.nights import is_deleted, night_of_entry
from uncramp.diary.connection import Diary
from uncramp.diary.entries import put
from uncramp.diary.people import first_person
from uncramp.model import Entry

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BERLIN = {"zone": "Europe/Berlin", "offset_minutes": "60"}
CRAMP = {"when": "time", "date": "2026-11-17", "time": "02:30", "muscle": "hamstring", **BERLIN}


@pytest.fixture
def me(diary: Diary) -> str:
    return first_person(diary, NIGHT)


def entry(raw: Any, number: int = 1, replaces: str | None = None, **changed: Any) -> Entry:
    """What the diary makes of it, which also looks at every field."""
    stamp = {"origin": "page", "recorded": "2026-11-22T08:00:00.000Z", "replaces": replaces}
    return replace(read_entry("me", uuid(number), {**raw, **stamp}), **changed)


def cramp(**typed: str) -> Entry:
    return entry(write_episode.written({**CRAMP, **typed}, NOW))


def problems(call: Any, *arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*arguments)
    return " ".join(refused.value.problems)


# ---- clocks ------------------------------------------------------------------------------------------


def test_a_time_on_the_wall_becomes_the_instant_with_the_offset_of_its_own_day() -> None:
    berlin = clock_of("Europe/Berlin", "")
    assert moment(datetime.fromisoformat("2026-01-05T03:10"), berlin) == (
        datetime(2026, 1, 5, 2, 10, tzinfo=UTC),
        60,
    )
    assert moment(datetime.fromisoformat("2026-07-05T03:10"), berlin) == (
        datetime(2026, 7, 5, 1, 10, tzinfo=UTC),
        120,
    )


def test_half_past_two_that_never_was_is_a_question_with_two_ways_out() -> None:
    said = problems(moment, datetime.fromisoformat("2026-03-29T02:30"), clock_of("Europe/Berlin", ""))
    assert "01:30" in said
    assert "03:30" in said


def test_half_past_two_that_was_there_twice_is_a_question_until_it_is_answered() -> None:
    twice, berlin = datetime.fromisoformat("2026-10-25T02:30"), clock_of("Europe/Berlin", "")
    with pytest.raises(Twice):
        moment(twice, berlin)
    assert moment(twice, berlin, "first") == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 120)
    assert moment(twice, berlin, "second") == (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 60)


@pytest.mark.parametrize(
    ("place", "hour", "offset"),
    [
        ("Tokyo", 17, 540), ("new york", 7, -300), ("America/New_York", 7, -300),
        ("UTC+9", 17, 540), ("-3:30", 5, -210),
    ],
)  # fmt: skip
def test_a_city_or_an_offset_names_the_clock_of_another_place(place: str, hour: int, offset: int) -> None:
    _, found = moment(datetime.fromisoformat(f"2026-11-17T{hour:02}:00"), clock_at(place))
    assert found == offset


@pytest.mark.parametrize("place", ["Atlantis", "UTC+99", "../../etc/passwd", "", "x" * 5000, "\0"])
def test_a_place_that_is_none_is_refused_beside_its_field(place: str) -> None:
    assert problems(clock_at, place).startswith("place: ")


@pytest.mark.parametrize(("zone", "offset"), [("Nowhere/City", "60"), ("", "60"), ("../x", "60")])
def test_without_a_zone_that_we_know_the_offset_holds(zone: str, offset: str) -> None:
    assert offset_at(NOW, clock_of(zone, offset)) == 60


@pytest.mark.parametrize("offset", ["", "x", "99999", "841", "1e3", "--5"])
def test_without_either_it_is_the_clock_of_this_machine(offset: str) -> None:
    assert clock_of("", offset) is None


@settings(deadline=None)
@given(
    st.datetimes(datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("2099-12-30")),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.sampled_from(["first", "second"]),
)
def test_what_a_clock_showed_is_shown_again_by_the_instant_and_its_offset(
    wall: datetime, zone: str, which: str
) -> None:
    try:
        found, offset = moment(wall, clock_of(zone, ""), which)
    except Refused:
        return
    assert (found + timedelta(minutes=offset)).replace(tzinfo=None) == wall


# ---- a cramp -----------------------------------------------------------------------------------------


def test_what_is_not_known_is_not_in_the_entry() -> None:
    made = cramp()
    assert made.start == datetime(2026, 11, 17, 1, 30, tzinfo=UTC)
    assert made.offset_minutes == 60
    assert made.end is None
    assert dict(made.body) == {
        "muscle": "hamstring",
        "side": None,
        "bouts": [{"start": "2026-11-17T01:30:00.000Z"}],
    }


def test_no_and_nought_differ_from_not_known() -> None:
    body = cramp(asleep="no", pain="0", soreness="0", minutes_0="0").body
    assert (body["asleep"], body["pain"], body["soreness"]) == (False, 0, 0)
    assert body["bouts"][0]["end"] == body["bouts"][0]["start"]


def test_all_of_it_is_kept() -> None:
    body = cramp(
        side="both", asleep="yes", doing="running", pain="7", note="odd\r\nnight ", minutes_0="1,5",
        remedy_stretch="helped", remedy_massage="used",
    ).body  # fmt: skip
    assert body["side"] == "both"
    assert body["note"] == "odd\nnight"
    assert body["bouts"][0]["end"] == "2026-11-17T01:31:30.000Z"
    assert (set(body["used"]), body["helped"]) == ({"massage", "stretch"}, ["stretch"])


def test_only_the_night_stands_at_three_in_the_morning_after_it() -> None:
    made = cramp(when="night", night="2026-11-16")
    assert made.body["timed"] is False
    assert made.start == datetime(2026, 11, 17, 2, 0, tzinfo=UTC)
    assert night_of_entry(made) == date(2026, 11, 16)


def test_of_the_night_in_which_the_clock_is_changed_nothing_is_asked() -> None:
    assert cramp(when="night", night="2026-03-28").offset_minutes == 120
    assert cramp(when="night", night="2026-10-24").offset_minutes == 60


def test_bouts_across_midnight_are_in_their_order() -> None:
    bouts = cramp(
        date="2026-11-16", time="23:50", minutes_0="2", again="2", time_1="00:10", minutes_2="4"
    ).body["bouts"]
    assert [bout["start"][:16] for bout in bouts] == [
        "2026-11-16T22:50", "2026-11-16T23:10", "2026-11-16T23:10",
    ]  # fmt: skip
    assert "end" not in bouts[1]
    assert bouts[2]["end"] == "2026-11-16T23:14:00.000Z"


def test_how_often_follows_from_the_rows_where_it_is_not_typed() -> None:
    assert len(cramp(minutes_1="2", minutes_3="1").body["bouts"]) == 4
    assert "again:" in problems(write_episode.written, {**CRAMP, "again": "1", "minutes_2": "3"}, NOW)


def test_a_cramp_through_the_hour_that_is_left_out_lasts_as_long_as_it_did() -> None:
    made = cramp(date="2026-03-29", time="01:50", minutes_0="20")
    assert made.end is not None
    assert made.end - made.start == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"date": ""}, "date"), ({"date": "2026-02-29"}, "date"), ({"date": "1969-12-31"}, "date"),
        ({"date": "2100-01-01"}, "date"), ({"date": "17.11.2026"}, "date"), ({"date": "2026-11-23"}, "date"),
        ({"date": "1970-01-01", "time": "00:30"}, "start"),
        ({"time": ""}, "time"), ({"time": "25:00"}, "time"),
        ({"muscle": ""}, "muscle"), ({"muscle": "tail"}, "muscle"), ({"side": "middle"}, "side"),
        ({"pain": "11"}, "pain"), ({"pain": "nan"}, "pain"), ({"pain": "1e1"}, "pain"),
        ({"soreness": "-1"}, "soreness"),
        ({"minutes_0": "9999"}, "minutes_0"), ({"minutes_0": "two"}, "minutes_0"), ({"again": "51"}, "again"),
        ({"time_1": "99"}, "time_1"), ({"asleep": "maybe"}, "asleep"), ({"doing": "<b>"}, "doing"),
        ({"effort": uuid(9)}, "effort"), ({"note": "x" * 2001}, "note"), ({"note": "\0"}, "note"),
        ({"remedy_stretch": "maybe"}, "remedy_stretch"), ({"place": "Atlantis"}, "place"),
        ({"when": "night", "night": ""}, "night"), ({"when": "night", "night": "2026-11-22"}, "night"),
        ({"date": "2026-03-29", "time": "02:30"}, "time"), ({"date": "2026-10-25", "time": "02:30"}, "which"),
    ],
)  # fmt: skip
def test_what_cannot_be_names_its_field(typed: dict[str, str], field: str) -> None:
    assert f"{field}: " in problems(lambda: cramp(**typed))


def test_a_leap_day_and_the_first_and_last_days_can_be_written() -> None:
    assert cramp(date="2024-02-29").start.day == 29
    assert cramp(date="1970-01-02").start.year == 1970


def test_in_another_place_the_clock_there_holds() -> None:
    made = cramp(place="Tokyo", time="02:30")
    assert made.offset_minutes == 540
    assert made.start == datetime(2026, 11, 16, 17, 30, tzinfo=UTC)


# ---- editing -----------------------------------------------------------------------------------------

GUIDED: dict[str, Any] = {
    "muscle": "hamstring", "side": "left", "protocol": "bed", "as": "self", "facts": {"age": 45},
    "bouts": [
        {
            "start": "2026-11-22T03:10:05.120Z", "end": "2026-11-22T03:12:05.170Z", "released": True,
            "technique": "sit_up",
            "techniques": [{"id": "rub", "start": "2026-11-22T03:10:05.120Z", "end": None}],
            "answers": [{"id": "harder", "at": "2026-11-22T03:11:00.000Z", "marks": []}],
        },
        {"start": "2026-11-22T03:20:11.000Z", "end": "2026-11-22T03:21:00.000Z", "released": False},
    ],
    "knowledge": "bbfe0191dbe7", "helped": ["voodoo"],
}  # fmt: skip
WALK = an_entry("me", body=GUIDED, end=datetime(2026, 11, 22, 3, 21, tzinfo=UTC))


def edit(before: Entry, **typed: str) -> Entry:
    raw = write_episode.written({**write_episode.filled(before), **BERLIN, **typed}, NOW, before)
    return entry(raw, 2, before.id)


def test_an_edit_of_the_pain_keeps_the_techniques_the_answers_and_every_second() -> None:
    after = edit(WALK, pain="7")
    assert dict(after.body) == {**GUIDED, "pain": 7}
    assert (after.start, after.end, after.offset_minutes) == (WALK.start, WALK.end, 60)


def test_a_form_that_is_sent_as_it_was_filled_changes_nothing() -> None:
    assert dict(edit(WALK).body) == GUIDED
    night = cramp(when="night", night="2026-11-16", side="left", minutes_0="3", again="2", minutes_2="1")
    assert edit(night).body == night.body
    assert edit(night).start == night.start


def test_a_new_time_moves_all_that_hangs_on_it() -> None:
    after = edit(WALK, time="05:10")
    first = after.body["bouts"][0]
    moved = datetime(2026, 11, 22, 4, 10, tzinfo=UTC) - WALK.start
    assert first["answers"][0]["at"] == "2026-11-22T04:10:54.880Z"
    assert after.end == (WALK.end or NOW) + moved


def test_an_edit_by_a_person_who_is_at_home_again_stays_by_the_clock_of_the_journey() -> None:
    there = replace(WALK, offset_minutes=540)
    assert write_episode.filled(there)["time"] == "12:10"
    after = edit(there, time="12:40")
    assert after.offset_minutes == 540
    assert after.start == datetime(2026, 11, 22, 3, 40, tzinfo=UTC)


def test_a_bout_fewer_is_taken_away_and_one_more_is_added() -> None:
    assert len(edit(WALK, again="0").body["bouts"]) == 1
    assert len(edit(WALK, again="2").body["bouts"]) == 3


# ---- exposures and efforts -----------------------------------------------------------------------------


def test_an_exposure_without_an_hour_stands_at_noon_of_its_day() -> None:
    asked = knowledge().exposures["alcohol"]
    made = entry(write_exposure.exposure_written({"date": "2026-11-17", "value": "0", **BERLIN}, asked, NOW))
    assert made.body == {
        "exposure": "alcohol", "value": 0, "unit": "drinks", "day": "2026-11-17", "timed": False,
    }  # fmt: skip
    assert made.start == datetime(2026, 11, 17, 11, 0, tzinfo=UTC)
    for typed in ({"value": ""}, {"value": "41"}, {"value": "yes"}, {"date": "2026-11-23", "value": "1"}):
        with pytest.raises(Refused):
            write_exposure.exposure_written({"date": "2026-11-17", **BERLIN, **typed}, asked, NOW)


def test_no_is_written_and_unknown_is_not() -> None:
    asked = knowledge().exposures["yoga"]
    made = write_exposure.exposure_written({"date": "2026-11-22", "value": "no", **BERLIN}, asked, NOW)
    assert made["body"]["value"] is False
    assert "value:" in problems(
        write_exposure.exposure_written, {"date": "2026-11-22", "value": ""}, asked, NOW
    )


def test_an_effort_is_kept_with_what_is_known_of_it() -> None:
    typed = {
        "sport": "running", "date": "2026-11-17", "time": "18:00", "minutes": "45", "session_rpe": "7",
        "distance_km": "8.2", "hot": "no", **BERLIN,
    }  # fmt: skip
    made = entry(write_exposure.effort_written(typed, NOW))
    assert made.body["effort"] == {
        "sport": "running", "minutes": 45, "session_rpe": 7, "distance_km": 8.2, "hot": False,
    }  # fmt: skip
    assert made.end == made.start + timedelta(minutes=45)
    again = write_exposure.effort_written({**write_exposure.filled(made), **BERLIN, "hot": "yes"}, NOW, made)
    assert again["body"]["effort"] == {**made.body["effort"], "hot": True}
    assert "sport:" in problems(write_exposure.effort_written, {**typed, "sport": ""}, NOW)


def test_whatever_is_still_open_asks_for_what_was_written_least_often(diary: Diary, me: str) -> None:
    choose_questions(diary, me, [OPEN])
    assert questions_chosen(diary, me) == (OPEN,)
    first = [asked.id for asked in questions(diary, me, date(2026, 11, 22))]
    asked = knowledge().exposures[first[0]]
    for day in ("2026-11-20", "2026-11-22"):
        raw = write_exposure.exposure_written({"date": day, "value": "no", **BERLIN}, asked, NOW)
        save(diary, me, raw, NOW)
    evening = [asked.id for asked in questions(diary, me, date(2026, 11, 22))]
    assert first[0] not in evening
    assert len(evening) == 3
    assert [asked.id for asked in questions(diary, me, date(2026, 11, 20))] == first


# ---- saving, taking away, bringing back ----------------------------------------------------------------


def test_the_same_form_sent_twice_is_stored_once_and_changed_is_a_new_version(diary: Diary, me: str) -> None:
    raw = write_episode.written(CRAMP, NOW)
    first = save(diary, me, raw, NOW, entry_id=uuid(5))
    assert save(diary, me, raw, NOW + DAY, entry_id=uuid(5)) == first
    other = write_episode.written({**CRAMP, "pain": "3"}, NOW)
    second = save(diary, me, other, NOW + DAY, entry_id=uuid(5))
    assert second.replaces == uuid(5)
    assert [one.id for one in newest(diary, me)] == [second.id]


def test_where_another_version_came_between_nothing_is_stored(diary: Diary, me: str) -> None:
    put(diary, replace(WALK, person=me))
    one = write_episode.written({**write_episode.filled(WALK), "pain": "3"}, NOW, WALK)
    two = write_episode.written({**write_episode.filled(WALK), "pain": "9"}, NOW, WALK)
    first = save(diary, me, one, NOW, base=WALK.id)
    with pytest.raises(Standing) as standing:
        save(diary, me, two, NOW, base=WALK.id)
    assert standing.value.entry.id == first.id
    save(diary, me, two, NOW + DAY, base=first.id)
    assert [version.body.get("pain") for version in history(diary, me, WALK.id)] == [None, 3, 9]


def test_what_was_taken_away_comes_back_as_it_was(diary: Diary, me: str) -> None:
    put(diary, replace(WALK, person=me))
    gone = take_away(diary, me, WALK.id, NOW)
    assert is_deleted(gone)
    assert take_away(diary, me, WALK.id, NOW).id == gone.id
    back = undo(diary, me, gone.id, NOW + DAY)
    assert (dict(back.body), back.start, back.end) == (GUIDED, WALK.start, WALK.end)
    assert undo(diary, me, gone.id, NOW).id == back.id


def test_nobody_changes_what_another_person_wrote(diary: Diary, me: str) -> None:
    put(diary, replace(WALK, person=me))
    for verb in (take_away, undo):
        with pytest.raises(Refused):
            verb(diary, "somebody else", WALK.id, NOW)
    with pytest.raises(Refused):
        writing.newest_version(diary, "somebody else", WALK.id)


# ---- circumstances -------------------------------------------------------------------------------------


def begin(diary: Diary, me: str, name: str, typed: dict[str, str], now: datetime = NOW) -> tuple[Entry, ...]:
    facts = write_circumstance.facts_of(name, ()) or write_circumstance.facts_of("", [name])
    change = typed.get("change", "")
    made = write_circumstance.written({"state": "still", **BERLIN, **typed}, facts, now)
    return write_circumstance.start(diary, me, made, now, instead=change)


def known(diary: Diary, me: str, fact: str, *days: str) -> list[Any]:
    return [person_on(diary, me, date.fromisoformat(day)).get(fact) for day in days]


def test_a_medicine_holds_from_its_first_day_through_its_last(diary: Diary, me: str) -> None:
    (made,) = begin(diary, me, "Zocor 20 mg", {"from": "2026-11-01"})
    assert known(diary, me, "statin", "2026-10-31", "2026-11-01", "2027-01-01") == [None, True, True]
    write_circumstance.stop(diary, me, made.id, date(2026, 11, 22), NOW)
    assert known(diary, me, "statin", "2026-11-21", "2026-11-22", "2026-11-23") == [True, True, None]


def test_a_new_dose_begins_as_the_old_one_ends_and_both_notes_are_kept(diary: Diary, me: str) -> None:
    (old,) = begin(diary, me, "simvastatin", {"from": "2026-11-01", "note": "simvastatin 20"})
    change = {"from": "2026-11-10", "change": old.id, "note": "simvastatin 40"}
    begin(diary, me, "statin", change, NOW + DAY)
    rows = write_circumstance.kept(diary, me, date(2026, 11, 22))
    assert [(row.entry.body["note"], row.entry.body["to"], row.holds) for row in rows] == [
        ("simvastatin 40", None, True),
        ("simvastatin 20", "2026-11-09", False),
    ]
    days = ("2026-11-09", "2026-11-10", "2026-12-01")
    assert known(diary, me, "statin", *days) == [True, True, True]
    with pytest.raises(Standing):
        begin(diary, me, "statin", change, NOW + DAY)


def test_one_box_with_two_medicines_in_it_starts_both_and_twice_the_same_form_once(
    diary: Diary, me: str
) -> None:
    facts = write_circumstance.facts_of("valsartan/hydrochlorothiazide", ())
    assert len(facts) > 1
    made = write_circumstance.written({"from": "2026-11-01", **BERLIN}, facts, NOW)
    for _ in range(2):
        write_circumstance.start(diary, me, made, NOW, form_id=uuid(7))
    assert len(newest(diary, me)) == len(facts)


def test_a_pregnancy_grows_by_the_week_and_ends_with_its_weeks(diary: Diary, me: str) -> None:
    begin(diary, me, "pregnant", {"from": "2026-11-01", "pregnancy_weeks": "20"})
    assert known(diary, me, "pregnancy_weeks", "2026-11-01", "2026-11-15") == [20, 22]
    row = next(
        r for r in write_circumstance.kept(diary, me, NOW.date()) if r.entry.body["fact"] == "pregnant"
    )
    write_circumstance.stop(diary, me, row.entry.id, NOW.date(), NOW)
    assert known(diary, me, "pregnancy_weeks", "2026-11-22", "2026-11-23") == [23, None]
    assert known(diary, me, "pregnant", "2026-11-22", "2026-11-23") == [True, None]


def test_days_that_nobody_knows_are_written_as_such(diary: Diary, me: str) -> None:
    begin(diary, me, "diabetes", {"from": ""})
    assert known(diary, me, "diabetes", "1990-01-01", "2026-11-22") == [True, True]
    begin(diary, me, "asthma", {"from": "2020-05-01", "state": "unknown"})
    assert known(diary, me, "asthma", "2020-04-30", "2020-05-01", "2020-05-02") == [None, True, None]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"from": "2026-11-31"}, "from"),
        ({"from": "2026-11-10", "state": "ended", "to": "2026-11-09"}, "to"),
        ({"from": "2026-11-10", "state": "ended", "to": ""}, "to"), ({"from": "", "state": "odd"}, "state"),
        ({"from": "2026-11-10", "note": "x" * 2001}, "note"),
    ],
)  # fmt: skip
def test_a_circumstance_that_cannot_be_names_its_field(typed: dict[str, str], field: str) -> None:
    facts = write_circumstance.facts_of("", ["statin"])
    assert f"{field}: " in problems(write_circumstance.written, {**BERLIN, **typed}, facts, NOW)


@pytest.mark.parametrize(
    ("typed", "fact"), [("simva", "statin"), ("ZOCOR", "statin"), ("warfarin", "anticoagulant")]
)
def test_the_search_finds_a_medicine_by_the_beginning_of_its_name(typed: str, fact: str) -> None:
    found = write_circumstance.search(typed)
    assert fact in {one.id for _, facts in found.medicines for one in facts}


@pytest.mark.parametrize(
    "typed", ["insulin", "Lantus", "salbutamol", "Ventolin", "oxytocin", "celecoxib", "diclofenac", "Nurofen"]
)
def test_a_medicine_that_the_check_asks_about_each_time_is_found_as_such(typed: str) -> None:
    found = write_circumstance.search(typed)
    assert found.each_time[0] == plain(typed)
    assert found.known_only == ()


@pytest.mark.parametrize("typed", ["ibuprofen", "paracetamol"])
def test_a_plain_medicine_is_found_beside_the_mixtures_of_it(typed: str) -> None:
    found = write_circumstance.search(typed)
    assert found.each_time == (typed,)
    assert any(typed in name and "codeine" in name for name, _ in found.medicines)


def test_of_each_medicine_the_right_one_of_three_things_is_said() -> None:
    lasting = {fact.id for fact in write_circumstance.offered()}
    for medicine in knowledge().medicines[::50]:
        found = write_circumstance.search(medicine.id)
        here = {name for name, _ in found.medicines}, set(found.each_time), set(found.known_only)
        kind = 0 if lasting & set(medicine.facts) else 1 if medicine.facts else 2
        if len(found.medicines) < write_circumstance.MOST_FOUND:
            assert any(medicine.id in names for names in here[kind : kind + 1]), medicine.id


def test_the_search_finds_conditions_and_says_what_is_spelled_alike() -> None:
    assert "diabetes" in {fact.id for fact in write_circumstance.search("diabet").facts}
    assert "simvastatin" in write_circumstance.search("simvastatim").near
    assert write_circumstance.search("adapalene").known_only == ("adapalene",)
    assert write_circumstance.search("x") == write_circumstance.Found()
    assert write_circumstance.search("\0<b>" * 900).medicines == ()
