"""How often a passphrase may be tried."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

MINUTE = timedelta(minutes=1)

AT_MOST = 10
"""Tries in any minute, whoever makes them."""
KEPT_FREE = 3
"""Of these, kept for addresses that did not fail: who guesses must not lock out the rest of the family."""
FREE_OF_DELAY = 2
LONGEST_DELAY = MINUTE
FORGOTTEN_AFTER = timedelta(hours=1)
MOST_ADDRESSES = 10_000


@dataclass
class _Failures:
    count: int
    last: datetime


@dataclass
class Tries:
    """What was tried since the start. It slows guessing, and locks nobody out for more than a minute."""

    _recent: deque[datetime] = field(default_factory=deque)
    _failed: dict[str, _Failures] = field(default_factory=dict)
    _one_at_a_time: Lock = field(default_factory=Lock)

    def _wait(self, address: str, now: datetime) -> timedelta:
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        failed = self._failed.get(address)
        places = AT_MOST - KEPT_FREE if failed else AT_MOST
        # The place that has to become free for there to be fewer than `places`.
        full = self._recent[-places] + MINUTE - now if len(self._recent) >= places else timedelta()
        delayed = failed.last + delay(failed.count) - now if failed else timedelta()
        return max(full, delayed, timedelta())

    def begin(self, address: str, now: datetime) -> timedelta:
        """Count a try of `address`, unless it has to wait: then say how long.

        It counts as failed until `succeeded`, so that many at once are no way around.
        """
        with self._one_at_a_time:
            if wait := self._wait(address, now):
                return wait
            self._forget(now)
            self._recent.append(now)
            before = self._failed.get(address)
            self._failed[address] = _Failures(before.count + 1 if before else 1, now)
            return timedelta()

    def succeeded(self, address: str) -> None:
        self._failed.pop(address, None)

    def _forget(self, now: datetime) -> None:
        old = [who for who, failed in self._failed.items() if failed.last < now - FORGOTTEN_AFTER]
        for who in old:
            del self._failed[who]
        if len(self._failed) >= MOST_ADDRESSES:
            del self._failed[next(iter(self._failed))]


def delay(failures: int) -> timedelta:
    """Nothing after the first two, then 2, 4, 8, ... seconds, and never more than a minute."""
    if failures <= FREE_OF_DELAY:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_OF_DELAY, 10)), LONGEST_DELAY)
