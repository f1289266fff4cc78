"""By which door the program is reached, and by whom.

`uncramp serve` opens one of three: on this machine only, to the home network (`--phone`), or behind a proxy
of one's own (`--proxy`). The pages learn which from the environment of their own process.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from uncramp.actions.check import Refused
from uncramp.actions.network import read_address

VARIABLE = "UNCRAMP_DOORS"

HERE, PHONE, PROXY = "here", "phone", "proxy"
OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Doors:
    """What the pages have to know of the way that leads to them."""

    kind: str = HERE
    names: tuple[str, ...] = OWN_NAMES
    """The names of hosts under which it answers, at any port."""
    public: str = ""
    """Behind a proxy: what stands in the browser, such as `https://cramp.example.org`."""
    trusted: tuple[str, ...] = ()
    """The addresses of the proxy: what they say of whom they speak for is believed."""
    demo: bool = False
    """Whether the diary behind it is that of somebody made up; every page then says so."""

    @property
    def locked(self) -> bool:
        """Whether one has to sign in. On this machine alone one need not."""
        return self.kind != HERE


def phone_doors(names: Iterable[str]) -> Doors:
    """To the home network by TLS. The addresses need not be named: see `web.guard`."""
    return Doors(PHONE, tuple(names))


def proxy_doors(public: str, trusted: Iterable[str]) -> Doors:
    """Behind a proxy at `trusted` that the world reaches at `public`."""
    parts, trusted = urlsplit(public), [text.strip() for text in trusted]
    try:
        port = parts.port
    except ValueError:
        port = -1
    if (
        parts.scheme != "https"
        or not parts.hostname
        or port == -1
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise Refused(
            f"{public!r} is not the address of a proxy with TLS. Give what stands in the browser, with "
            "nothing after the host: --proxy https://cramp.example.org"
        )
    if wrong := [text for text in trusted if read_address(text) is None]:
        raise Refused(f"{wrong[0]!r} is no address; --trusted takes that of the proxy, such as 127.0.0.1.")
    host = parts.netloc.lower().removesuffix(":443")
    return Doors(
        PROXY, (host.rpartition(":")[0] if port else host,), f"https://{host}", tuple(map(_plain, trusted))
    )


def _plain(text: str) -> str:
    return str(read_address(text))


def tell_the_pages(doors: Doors) -> None:
    """Leave `doors` where the pages look for them: they are started by name, and take no arguments."""
    os.environ[VARIABLE] = json.dumps(vars(doors))


def told(environment: Mapping[str, str] | None = None) -> Doors:
    """The doors that `tell_the_pages` left; where nobody did, this machine only."""
    text = (os.environ if environment is None else environment).get(VARIABLE)
    if not text:
        return Doors()
    found = json.loads(text)
    return Doors(**{**found, "names": tuple(found["names"]), "trusted": tuple(found["trusted"])})
