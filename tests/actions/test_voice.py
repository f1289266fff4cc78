"""The recordings of what guided relief says; nothing here needs the program that spoke them."""

from __future__ import annotations

import json
from pathlib import Path

from uncramp.actions import voice
from uncramp.actions.library import knowledge

FOLDER = Path(__file__).parents[2] / "src/uncramp/web" / voice.FOLDER
RECORD = "a text has changed: run `make voice`"
BYTES_PER_S = 3000


def files() -> dict[str, str]:
    found: dict[str, str] = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    return found


def test_every_text_has_its_recording_and_every_recording_its_text() -> None:
    assert files() == {text: voice.file_of(text) for text in voice.texts()}, RECORD
    assert {path.name for path in FOLDER.glob("*.mp3")} == set(files().values()), RECORD
    assert {path.name for path in FOLDER.iterdir()} == {*files().values(), "index.json"}


def test_all_that_a_walk_says_is_among_the_texts() -> None:
    texts = set(voice.texts())
    assert len(texts) == len(voice.texts())
    for protocol in knowledge().protocols.values():
        for step in protocol.steps.values():
            assert {step.say, *step.prompts, *(choice.words for choice in step.choices)} <= texts
            assert not step.helper or step.helper in texts
    assert "Get medical help today" in texts
    assert "Ask for medical advice today." in texts


def test_no_recording_is_empty_cut_off_or_longer_than_its_text() -> None:
    for text, name in files().items():
        sound = (FOLDER / name).read_bytes()
        # The first eleven bits of each frame of an mp3 are ones.
        assert sound[0] == 0xFF, name
        assert sound[1] & 0xE0 == 0xE0, name
        letters_per_s = len(text) / (len(sound) / BYTES_PER_S)
        assert 6 < letters_per_s < 22, (name, text, letters_per_s)


def test_together_they_are_small_enough_to_be_carried_by_a_phone() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 2_000_000
