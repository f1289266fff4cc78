"""Under which addresses and names this machine is known at home."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from uncramp.actions.check import Refused

Address = IPv4Address | IPv6Address

# RFC 1918 and RFC 4193. The fourth is set aside for examples (RFC 5737): some virtual machines live in it.
HOME_RANGES = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "192.0.2.0/24", "fc00::/7"))
)
"""Addresses that no router of the internet passes on."""

LOOPBACK = ip_address("127.0.0.1")

# One in each range. Nothing is sent: the system only says from which of its addresses it would send.
_PROBES = ("192.0.2.1", "10.255.255.254", "172.31.255.254", "192.168.255.254", "fdff::1", "2001:db8::1")

OWN_ENDINGS = ("local", "home.arpa", "internal", "lan", "home", "fritz.box")
"""What names in a home network end in. None of them can belong to somebody on the internet."""

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


def is_of_home(address: Address) -> bool:
    return any(address in home for home in HOME_RANGES if home.version == address.version)


def home_addresses() -> tuple[Address, ...]:
    """This machine's addresses in the home network, those of the older kind (IPv4) first."""
    found = {address for text in (*_would_send_from(), *_of_own_name()) if (address := read_address(text))}
    return tuple(sorted(filter(is_of_home, found), key=lambda a: (a.version, int(a))))


def _would_send_from() -> Iterable[str]:
    for probe in _PROBES:
        family = socket.AF_INET6 if ":" in probe else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asked:
                asked.connect((probe, 9))
                yield asked.getsockname()[0]
        except OSError:
            # No way leads there.
            continue


def _of_own_name() -> Iterable[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None)]
    except OSError:
        return []


def read_address(text: str) -> Address | None:
    """The address in `text`, `None` if there is none."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def chosen_address(text: str) -> Address:
    """The address somebody named; raise `Refused` for one that is not of home."""
    address = read_address(text)
    if address is None or not (is_of_home(address) or address.is_loopback):
        raise Refused(
            f"{text!r} is no address of a home network, such as 192.168.1.20. "
            "To be reached from the internet, put a proxy in front: `uncramp serve --help`, at --proxy."
        )
    return address


def own_name() -> str:
    """The name under which a home network finds this machine without being told, such as `pi.local`."""
    label = re.sub(r"[^a-z0-9-]+", "-", socket.gethostname().partition(".")[0].lower()).strip("-")[:63]
    return f"{label.strip('-') or 'uncramp'}.local"


def chosen_name(text: str) -> str:
    """The name somebody gave this machine; raise `Refused` for one that others on the internet may have."""
    name = text.lower().rstrip(".")
    # Not a single word: an authority for `com` could speak for all that ends in it.
    of_home = any(name.endswith(f".{ending}") for ending in OWN_ENDINGS)
    if re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", name) and of_home and not read_address(name):
        return name
    raise Refused(
        f"{text!r} is no name for a machine at home. Take one such as uncramp.local; it has to end in "
        f"{', '.join('.' + ending for ending in OWN_ENDINGS)}."
    )


def in_a_link(host: Address | str) -> str:
    """`host` as it stands in an address of a page."""
    return f"[{host}]" if isinstance(host, IPv6Address) else str(host)
