"""Bar charts as SVG. Pure: numbers and words in, a drawing out. Colours are classes of the style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 360
"""In its own units; about as many as a phone has pixels, so that a text is shown as large as it says."""
LEFT, TOP, HEIGHT, FOOT = 30, 22, 140, 26
ROW, THICK = 46, 18
MOST_NAMES = 4
PATTERNED = ("nights-quiet", "nights-unknown", "nights-few")


@dataclass(frozen=True)
class Bar:
    """A number and its name; `known` is false for what could not be told apart."""

    name: str
    many: int
    known: bool = True


@dataclass(frozen=True)
class Stack:
    """The nights of a week or a year; `enough` is false where too few of them are known."""

    name: str
    cramp: int
    quiet: int
    unknown: int
    enough: bool

    @property
    def all(self) -> int:
        return self.cramp + self.quiet + self.unknown


def stacks(key: str, title: str, about: str, bars: Sequence[Stack]) -> Markup:
    """Nights with a cramp at the bottom, quiet ones upon them, unknown ones on top."""
    most = max((bar.all for bar in bars), default=0)
    step, thick = _steps(len(bars))
    every = -(-len(bars) // MOST_NAMES)
    drawn = [_scale(most)]
    for number, bar in enumerate(bars):
        x, height = LEFT + number * step, 0.0
        parts = (("cramp", bar.cramp), ("quiet", bar.quiet), ("unknown", bar.unknown))
        for name, many in parts:
            few = name != "unknown" and not bar.enough
            drawn += _column(x, height, many, most, thick, f"nights-{'few' if few else name}")
            height += many
        if not bar.enough:
            drawn.append(_text(x + thick / 2, TOP + HEIGHT - _high(bar.all, most) - 5, "?", "middle"))
        if number % every == 0:
            drawn.append(_text(x + thick / 2, TOP + HEIGHT + 18, bar.name, "middle"))
    return _drawing(key, title, about, TOP + HEIGHT + FOOT, drawn)


def columns(key: str, title: str, about: str, bars: Sequence[Bar]) -> Markup:
    """Upright bars side by side, of which only those with a name say it."""
    most = max((bar.many for bar in bars), default=0)
    step, thick = _steps(len(bars))
    drawn = [_scale(most)]
    for number, bar in enumerate(bars):
        x = LEFT + number * step
        drawn += _column(x, 0, bar.many, most, thick, "nights-cramp")
        if bar.name:
            drawn.append(_text(x, TOP + HEIGHT + 18, bar.name, "start"))
    return _drawing(key, title, about, TOP + HEIGHT + FOOT, drawn)


def rows(key: str, title: str, about: str, bars: Sequence[Bar]) -> Markup:
    """Lying bars, one below the other, each with its name above it and its number at its end."""
    most = max((bar.many for bar in bars), default=0)
    drawn = []
    for number, bar in enumerate(bars):
        y = number * ROW
        long = (WIDTH - 44) * bar.many / max(most, 1)
        kind = "nights-cramp" if bar.known else "nights-unknown"
        drawn.append(_text(0, y + 16, bar.name, "start"))
        if bar.many:
            drawn.append(_box(0.75, y + 23, long, THICK, kind))
        drawn.append(_text(long + 7, y + 37, str(bar.many), "start"))
    return _drawing(key, title, about, max(1, len(bars)) * ROW, drawn)


def _steps(many: int) -> tuple[float, float]:
    """From bar to bar, and how thick each is."""
    step = (WIDTH - LEFT) / max(many, 1)
    return step, min(44.0, step * (0.72 if step > 8 else 0.85))


def _high(many: float, most: int) -> float:
    return HEIGHT * many / max(most, 1)


def _column(x: float, below: float, many: int, most: int, thick: float, kind: str) -> list[Markup]:
    if not many:
        return []
    high = _high(many, most)
    return [_box(x, TOP + HEIGHT - _high(below, most) - high, thick, high, kind)]


def _scale(most: int) -> Markup:
    """The line at the bottom, and what the highest bar stands for."""
    line = Markup('<path class="axis" d="M{} {}H{}"/>').format(LEFT - 4, TOP + HEIGHT, WIDTH)
    top = _text(LEFT - 8, TOP + 5, str(most), "end") if most else Markup()
    return line + top + _text(LEFT - 8, TOP + HEIGHT, "0", "end")


def _box(x: float, y: float, wide: float, high: float, kind: str) -> Markup:
    plain = Markup('<rect class="{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>')
    at = (round(x, 1), round(y, 1), round(wide, 1), round(high, 1))
    box = plain.format(kind, *at)
    # The pattern lies upon the colour, so that each can change with the theme by itself.
    if kind in PATTERNED:
        pattern = Markup('<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}" fill="url(#{})"/>')
        box += pattern.format(*at, kind)
    return box


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return Markup('<text x="{:g}" y="{:g}" text-anchor="{}">{}</text>').format(
        round(x, 1), round(y, 1), anchor, words
    )


def _drawing(key: str, title: str, about: str, height: float, drawn: Sequence[Markup]) -> Markup:
    head = Markup(
        '<svg class="chart" viewBox="0 0 {} {:g}" role="img" aria-labelledby="{key}-title {key}-about">'
        '<title id="{key}-title">{}</title><desc id="{key}-about">{}</desc>'
    ).format(WIDTH, height, escape(title), escape(about), key=key)
    return head + Markup().join(drawn) + Markup("</svg>")


PATTERNS = Markup(
    '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="nights-few" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path class="stroke-few" d="M0 0V6"/></pattern>'
    '<pattern id="nights-unknown" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<circle class="dot-unknown" cx="2" cy="2" r="1"/></pattern>'
    '<pattern id="nights-quiet" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path class="stroke-quiet" d="M0 3H6"/></pattern>'
    "</defs></svg>"
)
"""What all charts of a page fill with; once on each page."""
