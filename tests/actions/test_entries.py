"""Ids, and entries as they travel."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from tests.diary.entries import NIGHT, an_entry
from uncramp.actions.entries import as_json, new_id
from uncramp.actions.entry_form import UUID, read_entry


def test_ids_are_uuids_of_version_7_that_sort_by_time() -> None:
    ids = [new_id(NIGHT + timedelta(milliseconds=n)) for n in range(50)]
    assert sorted(ids) == ids
    assert len({new_id(NIGHT) for _ in range(1000)}) == 1000
    for one in ids:
        assert re.fullmatch(UUID, one)
        assert one[14] == "7"
        assert one[19] in "89ab"
    # The first 48 bits are the milliseconds since 1970.
    assert int(ids[0].replace("-", "")[:12], 16) == int(NIGHT.timestamp() * 1000)


def test_what_goes_out_comes_in_again_to_the_microsecond() -> None:
    fine = an_entry("me", start=NIGHT.replace(microsecond=120_001))
    fine = replace(fine, body={**fine.body, "bouts": [{"start": "2026-11-22T03:10:05.120001Z", "end": None}]})
    fine = replace(fine, end=None)
    raw = as_json(fine)
    assert raw["start"] == "2026-11-22T03:10:05.120001Z"
    assert read_entry("me", raw.pop("id"), raw) == fine
