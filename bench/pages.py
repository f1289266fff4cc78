"""What the diary's pages cost the server with one year and with ten years in it: processor time of each.

A real `uncramp serve` on a diary made here, the same each time: about one cramp in five nights, a word about
most of the others, three exposures a day, an effort every other day, circumstances, corrections and things
taken away. Prints each page beside the limit that we hold ourselves to, and ends with 1 if one is over. Linux
only: elsewhere it says so and ends with 0.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from put import processor_ms, small_loop_ms

from uncramp.diary.connection import open_diary
from uncramp.diary.entries import put_all
from uncramp.diary.people import first_person
from uncramp.model import Entry, EntryKind

LIMITS = {1: 50.0, 10: 150.0}
"""Milliseconds of processor time of the server for a page, by years of diary."""
TIMES = 20
SEED = 20_261_122


def diary_of(years: int, person: str, today: date) -> tuple[Entry, ...]:
    """So many years up to `today`; the latest of it is what a corrected entry says."""
    rng, made = Random(SEED), _Made(person)
    days = range(365 * years)
    return tuple(one for back in days for one in made.day(today - timedelta(days=back), rng))


class _Made:
    """Makes entries with ids in a row."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.number = 0

    def entry(self, kind: EntryKind, start: datetime, body: dict[str, object]) -> Entry:
        self.number += 1
        made = str(UUID(int=0x019A_0000_0000_7000_8000_0000_0000_0000 + self.number))
        return Entry(made, self.person, kind, start, None, 60, body, "phone", start + timedelta(hours=9))

    def day(self, day: date, rng: Random) -> Iterator[Entry]:
        noon = datetime.combine(day, time(11), UTC)
        for name, value in (
            ("alcohol", rng.randrange(4)),
            ("hot_day", rng.random() < 0.2),
            ("own.coffee", 2),
        ):
            body = {"exposure": name, "day": day.isoformat(), "value": value, "timed": False}
            yield self.entry(EntryKind.EXPOSURE, noon, body)
        if rng.random() < 0.5:
            effort = {
                "sport": "running",
                "minutes": rng.randrange(20, 120),
                "session_rpe": rng.randrange(2, 9),
            }
            body = {"exposure": "effort", "day": day.isoformat(), "value": True, "effort": effort}
            yield self.entry(EntryKind.EXPOSURE, noon + timedelta(hours=6), body)
        if rng.random() < 0.2:
            yield from self.cramp(noon + timedelta(hours=rng.randrange(10, 18)), rng)
        elif rng.random() < 0.8:
            note = {"night": day.isoformat(), "word": "quiet", "note": "slept well"}
            yield self.entry(EntryKind.DAY_NOTE, noon + timedelta(hours=10), note)
        if rng.random() < 0.02:
            body = {"fact": rng.choice(("statin", "anticoagulant", "pregnant")), "value": True}
            since = {"from": day.isoformat(), "to": (day + timedelta(days=40)).isoformat()}
            yield self.entry(EntryKind.CIRCUMSTANCE, noon, {**body, **since})

    def cramp(self, start: datetime, rng: Random) -> Iterator[Entry]:
        at = [(start + timedelta(seconds=30 * n)).isoformat().replace("+00:00", "Z") for n in range(8)]
        used = [
            {"id": name, "start": at[n], "end": at[n + 1]}
            for n, name in enumerate(("sit_up", "rub", "towel"))
        ]
        answers = [{"id": "harder", "at": moment, "marks": ["pop"]} for moment in at[:4]]
        bout = {"released": True, "technique": "towel", "techniques": used, "answers": answers}
        body = {
            "muscle": rng.choice(("hamstring", "hamstring", "calf", "foot")),
            "side": rng.choice(("left", "right", None)), "protocol": "bed", "as": "self",
            "bouts": [{"start": at[n], "end": at[n + 3], **bout} for n in (0, 4)],
            "facts": {"age": 45, "cramp_minutes": 2}, "asleep": True, "pain": rng.randrange(3, 10),
            "note": "after the long run",
        }  # fmt: skip
        cramp = self.entry(EntryKind.EPISODE, start, body)
        yield cramp
        chance = rng.random()
        if chance < 0.15:
            later = self.entry(EntryKind.EPISODE, start, {**body, "soreness": 3})
            yield replace(later, replaces=cramp.id, recorded=cramp.recorded + timedelta(hours=1))
        elif chance < 0.2:
            gone = self.entry(EntryKind.EPISODE, start, {"deleted": True})
            yield replace(gone, replaces=cramp.id, recorded=cramp.recorded + timedelta(hours=1))


def addresses(entries: tuple[Entry, ...], today: date) -> tuple[str, ...]:
    """Every page of the diary, in the ways that cost most."""
    replaced = {entry.replaces for entry in entries}
    cramp = next(e for e in entries if e.kind is EntryKind.EPISODE and e.id not in replaced)
    some_day = today - timedelta(days=200)
    return (
        "/calendar", f"/calendar?month={some_day:%Y-%m}",
        "/history", "/history?kind=circumstance", "/history?kind=effort", "/history?muscle=foot&side=right",
        f"/history?from={some_day}&to={today}", f"/history?day={some_day}", "/history?text=towel",
        "/history?text=long+run", "/history?text=%C3%BCbung", "/history?text=e&kind=walk",
        f"/history/{cramp.id}", "/counts", "/counts?length=52", "/counts?length=all", "/worked",
        "/tonight", "/today.json",
    )  # fmt: skip


def ask(port: int, path: str, times: int) -> int:
    """The status of the last of so many answers."""
    connection, status = http.client.HTTPConnection("127.0.0.1", port, timeout=60), 0
    try:
        for _ in range(times):
            connection.request("GET", path)
            reply = connection.getresponse()
            reply.read()
            status = reply.status
    finally:
        connection.close()
    return status


def measure(years: int, home: Path) -> bool:
    """Whether every page is within its limit."""
    now = datetime.now(UTC)
    diary = open_diary(f"sqlite:///{home / 'diary.sqlite'}")
    entries = diary_of(years, first_person(diary, now), now.date())
    put_all(diary, entries)
    diary.close()
    print(
        f"{f'years of diary: {years}, entries: {len(entries):,}':46} {'each':>10} {'limit':>9} {'ratio':>6}"
    )
    command = [sys.executable, "-m", "uncramp", "serve", "--port", "0"]
    env = {**os.environ, "UNCRAMP_HOME": str(home)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as server:
        try:
            port = re.search(rb":(\d+)/", server.stdout.readline() if server.stdout else b"")
            if port is None:
                print("the server did not start")
                return False
            # Not a list comprehension in all(): every page is to be printed.
            good = [page(server.pid, int(port[1]), path, years) for path in addresses(entries, now.date())]
            return all(good)
        finally:
            server.terminate()


def page(pid: int, port: int, path: str, years: int) -> bool:
    if (status := ask(port, path, 3)) == 404:
        print(f"{path[:46]:46} {'not there':>10}")
        return True
    if status != 200:
        print(f"{path[:46]:46} answered with {status}")
        return False
    before = processor_ms(pid)
    ask(port, path, TIMES)
    each, limit = (processor_ms(pid) - before) / TIMES, LIMITS[years]
    print(f"{path[:46]:46} {each:8.2f}ms {limit:7.0f}ms {each / limit:6.2f}")
    return each <= limit


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--make", type=Path, help="only make the diary of one year in this folder")
    make: Path | None = parser.parse_args().make
    if make is not None:
        diary = open_diary(f"sqlite:///{make / 'diary.sqlite'}")
        now = datetime.now(UTC)
        put_all(diary, diary_of(1, first_person(diary, now), now.date()))
        diary.close()
        return 0
    if not Path("/proc/self/stat").exists():
        print("bench/pages.py reads /proc, which is Linux only; not measured.")
        return 0
    good = True
    for years in LIMITS:
        with tempfile.TemporaryDirectory() as home:
            good &= measure(years, Path(home))
    print(f"{'the sum of 0 to 9,999, for comparison':46} {small_loop_ms():8.2f}ms")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
