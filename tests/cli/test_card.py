"""The night card: two pages of A6 that one can read at night, and that a screen reader can read too."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.cli.test_cli import run
from tests.walks import PEOPLE
from uncramp.actions import card, check, sheet
from uncramp.actions.card import night_card
from uncramp.actions.check import Refused
from uncramp.actions.library import knowledge
from uncramp.exporters import night_card as exporter
from uncramp.model import Answer, Verdict

ADDRESS = "https://192.168.1.20:8321"
PLACES = tuple(knowledge().protocols)
A6 = (297.64, 419.53)
"""In points: 105 by 148 mm."""


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[exporter.Card]:
    """What would be put on the card, instead of a PDF."""
    seen: list[exporter.Card] = []

    def pdf(one: exporter.Card) -> bytes:
        seen.append(one)
        return b""

    monkeypatch.setattr(card, "pdf", pdf)
    return seen


def words_of(one: exporter.Card) -> str:
    plain = asdict(one)
    for hint in plain["hints"]:
        del hint["picture"]
    del plain["code"]
    return json.dumps(plain, ensure_ascii=False)


def pages(made: bytes) -> int:
    return in_the_pdf(made, "/Type/Page/") + in_the_pdf(made, "/Type /Page\n")


def in_the_pdf(made: bytes, what: str) -> int:
    return made.count(what.encode())


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_a_card_of_two_pages_of_a6_with_a_structure_and_texts(place: str) -> None:
    made = night_card(place, "right", ADDRESS, "GB")
    assert made.startswith(b"%PDF-1.7")
    assert pages(made) == 2
    boxes = [part.split(b"]")[0].split() for part in made.split(b"/MediaBox")[1:]]
    for box in boxes:
        width, height = (float(number.strip(b"[")) for number in box[-2:])
        assert (width, height) == pytest.approx(A6, abs=0.05)
    assert in_the_pdf(made, "/MarkInfo") == 1
    assert in_the_pdf(made, "/StructTreeRoot") >= 1
    assert in_the_pdf(made, "pdfuaid:part") >= 1
    assert in_the_pdf(made, "/Lang") >= 1


@pytest.mark.parametrize(
    ("place", "facts"),
    [
        ("standing", {"sciatica": True}),
        ("standing", {"pregnant": True, "pregnancy_weeks": 20.0}),
        ("floor", {"sciatica": True}),
    ],
)
def test_the_fullest_cards_still_fit_on_two_pages(place: str, facts: dict[str, Answer]) -> None:
    order = knowledge().protocols[place].techniques[1:2]
    assert pages(night_card(place, "right", ADDRESS, "GB", facts, order)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("place", PLACES)
def test_the_card_of_anybody_for_any_place_fits_on_two_pages(place: str, person: str) -> None:
    order = knowledge().protocols[place].techniques[1:2]
    assert pages(night_card(place, "right", ADDRESS, "GB", PEOPLE[person], order)) == 2


def test_each_picture_and_the_code_have_a_text() -> None:
    assert in_the_pdf(night_card("bed", "left", ADDRESS), "/Alt") == 4
    assert in_the_pdf(night_card("bed"), "/Alt") == 3


def test_the_same_card_twice_is_the_same_bytes() -> None:
    assert night_card("bed", "left", ADDRESS, "AT") == night_card("bed", "left", ADDRESS, "AT")
    assert night_card("bed", "left") != night_card("bed", "right")


def test_the_words_can_be_taken_out_of_the_pdf(tmp_path: Path) -> None:
    path = tmp_path / "card.pdf"
    path.write_bytes(night_card("bed", "left", ADDRESS, "GB"))
    try:
        said = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("no pdftotext on this machine")
    text = " ".join(said.stdout.decode().split())
    for words in ("Lie half up", "Call for emergency help now", "999 (United Kingdom)", "Advice line: 111"):
        assert words in text


def test_the_front_has_the_first_three_techniques_and_the_back_when_to_get_help(
    printed: list[exporter.Card],
) -> None:
    night_card("bed", "left", ADDRESS, "GB")
    [one] = printed
    steps = knowledge().protocols["bed"].steps
    first = knowledge().protocols["bed"].techniques[:3]
    assert [hint.say for hint in one.hints] == [steps[name].say for name in first]
    assert one.stop == "Stop. Do not pull on the leg."
    emergency, today = one.panels
    assert emergency.numbers == "999 (United Kingdom)"
    assert "Chest pain or short of breath" in emergency.signs
    assert "A pop, a snap or a stab" in today.signs
    assert one.limit.heading == "Ask for medical advice today"
    assert one.limit.signs == (
        "A cramp that has held for 10 minutes",
        "A cramp that has come back three times",
    )
    assert one.code.startswith("<?xml")
    assert f"{ADDRESS}/now?side=left&where=bed" in one.code_alt


def test_without_a_country_the_four_numbers_stand_there_and_without_an_address_how_to_get_a_code(
    printed: list[exporter.Card],
) -> None:
    night_card("floor")
    [one] = printed
    assert one.panels[0].numbers == "112 · 911 · 999 · 000"
    assert one.limit.numbers == ""
    assert one.code == ""
    assert "--address" in one.code_words


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("facts", [{}, {"frail": True}, {"pregnant": True}, {"sciatica": True}])
def test_nothing_that_is_withheld_or_not_for_everybody_stands_there_as_plain_advice(
    place: str, facts: dict[str, Answer], printed: list[exporter.Card]
) -> None:
    night_card(place, facts=facts)
    [one] = printed
    protocol = knowledge().protocols[place]
    known = {**facts, **protocol.states, "cramping_now": True}
    verdicts = {r.remedy.id: r for r in check.run(known).check.remedies}
    steps = {step.say: step for step in protocol.steps.values()}
    for number, hint in enumerate(one.hints, 1):
        for remedy in steps[hint.say].remedies:
            found = verdicts[remedy]
            assert found.verdict is not Verdict.WITHHOLD, hint.say
            if any(not because.known for because in found.because):
                assert hint.caution == card.NOT_FOR_ALL
                assert any(str(number) in lead for lead, _ in one.notes)
            for because in found.because:
                assert not because.known or because.words in hint.more


def test_a_no_that_the_diary_holds_takes_no_warning_off_a_card_that_anybody_may_read(
    printed: list[exporter.Card],
) -> None:
    night_card("bed")
    night_card("bed", facts={"pregnant": False, "heart_failure": False})
    assert printed[0] == printed[1]


def test_what_worked_best_so_far_comes_first_and_says_so(printed: list[exporter.Card]) -> None:
    night_card("bed", order=("sit_up",))
    night_card("bed")
    first, *others = printed[0].hints
    assert first.say.startswith("Sit up.")
    assert first.best
    assert not any(hint.best for hint in (*others, *printed[1].hints))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "192.168.1.20:8321",
        "ftp://192.168.1.20",
        "javascript:alert(1)",
        "https://",
        "https://user:secret@192.168.1.20",
        "https://192.168.1.20:8321/?a=b",
        "https://192.168.1.20:8321/#now",
        "https://192.168.1.20:99999",
        "https://exa mple",
        "https://[1",
        'https://a"#panic("x")',
        "https://a\n/b",
        "https://\u0430pple.example",
        "https://a/" + "b" * 200,
    ],
)
def test_an_address_that_is_none_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(Refused, match=r"--address .*: write it as"):
        night_card("bed", address=address)


def test_hostile_words_are_words_and_no_commands() -> None:
    made = sheet.sheet(knowledge().protocols["bed"], {})
    plain = card._card(made, None, None, "", ())
    hostile = '#panic("x") #read("/etc/passwd") $x$ *b* ]] \\ <a> @b'
    words = exporter.Card(**{**plain.__dict__, "where": hostile, "stop": hostile, "small": hostile})
    assert exporter.pdf(words).startswith(b"%PDF")


def test_the_command_writes_the_file_and_refuses_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "my card.pdf"
    done = run("card", str(path), "--side", "left", "--address", ADDRESS)
    assert done.returncode == 0, done.stderr
    assert str(path) in " ".join(done.stdout.split())
    assert path.read_bytes() == night_card("bed", "left", ADDRESS)
    for arguments, named in (
        ([str(tmp_path)], "name another file"),
        ([str(path), "--address", "nowhere"], "--address"),
        ([str(path), "--country", "Atlantis"], "letters"),
        ([str(path), "--place", "moon"], "choose one of"),
    ):
        refused = run("card", *arguments)
        assert refused.returncode == 1, arguments
        assert named in refused.stderr
        assert "Traceback" not in refused.stderr
