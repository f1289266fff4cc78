"""`uncramp serve`: the pages, on this machine, in the home network, or behind a proxy."""

from __future__ import annotations

import argparse
import errno
import logging
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from uncramp.cli.command import new_command

if TYPE_CHECKING:
    import socket
    import ssl
    from pathlib import Path

    import uvicorn

    from uncramp.actions.authority import Authority
    from uncramp.actions.network import Address

PORT = 8321
LOOK_EVERY = 60.0
"""Seconds between two looks at the addresses and the certificate: a laptop changes networks."""
FINISH_WITHIN = 5
"""Seconds for answers under way when the server stops or starts anew."""


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "serve",
        run,
        "Start the pages: on this machine, for your browser. With --phone also for the phones at home.",
        "uncramp serve --phone",
    )
    made.add_argument(
        "--port",
        type=read_port,
        default=PORT,
        metavar="N",
        help=f"the port (0: any free one; otherwise {PORT})",
    )
    door = made.add_mutually_exclusive_group()
    door.add_argument(
        "--phone", action="store_true", help="also for the home network, by TLS and behind a passphrase"
    )
    door.add_argument(
        "--proxy",
        metavar="URL",
        help="behind a proxy of your own with TLS; URL is what stands in the browser: https://cramp.example.org",
    )
    made.add_argument("--name", help="with --phone: the name of this machine at home, otherwise NAME.local")
    made.add_argument(
        "--address", help="with --phone: this machine's address at home, where the right one is not found"
    )
    made.add_argument(
        "--trusted",
        metavar="ADDRESSES",
        help="with --proxy: where the proxy is, by commas; otherwise 127.0.0.1",
    )
    made.set_defaults(wrong=made.error)


def read_port(text: str) -> int:
    """The number that was typed, 0 for any free one."""
    if text.isascii() and text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port; use a number from 0 to 65535")


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions.library import refuse_broken_knowledge

    if not arguments.phone and (arguments.name or arguments.address):
        arguments.wrong("--name and --address go with --phone")
    if not arguments.proxy and arguments.trusted:
        arguments.wrong("--trusted goes with --proxy")
    refuse_broken_knowledge()
    if arguments.phone:
        return _to_the_home_network(arguments)
    if arguments.proxy:
        return _behind_a_proxy(arguments)
    return on_this_machine(arguments.port)


def on_this_machine(port: int, demo: bool = False) -> int:
    """Serve at loopback until somebody stops it. `demo`: every page says that its diary is invented."""
    from uncramp.actions.doors import Doors, tell_the_pages

    tell_the_pages(Doors(demo=demo))
    listener = _listen("127.0.0.1", port)
    name = "The demo of uncramp" if demo else "uncramp"
    print(f"{name} is at http://127.0.0.1:{_port_of(listener)}/  (stop it with Ctrl-C)", flush=True)
    _server().run(sockets=[listener])
    return 0


def _behind_a_proxy(arguments: argparse.Namespace) -> int:
    from uncramp.actions.doors import proxy_doors, tell_the_pages

    doors = proxy_doors(arguments.proxy, (arguments.trusted or "127.0.0.1").split(","))
    _have_passphrase(may_ask=False)
    tell_the_pages(doors)
    listener = _listen("127.0.0.1", arguments.port)
    print(
        f"uncramp waits at http://127.0.0.1:{_port_of(listener)}/ for your proxy, which shows it at "
        f"{doors.public}/  (stop it with Ctrl-C)",
        flush=True,
    )
    _server().run(sockets=[listener])
    return 0


# ---- the home network ----------------------------------------------------------------------------


def _to_the_home_network(arguments: argparse.Namespace) -> int:
    from uncramp.actions import network
    from uncramp.actions.authority import authority
    from uncramp.actions.doors import phone_doors, tell_the_pages

    wanted = network.chosen_name(arguments.name) if arguments.name else ""
    chosen = (network.chosen_address(arguments.address),) if arguments.address else ()
    port: int = arguments.port
    while True:
        addresses = chosen or _addresses()
        made = authority(wanted, network.own_name(), addresses, _now())
        _have_passphrase(may_ask=True)
        tell_the_pages(phone_doors(made.names))
        listeners = _listen_at(addresses, port)
        port = _port_of(listeners[0])
        _say_where(wanted or network.in_a_link(addresses[0]), port, made, wanted or made.names[0])
        server = _server(_tls(made.server))
        if not _run_until_changed(server, listeners, () if chosen else addresses, made.ends):
            return 0


def _addresses() -> tuple[Address, ...]:
    from uncramp.actions.check import Refused
    from uncramp.actions.network import home_addresses

    if found := home_addresses():
        return found
    raise Refused(
        "This machine has no address in a home network. Connect it to your Wi-Fi or router and start again, "
        "or name its address: `uncramp serve --phone --address 192.168.1.20`."
    )


def _listen_at(addresses: Sequence[Address], port: int) -> list[socket.socket]:
    """One listener at each address and at loopback, all at the same port; none where strangers could be."""
    from uncramp.actions.check import Refused
    from uncramp.actions.network import LOOPBACK

    listeners: list[socket.socket] = []
    for address in dict.fromkeys((*addresses, LOOPBACK)):
        try:
            listeners.append(_listen(str(address), _port_of(listeners[0]) if listeners else port))
        except OSError:
            # It has gone since it was found.
            continue
    if listeners and listeners[0].getsockname()[0] == str(addresses[0]):
        return listeners
    for listener in listeners:
        listener.close()
    raise Refused(f"{addresses[0]} is no address of this machine just now; look at it and start again.")


def _tls(server: Path) -> ssl.SSLContext:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(server)
    return context


def _say_where(host: str, port: int, made: Authority, name: str) -> None:
    from uncramp.actions.qr import for_a_terminal

    trust = f"https://{host}:{port}/trust"
    print(f"uncramp is at https://{host}:{port}/  (stop it with Ctrl-C)")
    if name != host:
        print(f"Where names work in your network, better: https://{name}:{port}/")
    print(f"\nOnce on each phone: open {trust} or point the camera at this.\n")
    try:
        print(for_a_terminal(trust))
    except UnicodeEncodeError:
        print("(This terminal cannot draw it.)\n")
    print(
        f"The marks that the phone has to show (SHA-256 fingerprint of the certificate):\n{made.fingerprint}"
    )
    print(f"The certificate is also in {made.certificate}", flush=True)


def _run_until_changed(
    server: uvicorn.Server, listeners: list[socket.socket], addresses: tuple[Address, ...], ends: datetime
) -> bool:
    """Serve; `True` if it ended because the addresses are others now, or the certificate is about to end."""
    stopped, changed = Event(), Event()

    def look() -> None:
        from uncramp.actions.network import home_addresses

        while not stopped.wait(LOOK_EVERY):
            now_at = home_addresses() if addresses else ()
            # No address at all is a network that will come back.
            if (now_at and now_at != addresses) or _now() >= ends:
                changed.set()
                server.should_exit = True
                return

    Thread(target=look, daemon=True).start()
    try:
        server.run(sockets=listeners)
    finally:
        stopped.set()
    return changed.is_set()


# ---- what all doors need -------------------------------------------------------------------------


def _now() -> datetime:
    return datetime.now(UTC)


def _have_passphrase(may_ask: bool) -> None:
    """See to it that there is one: given to a service, set before, or asked for now."""
    from uncramp.actions import passphrase
    from uncramp.actions.check import Refused
    from uncramp.actions.home import owner
    from uncramp.cli.passphrase import ask_new

    if passphrase.take_given(_now()) or passphrase.somebody_has_one(_now()):
        return
    if not (may_ask and sys.stdin.isatty()):
        raise Refused(
            "There is no passphrase yet, and without one nobody is let in. Set it with `uncramp passphrase`, "
            f"or name a file that holds it in {passphrase.GIVEN_FILE}."
        )
    print("Other devices will be able to reach your diary. Choose the passphrase that they have to give.")
    passphrase.set_passphrase(ask_new(), owner(_now()))


def _listen(host: str, port: int) -> socket.socket:
    """A listener at that address; raise `Refused` where another program has the port."""
    import socket

    from uncramp.actions.check import Refused

    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    # Windows lets a second program take over a port that is only "reused"; there it is held for us alone.
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    listener.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Whoever comes while the pages are still being loaded waits in line and is not turned away.
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise
        raise Refused(f"Port {port} is taken ({error.strerror}); try `--port 0`.") from error
    return listener


def _port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def _server(tls: ssl.SSLContext | None = None) -> uvicorn.Server:
    import uvicorn

    from uncramp.cli.patience import Patient

    _write_log()
    # The app is named, not imported, so that the two shells stay strangers.
    config = uvicorn.Config(
        "uncramp.web.app:served",
        factory=True,
        http=Patient,
        log_level="warning",
        # Addresses of pages would stand in it.
        access_log=False,
        # The guard decides whom to believe.
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=FINISH_WITHIN,
    )
    config.load()
    config.ssl = tls
    return uvicorn.Server(config)


def _write_log() -> None:
    """To the terminal: who signed in and who failed to, and faults of the program. Never what was sent."""
    log = logging.getLogger("uncramp")
    if log.handlers:
        return
    handler = logging.StreamHandler()
    form = logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    handler.setFormatter(form)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
