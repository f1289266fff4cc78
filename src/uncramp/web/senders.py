"""Who sends a request, and to which host: what of it can be believed, and what a browser says of it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope

from uncramp.actions.doors import PHONE, PROXY, Doors
from uncramp.actions.network import Address, is_of_home, read_address

SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Sender:
    """Who sent a request, and to which host, as far as that can be believed."""

    address: str
    scheme: str
    host: str


def sender_of(scope: Scope, doors: Doors) -> Sender | None:
    """Who sends this; `None` if it was not sent to us, but to another host or past the proxy."""
    headers = Headers(scope=scope)
    client = scope.get("client") or ("", 0)
    hosts = headers.getlist("host")
    if len(hosts) != 1:
        return None
    if doors.kind != PROXY:
        # What it says of being forwarded is not looked at.
        own = is_own_host(hosts[0], doors, scope.get("server"))
        # Past this machine nothing goes without TLS.
        own = own and scope["scheme"] == ("https" if doors.locked else "http")
        return Sender(client[0], scope["scheme"], hosts[0].lower()) if own else None
    if client[0] not in doors.trusted:
        return None
    host = _last(headers, "x-forwarded-host") or hosts[0]
    if _last(headers, "x-forwarded-proto") not in ("", "https"):
        return None
    public = doors.public.removeprefix("https://")
    if host.lower().removesuffix(":443") != public:
        return None
    return Sender(_forwarded_for(headers, doors.trusted) or client[0], "https", public)


def as_sent(scope: Scope, sender: Sender) -> Scope:
    """`scope` as if `sender` had come to us without a proxy between."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {
        **scope,
        "scheme": sender.scheme,
        "client": (sender.address, 0),
        "headers": [*headers, (b"host", sender.host.encode("latin-1"))],
    }


def _last(headers: Headers, name: str) -> str:
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip()


def _forwarded_for(headers: Headers, trusted: tuple[str, ...]) -> str:
    """The address nearest to us that is not of the proxy: what stands before it, anybody can have written."""
    for text in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
        address = read_address(text.strip().strip("[]"))
        if address is None:
            return ""
        if str(address) not in trusted:
            return str(address)
    return ""


def is_own_host(host: str, doors: Doors, server: tuple[str, int | None] | None) -> bool:
    """Whether `host` names this machine.

    In the home network an address must be the one at which the request came in. An address cannot be made to
    lead elsewhere, as a name can be.
    """
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "0"
    if not (port.isascii() and port.isdecimal()):
        return False
    if name.lower() in doors.names:
        return True
    if doors.kind != PHONE or server is None:
        return False
    asked, ours = _address_in_host(name), read_address(server[0])
    return ours is not None and asked == ours and (is_of_home(ours) or ours.is_loopback)


def _address_in_host(name: str) -> Address | None:
    bracketed = name.startswith("[") and name.endswith("]")
    address = read_address(name.strip("[]"))
    return address if address and (address.version == 6) == bracketed else None


def may_come_in(address: str, doors: Doors) -> bool:
    """Whether somebody at this address may use the door. That to the home network is not for the internet."""
    if doors.kind != PHONE:
        return True
    known = read_address(address)
    # We listen on no IPv6 address that the internet could reach.
    return known is not None and (known.version == 6 or not known.is_global)


def is_from_elsewhere(headers: Headers, method: str, a_page: bool) -> bool:
    """Whether another site, or another port of this machine, wants something from us by way of the browser.

    A link from there may open a page. It may not fetch anything, nor show it in a frame, nor send a form.
    """
    if headers.get("sec-fetch-site") in (None, "same-origin", "none"):
        return False
    opens_a_page = (
        a_page
        and method in SAFE_METHODS
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") in (None, "document", "empty")
    )
    return not opens_a_page


def is_own_page(headers: Headers, own: str) -> bool:
    """Whether a form or an entry was sent by one of our own pages, by what the browser says of the sender.

    No token: one in a page goes stale, and a phone that was offline would come with a stale one.
    """
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return False
    origin = headers.get("origin")
    # Under `Referrer-Policy: no-referrer` browsers send the origin of our own forms as "null".
    if origin is None or (origin == "null" and site == "same-origin"):
        return True
    return origin.lower() == own
