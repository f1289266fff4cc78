"""`uncramp serve`: the pages, on this machine."""

from __future__ import annotations

import argparse
from typing import Any

from uncramp.cli.command import new_command


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "serve",
        run,
        "Start the pages on this machine, for your browser.",
        "uncramp serve --port 8321",
    )
    made.add_argument(
        "--port",
        type=_port,
        default=8321,
        metavar="N",
        help="the port on this machine (0: any free one; otherwise 8321)",
    )


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port; use a number from 0 to 65535")


def run(arguments: argparse.Namespace) -> int:
    import socket

    import uvicorn

    from uncramp.actions.check import Refused
    from uncramp.actions.library import refuse_broken_knowledge

    refuse_broken_knowledge()
    listener = socket.socket()
    # Windows lets a second program take over a port that is only "reused"; there it is held for us alone.
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    listener.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", arguments.port))
    except OSError as error:
        raise Refused(
            f"Port {arguments.port} is taken ({error.strerror}); try `uncramp serve --port 0`."
        ) from error
    # Whoever comes while the pages are still being loaded waits in line and is not turned away.
    listener.listen()
    print(
        f"uncramp is at http://127.0.0.1:{listener.getsockname()[1]}/  (stop it with Ctrl-C)",
        flush=True,
    )
    # The app is named, not imported, so that the two shells stay strangers.
    config = uvicorn.Config("uncramp.web.app:app", log_level="warning", server_header=False)
    uvicorn.Server(config).run(sockets=[listener])
    return 0
