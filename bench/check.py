"""How long a check takes: from a cold start at the command line, and in itself.

Prints the best and the median of many runs beside the limits we hold ourselves to; ends with 1 if a
median does not meet its limit.
The start of the interpreter alone is measured in the same run, to tell a slow machine from a slow uncramp.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from uncramp.core.triage import check
from uncramp.knowledge.reader import Knowledge
from uncramp.model import Answer, FactKind

START_LIMIT_S = 0.4
CHECK_LIMIT_MS = 2.0
STARTS, CHECKS = 15, 300


def whole_process(*arguments: str) -> tuple[float, float]:
    """Seconds from the start of a process to its end: the best and the median of some."""
    times = []
    for _ in range(STARTS):
        begin = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
    return min(times), statistics.median(times)


def one_check(answers: dict[str, Answer]) -> tuple[float, float]:
    """Milliseconds of processor time for one check once the knowledge is read: the best and the median."""
    rulebook = Knowledge().rulebook
    check(answers, rulebook)
    times = []
    for _ in range(CHECKS):
        begin = time.process_time()
        check(answers, rulebook)
        times.append(time.process_time() - begin)
    return 1000 * min(times), 1000 * statistics.median(times)


def main() -> int:
    facts = Knowledge().vocabulary.facts.values()
    denied: dict[str, Answer] = {fact.id: False for fact in facts if fact.kind is FactKind.YES_NO}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.json"
        path.write_text(json.dumps({"age": 45, "pop": True}), encoding="utf-8")
        bare = whole_process("-c", "pass")
        start = whole_process("-m", "uncramp", "check", "--facts", str(path), "--json")
    nothing_known, all_known = one_check({}), one_check(denied)
    print(f"{'measure':40} {'best':>9} {'median':>9} {'limit':>9}")
    print(f"{'python -c pass':40} {bare[0]:8.3f}s {bare[1]:8.3f}s")
    ratio = f"({start[1] / bare[1]:.1f} x bare)"
    print(
        f"{'uncramp check --facts, cold':40} {start[0]:8.3f}s {start[1]:8.3f}s {START_LIMIT_S:8.3f}s {ratio}"
    )
    for name, (best, median) in (("nothing known (the longest)", nothing_known), ("all answered", all_known)):
        print(f"{'one check, ' + name:40} {best:7.2f}ms {median:7.2f}ms {CHECK_LIMIT_MS:7.2f}ms")
    return int(start[1] > START_LIMIT_S or max(nothing_known[1], all_known[1]) > CHECK_LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
