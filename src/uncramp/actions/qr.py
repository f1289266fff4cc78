"""Square codes that the camera of a phone reads."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

LIGHT_ON_DARK, PLAIN = "\x1b[97;40m", "\x1b[0m"
"""The characters draw the light squares, so the light colour is that of the letters."""


def squares(text: str) -> QRCode:
    """A code that holds `text`."""
    # A seventh of a second to import.
    import segno

    return segno.make_qr(text, error="m")


def for_a_terminal(text: str) -> str:
    """A code drawn with characters, light on dark whatever the colours of the terminal are."""
    drawn = io.StringIO()
    squares(text).terminal(drawn, border=2, compact=True)
    return "".join(f"{LIGHT_ON_DARK}{line}{PLAIN}\n" for line in drawn.getvalue().splitlines())
