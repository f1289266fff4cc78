"""How often a passphrase may be tried."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network
from threading import Lock

from uncramp.actions.network import read_address

MINUTE = timedelta(minutes=1)

AT_MOST = 10
"""Tries in any minute, whoever makes them."""
KEPT_FREE = 3
"""Of these, kept for networks that did not fail: who guesses must not lock out the rest of the family."""
KEPT_FOR_KNOWN = 2
"""And of those, kept for where somebody has signed in: who guesses from ever new networks must not either."""
FREE_OF_DELAY = 2
LONGEST_DELAY = MINUTE
FORGOTTEN_AFTER = timedelta(hours=1)
MOST_NETWORKS = 10_000
ONE_PERSON = 5
"""Tries of one person's passphrase in any minute, from where that person has not signed in."""
KEPT_FOR_THEM = 1
"""Of these, kept for networks that did not fail."""
ONE_NETWORK = 64
"""Bits of an IPv6 address: within them a single machine can take a new address for each try."""


@dataclass
class _Failures:
    count: int
    last: datetime


@dataclass
class Tries:
    """What was tried since the start. It slows guessing, and locks nobody out for more than a minute."""

    _recent: deque[tuple[datetime, str]] = field(default_factory=deque)
    """When, and under which name."""
    _failed: dict[str, _Failures] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    """Addresses and networks from which somebody has signed in."""
    _known_as: set[tuple[str, str]] = field(default_factory=set)
    """Networks, each with a name under which somebody has signed in from there."""
    _one_at_a_time: Lock = field(default_factory=Lock)

    def _wait(self, address: str, now: datetime, name: str) -> timedelta:
        while self._recent and self._recent[0][0] <= now - MINUTE:
            self._recent.popleft()
        who = self._counted_as(address)
        failed = self._failed.get(who)
        places = self._places(who, bool(failed))
        full = _until_free([at for at, _ in self._recent], places, now)
        if name and (network_of(address), name) not in self._known_as:
            theirs = [at for at, tried in self._recent if tried == name]
            full = max(full, _until_free(theirs, ONE_PERSON - KEPT_FOR_THEM * bool(failed), now))
        delayed = failed.last + delay(failed.count) - now if failed else timedelta()
        return max(full, delayed, timedelta())

    def _counted_as(self, address: str) -> str:
        # In a home network all have the same 64 bits: who signed in does not pay for a guest who guesses.
        return address if address in self._known else network_of(address)

    def _places(self, who: str, failed: bool) -> int:
        if who in self._known:
            return AT_MOST
        if failed:
            return AT_MOST - KEPT_FREE
        return AT_MOST - KEPT_FOR_KNOWN if self._known else AT_MOST

    def begin(self, address: str, now: datetime, name: str = "") -> timedelta:
        """Count a try of `address`, under the `name` that it gave, unless it has to wait: then say how long.

        It counts as failed until `succeeded`, so that many at once are no way around.
        """
        with self._one_at_a_time:
            if wait := self._wait(address, now, name):
                return wait
            self._forget(now)
            self._recent.append((now, name))
            who = self._counted_as(address)
            before = self._failed.get(who)
            self._failed[who] = _Failures(before.count + 1 if before else 1, now)
            return timedelta()

    def succeeded(self, address: str, name: str = "") -> None:
        with self._one_at_a_time:
            self._failed.pop(self._counted_as(address), None)
            self._known |= {address, network_of(address)}
            self._known_as.add((network_of(address), name))

    def _forget(self, now: datetime) -> None:
        old = [who for who, failed in self._failed.items() if failed.last < now - FORGOTTEN_AFTER]
        for who in old:
            del self._failed[who]
        if len(self._failed) >= MOST_NETWORKS:
            del self._failed[next(iter(self._failed))]


def _until_free(tried: list[datetime], places: int, now: datetime) -> timedelta:
    """How long until the place is free that makes them fewer than `places`."""
    return tried[-places] + MINUTE - now if len(tried) >= places else timedelta()


def network_of(address: str) -> str:
    """What is counted together with `address`: all of its network if it is IPv6, else it alone."""
    found = read_address(address)
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Network((int(found), ONE_NETWORK), strict=False))


def delay(failures: int) -> timedelta:
    """Nothing after the first two, then 2, 4, 8, ... seconds, and never more than a minute."""
    if failures <= FREE_OF_DELAY:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_OF_DELAY, 10)), LONGEST_DELAY)
