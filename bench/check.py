"""How long a check takes: from a cold start at the command line, and in itself.

Prints what it measured beside the limits we hold ourselves to; ends with 1 if one is not met.
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


def whole_process(*arguments: str) -> float:
    """Seconds from the start of a process to its end, the median of some."""
    times = []
    for _ in range(STARTS):
        begin = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def one_check(answers: dict[str, Answer]) -> float:
    """Milliseconds of processor time for one check in a process that has already read the knowledge."""
    rulebook = Knowledge().rulebook
    check(answers, rulebook)
    times = []
    for _ in range(CHECKS):
        begin = time.process_time()
        check(answers, rulebook)
        times.append(time.process_time() - begin)
    return 1000 * statistics.median(times)


def main() -> int:
    facts = Knowledge().vocabulary.facts.values()
    denied: dict[str, Answer] = {fact.id: False for fact in facts if fact.kind is FactKind.YES_NO}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.json"
        path.write_text(json.dumps({"age": 45, "pop": True}), encoding="utf-8")
        bare = whole_process("-c", "pass")
        start = whole_process("-m", "uncramp", "check", "--facts", str(path), "--json")
    nothing_known, all_known = one_check({}), one_check(denied)
    print(f"{'measure':42} {'median':>9} {'limit':>9}")
    print(f"{'python -c pass':42} {bare:8.3f}s {'':>9}")
    ratio = f"({start / bare:.1f} x bare)"
    print(f"{'uncramp check --facts, cold start':42} {start:8.3f}s {START_LIMIT_S:8.3f}s  {ratio}")
    print(f"{'one check, nothing known (the longest)':42} {nothing_known:7.2f}ms {CHECK_LIMIT_MS:7.2f}ms")
    print(f"{'one check, everything answered':42} {all_known:7.2f}ms {CHECK_LIMIT_MS:7.2f}ms")
    return int(start > START_LIMIT_S or max(nothing_known, all_known) > CHECK_LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
