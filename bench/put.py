"""What the diary costs the server: processor time of a durable PUT and of a page, and memory.

A real `uncramp serve` with everything on, and an empty diary of its own. Its processor time is read from
the system before and after many requests, one after the other and some at once. Prints each beside the limit
that we hold ourselves to, and how long this machine takes for a small loop, to tell a slow machine from a
slow uncramp; ends with 1 if one is over. Linux only: elsewhere it says so and ends with 0.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from threading import Thread
from uuid import uuid4

PUTS, PAGES, TOGETHER = 1000, 300, 4
LIMITS = {"durable PUT": 2.5, "PUT of an episode": 2.5, "/history": 5.0, "/now": 5.0, "/": 5.0}
"""Milliseconds of processor time of the server, each."""
MEMORY_LIMIT_MB = 120.0
NIGHT = datetime(2026, 11, 22, 3, 10, 5, tzinfo=UTC)
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100

Request = Callable[[http.client.HTTPConnection, int], int]
"""Sends the request of that number; its status."""


def episode(number: int) -> dict[str, object]:
    """A night as the phone sends it: two bouts, three techniques, some answers and facts."""
    start = NIGHT - timedelta(hours=7 * number)
    times = [(start + timedelta(seconds=30 * n)).isoformat().replace("+00:00", "Z") for n in range(8)]
    used = [{"id": f"technique_{n}", "start": times[n], "end": times[n + 1]} for n in range(3)]
    answers = [{"id": "harder", "at": at, "marks": ["pop"]} for at in times[:4]]
    bout = {"released": True, "technique": "technique_2", "techniques": used, "answers": answers}
    bouts = [{"start": times[n], "end": times[n + 3], **bout} for n in (0, 4)]
    body = {
        "muscle": "hamstring", "side": "left", "protocol": "bed", "as": "self", "bouts": bouts,
        "facts": {"age": 45, "cramp_minutes": 2, "pop": False}, "asleep": True, "pain": 7,
    }  # fmt: skip
    return {
        "kind": "episode", "start": times[0], "end": times[7], "offset_minutes": 60, "origin": "phone",
        "recorded": times[7], "replaces": None, "body": body,
    }  # fmt: skip


def put(entry: Callable[[int], dict[str, object]]) -> Request:
    def send(connection: http.client.HTTPConnection, number: int) -> int:
        headers = {"Content-Type": "application/json"}
        connection.request("PUT", f"/api/v1/entries/{uuid4()}", json.dumps(entry(number)), headers)
        reply = connection.getresponse()
        reply.read()
        return reply.status

    return send


def small(number: int) -> dict[str, object]:
    return {**episode(number), "kind": "day_note", "body": {"night": "2026-11-21", "word": "quiet"}}


def page(path: str) -> Request:
    def send(connection: http.client.HTTPConnection, _number: int) -> int:
        connection.request("GET", path)
        reply = connection.getresponse()
        reply.read()
        return reply.status

    return send


def many(port: int, send: Request, times: int, at_once: int) -> None:
    """Send it so often, by some connections at once; end at any answer that is not good."""
    wrong: list[str] = []

    def some(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            for number in range(first, times, at_once):
                if (status := send(connection, number)) not in (200, 201):
                    wrong.append(f"request {number} was answered with {status}")
                    return
        except (OSError, http.client.HTTPException) as problem:
            wrong.append(repr(problem))
        finally:
            connection.close()

    threads = [Thread(target=some, args=(n,)) for n in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        sys.exit(wrong[0])


def processor_ms(pid: int) -> float:
    """Of the process so far, in its own code and in the system's on its behalf."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def cost(pid: int, port: int, send: Request, times: int, at_once: int) -> float:
    many(port, send, 50, at_once)
    before = processor_ms(pid)
    many(port, send, times, at_once)
    return (processor_ms(pid) - before) / times


def main() -> int:
    if not Path("/proc/self/stat").exists():
        print("bench/put.py reads /proc, which is Linux only; not measured.")
        return 0
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "uncramp", "serve", "--port", "0"]
        env = {**os.environ, "UNCRAMP_HOME": home}
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as server:
            try:
                return measure(server)
            finally:
                server.terminate()


def measure(server: subprocess.Popen[bytes]) -> int:
    port = re.search(rb":(\d+)/", server.stdout.readline() if server.stdout else b"")
    if port is None:
        print("the server did not start")
        return 1
    wanted: list[tuple[str, Request, int]] = [
        ("durable PUT", put(small), PUTS),
        ("PUT of an episode", put(episode), PUTS),
        *((path, page(path), PAGES) for path in ("/history", "/now", "/")),
    ]
    over = False
    print(f"{'processor time of the server, each':40} {'measured':>10} {'limit':>9} {'ratio':>6}")
    for (name, send, times), at_once in product(wanted, (1, TOGETHER)):
        ms, limit = cost(server.pid, int(port[1]), send, times, at_once), LIMITS[name]
        print(f"{f'{name}, {at_once} at a time':40} {ms:8.2f}ms {limit:7.2f}ms {ms / limit:6.2f}")
        over |= ms > limit
    most, limit = memory_mb(server.pid), MEMORY_LIMIT_MB
    print(f"{'memory, the most it took':40} {most:8.1f}MB {limit:7.1f}MB {most / limit:6.2f}")
    print(f"{'the sum of 0 to 9,999, for comparison':40} {small_loop_ms():8.2f}ms")
    return int(over or most > limit)


def small_loop_ms() -> float:
    begin = time.process_time()
    for _ in range(200):
        sum(range(10_000))
    return 1000 * (time.process_time() - begin) / 200


if __name__ == "__main__":
    sys.exit(main())
