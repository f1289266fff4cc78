"""What the script knows of the diary, against Python."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conformance.conftest import Phone
from uncramp.diary.versions import Version, newest_of

pytestmark = pytest.mark.browser

BEGIN = datetime(2026, 11, 22, 3, 10, 5, 120_000, UTC)


def some_versions(seed: int) -> list[Version]:
    """Replacements of replacements, of what has not come in, in rings, and at the same moment."""
    chance = random.Random(seed)
    ids = [f"{number:02x}" for number in chance.sample(range(60), chance.randint(1, 9))]
    return [
        Version(
            id=name,
            recorded=BEGIN + timedelta(milliseconds=chance.choice([0, 0, 1, 60_000, -5_000])),
            replaces=chance.choice([None, *ids, "ff"]) if chance.random() < 0.8 else None,
        )
        for name in ids
    ]


def as_json(version: Version) -> dict[str, Any]:
    recorded = version.recorded.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"id": version.id, "recorded": recorded, "replaces": version.replaces}


def test_the_newest_versions_are_those_of_the_diary(phone: Phone) -> None:
    families = [some_versions(seed) for seed in range(600)]
    found = phone.run("newest", [[[as_json(v) for v in versions]] for versions in families])
    for versions, newest in zip(families, found, strict=True):
        assert {entry["id"] for entry in newest} == newest_of(versions), versions


def test_of_two_replacements_the_one_recorded_later_wins(phone: Phone) -> None:
    entries = [
        {"id": "a", "recorded": "2026-11-22T03:00:00Z", "replaces": None},
        {"id": "b", "recorded": "2026-11-22T03:02:00.000Z", "replaces": "a"},
        {"id": "c", "recorded": "2026-11-22T03:01:00.000Z", "replaces": "a"},
    ]
    assert phone.run("newest", [[entries], [[]]]) == [[entries[1]], []]


def test_the_diary_s_day_changes_at_four_in_the_morning(phone: Phone) -> None:
    days = {
        ("2026-11-22T03:10:05.120Z", 0): "2026-11-21",
        ("2026-11-22T03:59:59.999Z", 0): "2026-11-21",
        ("2026-11-22T04:00:00.000Z", 0): "2026-11-22",
        ("2026-11-22T03:10:00Z", 60): "2026-11-22",
        ("2026-11-22T02:10:00Z", 60): "2026-11-21",
        ("2026-01-01T00:30:00Z", -300): "2025-12-31",
        ("2026-03-01T03:00:00Z", 0): "2026-02-28",
    }
    assert phone.run("diaryDay", [list(moment) for moment in days]) == list(days.values())
