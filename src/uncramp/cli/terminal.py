"""The terminal while a clock runs: typed lines come in, and the last lines are renewed in place."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread

TICK_S = 1.0

Read = Callable[[float], str | None]
"""The line typed within so many seconds, `None` if there was none; `EOFError` at the end of the input."""

UP, REST_OF_LINE, REST_OF_SCREEN = "\x1b[{}A", "\x1b[K", "\x1b[J"
SAVE, BACK = "\x1b7", "\x1b8"


def reader(descriptor: int) -> Read:
    """Lines from a file descriptor, read beside the program: the same on every system, Windows too."""
    lines: SimpleQueue[str | None] = SimpleQueue()
    Thread(target=_pump, args=(descriptor, lines), daemon=True).start()

    def read(seconds: float) -> str | None:
        try:
            line = lines.get(timeout=seconds)
        except Empty:
            return None
        if line is None:
            # Whoever asks again gets the same answer, and does not wait for ever.
            lines.put(None)
            raise EOFError
        return line

    return read


def _pump(descriptor: int, lines: SimpleQueue[str | None]) -> None:
    # Not sys.stdin: a thread that waits in it when Python ends brings the whole program down.
    rest = b""
    while chunk := os.read(descriptor, 4096):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            lines.put(line.decode(errors="replace").rstrip("\r"))
    lines.put(None)


def can_renew() -> bool:
    """Whether the output is a screen on which lines can be written over."""
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return False
    return sys.platform != "win32" or _windows_understands()


def _windows_understands() -> bool:
    if sys.platform == "win32":
        import ctypes

        console = ctypes.windll.kernel32
        # 7: as it is by default, and understand the signs that move the cursor.
        return bool(console.SetConsoleMode(console.GetStdHandle(-11), 7))
    return False


class Board:
    """The last lines on the screen, above the one that is typed into.

    On a screen they are written over; on plain output `show` prints a line again only when its words change,
    so that a running clock does not fill the paper.
    """

    def __init__(self, renews: bool) -> None:
        self.renews = renews
        self._height = 0
        self._words: tuple[str, ...] = ()

    def show(self, clock: str, *words: str) -> None:
        """`words` with the clock before the first of them."""
        lines = [f"{clock}  {words[0]}".rstrip(), *words[1:]]
        if not self.renews:
            said = self._words or ("",) * len(words)
            for line, word, before in zip(lines, words, said, strict=True):
                if word and word != before:
                    print(line, flush=True)
        elif self._height:
            print(SAVE + UP.format(self._height) + "".join(map(_fitted, lines)) + BACK, end="", flush=True)
        else:
            print("".join(map(_fitted, lines)) + "> ", end="", flush=True)
            self._height = len(lines)
        self._words = words

    def clear(self) -> None:
        """Take the lines away, so that something can be printed in their place."""
        if self._height:
            print("\r" + UP.format(self._height) + REST_OF_SCREEN, end="")
        self.done()

    def done(self) -> None:
        """Somebody typed a line: what stands there stays, and new lines come below."""
        self._height = 0
        self._words = ()


def _fitted(line: str) -> str:
    """The line at the left, so long that it takes one row."""
    width = shutil.get_terminal_size().columns - 1
    return "\r" + (line if len(line) <= width else line[: width - 1] + "…") + REST_OF_LINE + "\n"
