"""Guided relief in the terminal, with a clock and a person of our own; and on paper."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_cli import run
from uncramp.actions import entries, episode, home, sheet
from uncramp.actions.library import knowledge
from uncramp.cli.guided import Guided
from uncramp.cli.sheet import print_sheet
from uncramp.cli.terminal import Board, reader
from uncramp.model import Answer, Timed, Told, Verdict

START = 1_800_000_000.0
PLACES = tuple(knowledge().protocols)

Typed = tuple[float, str]


@pytest.fixture
def own_diary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    return tmp_path


class Person:
    """Types each line at its second; then the input ends."""

    def __init__(self, typed: tuple[Typed, ...]) -> None:
        self.now = START
        self.typed = list(typed)

    def clock(self) -> float:
        return self.now

    def read(self, seconds: float) -> str | None:
        if not self.typed:
            raise EOFError
        at, line = self.typed[0]
        if START + at > self.now + seconds:
            self.now += seconds
            return None
        self.now = max(self.now, START + at)
        self.typed.pop(0)
        return line


def guide(
    *typed: Typed,
    place: str = "bed",
    facts: Mapping[str, Answer] | None = None,
    partner: bool = False,
    country: str = "",
    renews: bool = False,
    order: tuple[str, ...] = (),
) -> int:
    person = Person(typed)
    return Guided(
        began=START,
        place=knowledge().protocols[place],
        facts=facts or {},
        side="left",
        partner=partner,
        country=country,
        clock=person.clock,
        read=person.read,
        board=Board(renews),
        order=order,
    ).run()


def kept() -> list[dict[str, Any]]:
    diary = home.diary()
    person = home.owner(datetime.fromtimestamp(START, UTC))
    return [dict(entry.body) for entry in entries.newest(diary, person)]


Capture = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("own_diary")
def test_enter_ends_the_cramp_and_after_the_list_and_the_steps_it_is_in_the_diary(capsys: Capture) -> None:
    assert guide((40, "a"), (65, ""), (80, ""), (90, "1"), (95, "3"), (100, "")) == 0
    said = capsys.readouterr().out
    assert said.index("Sit up. Keep the sore leg") < said.index("Good. Stop pulling")
    assert said.index("Did you feel or hear a pop") < said.index("take a few slow steps")
    assert (
        said.index("warmth or cold")
        < said.index("NOTHING WORRYING SO FAR")
        < said.index("Rest. If it comes back")
    )
    [body] = kept()
    assert body["side"] == "left"
    assert body["as"] == "self"
    [bout] = body["bouts"]
    assert bout["released"] is True
    assert bout["technique"] == "sit_up"
    assert [answer["id"] for answer in bout["answers"]] == [
        "another",
        "let_go",
        "checked",
        "walks_fine",
        "neither",
    ]
    assert body["facts"] == {
        "pop": False,
        "bruise": False,
        "sore_spot": False,
        "one_leg_swollen": False,
        "leg_red_or_hot": False,
    }
    assert body["asleep"] is None


@pytest.mark.usefixtures("own_diary")
def test_the_id_that_is_shown_is_that_of_the_entry(capsys: Capture) -> None:
    guide((5, ""), (6, "2"), (7, ""))
    shown = capsys.readouterr().out.split("Kept in your diary as ")[1].split(".")[0]
    person = home.owner(datetime.fromtimestamp(START, UTC))
    assert entries.one(home.diary(), person, shown).body["facts"]["bruise"] is True


@pytest.mark.usefixtures("own_diary")
def test_after_10_minutes_the_panel_comes_by_itself_and_once(capsys: Capture) -> None:
    guide((590, "a"), (700, "q"), (701, "n"), country="gb")
    before, _, after = capsys.readouterr().out.partition("A cramp that has held for 10 minutes")
    assert "10:00" not in before
    assert "GET MEDICAL HELP TODAY" in before
    assert "United Kingdom: 999" in before
    assert "Ask for medical advice today." in after
    assert "A cramp that has held for 10 minutes" not in after
    assert kept() == []


@pytest.mark.usefixtures("own_diary")
def test_prompts_come_on_their_second_and_a_running_clock_does_not_fill_plain_paper(capsys: Capture) -> None:
    guide((45, "q"), (46, "n"))
    lines = capsys.readouterr().out.splitlines()
    first, second, *_ = knowledge().protocols["bed"].steps["ease_straight"].prompts
    assert f"0:20  {first}" in lines
    assert f"0:40  {second}" in lines
    assert len(lines) < 20


@pytest.mark.usefixtures("own_diary")
def test_on_a_screen_the_clock_is_written_over_in_place(capsys: Capture) -> None:
    guide((30, "q"), (31, "n"), renews=True)
    said = capsys.readouterr().out
    assert "0:29" in said
    assert said.count("\n") < 80
    assert said.count("\x1b7\x1b[2A\r0:") >= 28


@pytest.mark.usefixtures("own_diary")
def test_a_pop_is_to_be_seen_today_and_nothing_is_stretched_after_it(capsys: Capture) -> None:
    guide((10, "w"), (15, "1"))
    said = capsys.readouterr().out.split("What is it?")[1]
    assert "GET MEDICAL HELP TODAY" in said
    assert "112 · 911 · 999 · 000" in said
    assert "straighten" not in said
    assert "Back to sport" not in said
    [body] = kept()
    assert body["bouts"][0]["released"] is False


@pytest.mark.usefixtures("own_diary")
def test_who_typed_w_by_mistake_goes_back_with_enter_and_the_clock_runs_on(capsys: Capture) -> None:
    guide((10, "w"), (12, ""), (20, ""), (22, "q"), (23, ""))
    assert "none of these, go back" in capsys.readouterr().out
    [body] = kept()
    assert [answer["id"] for answer in body["bouts"][0]["answers"]] == ["let_go"]


@pytest.mark.usefixtures("own_diary")
def test_when_it_comes_back_it_is_the_next_bout_of_the_same_cramp(capsys: Capture) -> None:
    guide((60, ""), (65, ""), (70, "b"), (95, ""), (97, "q"), (98, ""))
    assert "(1:20 in all)" in capsys.readouterr().out
    [body] = kept()
    first, second = body["bouts"]
    assert first["end"] < second["start"]


@pytest.mark.usefixtures("own_diary")
def test_coming_back_a_third_time_asks_for_advice(capsys: Capture) -> None:
    again = [(float(at), line) for at in (10, 40, 70) for line in ("", "b")]
    guide(*((at + (5 if line else 0), line) for at, line in again), (100, "q"), (101, ""))
    assert "A cramp that has come back three times" in capsys.readouterr().out
    [body] = kept()
    assert len(body["bouts"]) == 4


@pytest.mark.usefixtures("own_diary")
def test_what_was_found_after_the_first_bout_still_counts_when_it_comes_back(capsys: Capture) -> None:
    guide((10, ""), (20, "1"), (25, "b"), (30, "q"), (31, ""))
    said = capsys.readouterr().out.split("It came back")[-1]
    assert "Slowly straighten" not in said
    assert kept()[0]["facts"]["pop"] is True


@pytest.mark.usefixtures("own_diary")
def test_half_an_hour_later_it_no_longer_counts_as_the_same_cramp(capsys: Capture) -> None:
    guide((10, ""), (10 + 30 * 60 + 5, "b"), (2000, "q"), (2001, "n"))
    assert "Type one of these" in capsys.readouterr().out


@pytest.mark.usefixtures("own_diary")
def test_a_line_that_means_nothing_is_answered_and_changes_nothing(capsys: Capture) -> None:
    guide((5, "²"), (6, "9"), (7, "b"), (8, "q"), (9, "n"))
    assert capsys.readouterr().out.count("Type one of these: Enter = It let go") == 3


@pytest.mark.usefixtures("own_diary")
def test_an_input_that_ends_keeps_what_was_said(capsys: Capture) -> None:
    assert guide((30, "a")) == 0
    assert "Kept in your diary" in capsys.readouterr().out
    assert kept()[0]["bouts"][0]["end"] is None


@pytest.mark.usefixtures("own_diary")
def test_where_the_car_has_to_stop_first_the_stretch_waits_for_it(capsys: Capture) -> None:
    guide((5, "1"), (9, ""), (10, "q"), (11, ""), place="car")
    said = capsys.readouterr().out
    assert said.index("1  I have stopped") < said.index("Push the seat back")


@pytest.mark.usefixtures("own_diary")
def test_who_helps_is_spoken_to(capsys: Capture) -> None:
    guide((5, "q"), (6, ""), partner=True)
    assert "Help them hold the back of the thigh." in capsys.readouterr().out
    assert kept()[0]["as"] == "partner"


@pytest.mark.usefixtures("own_diary")
def test_warmth_shows_its_own_clock_and_says_when_the_time_is_over(capsys: Capture) -> None:
    guide((5, ""), (6, ""), (7, "1"), (8, "1"), (1300, ""), (1301, ""))
    said = capsys.readouterr().out
    assert "of 20:00" in said
    assert "20 minutes are over." in said
    assert "Not if: less feeling in the legs" in said


@pytest.mark.usefixtures("own_diary")
@pytest.mark.parametrize(
    ("facts", "place", "never"),
    [
        ({"frail": True}, "standing", "kerb"),
        ({"pregnant": True, "pregnancy_weeks": 30.0}, "bed", "Loop a towel"),
        ({"sciatica": True}, "floor", "Lean forward"),
        ({"fracture": True}, "floor", "Slowly straighten"),
    ],
)
def test_what_the_gate_withholds_is_neither_said_nor_printed(
    facts: dict[str, Answer], place: str, never: str, capsys: Capture
) -> None:
    print_sheet(sheet.sheet(knowledge().protocols[place], facts), partner=False, country="")
    assert never not in capsys.readouterr().out
    guide(*((float(n), "a") for n in range(1, 8)), (9, "q"), (10, "n"), place=place, facts=facts)
    assert never not in capsys.readouterr().out


@pytest.mark.usefixtures("own_diary")
def test_a_worrying_fact_comes_before_the_first_step(capsys: Capture) -> None:
    guide((5, "q"), (6, "n"), facts={"chest_pain": True, "breathless": True})
    said = capsys.readouterr().out
    assert said.index("CALL FOR EMERGENCY HELP NOW") < said.index("Lay the leg where it hurts least")


def test_a_diary_that_cannot_be_opened_is_named_and_the_cramp_is_printed(
    own_diary: Path, capsys: Capture
) -> None:
    (own_diary / "diary.sqlite").write_bytes(b"")
    assert guide((5, "q"), (6, "")) == 1
    said = capsys.readouterr()
    assert "not kept" in said.err
    assert said.err.count("\n") == 1
    assert json.loads(said.out.split("would have been kept:")[1])["body"]["muscle"] == "hamstring"


def test_a_cramp_as_it_is_described_is_one_that_the_diary_takes() -> None:
    from uncramp.actions.entry_form import read_entry

    place = knowledge().protocols["water"]
    told = Told(START)
    seizing = episode.Seizing(told, (Timed("out", START + 5), Timed("let_go", START + 9)))
    raw = episode.described(place, [seizing], None, False, START + 10, -480)
    entry = read_entry("somebody", "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b", raw)
    assert entry.offset_minutes == -480
    assert (entry.end, entry.start) == (
        datetime.fromtimestamp(START + 9, UTC),
        datetime.fromtimestamp(START, UTC),
    )


@pytest.mark.parametrize("place", PLACES)
def test_on_paper_every_place_has_its_steps_the_stop_lines_and_the_ends(place: str, capsys: Capture) -> None:
    protocol = knowledge().protocols[place]
    made = sheet.sheet(protocol, {})
    print_sheet(made, partner=False, country="")
    said = " ".join(capsys.readouterr().out.split())
    assert [shown.step.id for shown in made.steps][-len(protocol.techniques) :] == list(protocol.techniques)
    for text in (protocol.safe, protocol.stop, "Ask for medical advice today.", "has come back three times"):
        assert text in said
    for shown in made.steps:
        assert shown.step.say in said
    for choice in protocol.steps["wrong"].choices:
        assert choice.words in said


@pytest.mark.parametrize("place", PLACES)
def test_on_paper_each_step_that_is_not_for_everybody_says_for_whom_not(place: str) -> None:
    from uncramp.actions import check

    verdicts = {r.remedy.id: r.verdict for r in check.run({"cramping_now": True}).check.remedies}
    states = knowledge().protocols[place].states
    for shown in sheet.sheet(knowledge().protocols[place], {}).steps:
        asked = [name for name in shown.step.remedies if verdicts[name] is Verdict.ASK]
        if asked and not states:
            assert shown.not_if, shown.step.id


def test_where_the_input_is_no_terminal_all_is_printed() -> None:
    done = run("relief", "plane", "--country", "at")
    assert done.returncode == 0, done.stderr
    assert "Slide the heel under the seat in front" in done.stdout
    assert "Emergency number in Austria: 112" in done.stdout
    assert done.stdout == run("relief", "plane", "--print", "--country", "at").stdout


def test_every_place_is_named_in_the_help() -> None:
    said = run("relief", "--help").stdout
    assert [place for place in PLACES if place not in said and place != "anywhere"] == []


def test_bad_input_exits_1_with_a_sentence_and_no_traceback() -> None:
    for arguments, named in (
        (["moon"], "choose one of anywhere, bed"),
        (["bed", "--fact", "pregnant"], "ID=VALUE"),
        (["bed", "--fact", "unicorn=yes"], "unicorn"),
        (["bed", "--fact", "age=old"], "age"),
        (["bed", "--fact", "age=900"], "age"),
        (["bed", "--fact", "pregnant=perhaps"], "pregnant"),
    ):
        done = run("relief", *arguments)
        assert done.returncode == 1, arguments
        assert named in done.stderr
        assert "Traceback" not in done.stderr
    assert run("relief", "--side", "middle").returncode == 2


def test_facts_are_read_in_words() -> None:
    given = ["pregnant=yes", "frail=false", "age=70,5", "site=calf"]
    assert sheet.facts_of(given) == {"pregnant": True, "frail": False, "age": 70.5, "site": "calf"}


def test_what_the_diary_says_of_a_person_counts_and_no_diary_is_begun_for_it(own_diary: Path) -> None:
    from uncramp.actions import circumstances

    now = datetime.fromtimestamp(START, UTC)
    assert episode.mine(now) == episode.Mine()
    assert list(own_diary.iterdir()) == []
    circumstances.keep(home.diary(), home.owner(now), {"pregnant": True}, now.date(), now)
    assert episode.mine(now).facts == {"pregnant": True}


@pytest.mark.usefixtures("own_diary")
def test_what_let_go_soonest_so_far_comes_first(capsys: Capture) -> None:
    # Nine cramps: the first technique held for five minutes in vain, sitting up let go at once.
    for _ in range(9):
        guide((300, "a"), (303, ""), (304, ""), (305, "3"), (306, "3"), (307, ""))
    capsys.readouterr()
    order = episode.mine(datetime.fromtimestamp(START, UTC)).order
    assert order == ("sit_up",)
    guide((5, "q"), (6, "n"), order=order)
    assert "Sit up. Keep the sore leg" in capsys.readouterr().out


def test_lines_come_from_any_pipe_and_the_end_is_said_each_time() -> None:
    out, into = os.pipe()
    read: Callable[[float], str | None] = reader(out)
    assert read(0.01) is None
    os.write(into, b"w\r\nhal")
    assert read(5) == "w"
    os.write(into, b"f\n")
    os.close(into)
    assert read(5) == "half"
    for _ in range(2):
        with pytest.raises(EOFError):
            read(5)
    os.close(out)
    assert all(thread.daemon or thread is threading.main_thread() for thread in threading.enumerate())
