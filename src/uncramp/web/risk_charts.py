"""The drawings of the forecast: nights to come with their intervals, and how such forecasts held. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from uncramp.web.charts import WIDTH

LEFT, TOP, HIGH, FOOT = 44, 16, 170, 28
SIDE = 220
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Night:
    name: str
    chance: float
    low: float
    high: float


@dataclass(frozen=True)
class Point:
    """Of some nights: the mean chance told, the share with a cramp; from `low` to `high` that share would
    lie by chance alone, were the chance told the true one."""

    said: float
    seen: float
    nights: int
    low: float
    high: float


def nights(title: str, about: str, base: float, some: Sequence[Night]) -> Markup:
    """Each night's chance from 0 to 100 %, with its interval, and the own average as a line."""
    parts = [_tick(share, _y(share), LEFT, WIDTH) for share in TICKS]
    parts.append(Markup('<path class="goal" d="M{} {:g}H{}"/>').format(LEFT, _y(base), WIDTH))
    step = (WIDTH - LEFT) / max(len(some), 1)
    for number, one in enumerate(some):
        x = round(LEFT + step * (number + 0.5), 1)
        parts.append(_night(one, x, first=number == 0))
        parts.append(_text(x, TOP + HIGH + 20, one.name, "middle"))
    return _drawing("nights", title, about, (WIDTH, TOP + HIGH + FOOT), parts)


def calibration(title: str, about: str, said: str, seen: str, points: Sequence[Point]) -> Markup:
    """What was said against what happened; on the line both agree. A larger mark stands for more nights."""
    left, top = 48, 26
    parts = [
        Markup('<path class="tick" d="M{} {}h{s}v{s}h-{s}z"/>').format(left, top, s=SIDE),
        Markup('<path class="goal" d="M{} {}L{} {}"/>').format(left, top + SIDE, left + SIDE, top),
        _text(left, top - 10, seen, "start"),
        _text(left + SIDE, top + SIDE + 40, said, "end"),
    ]
    for share in (0.0, 0.5, 1.0):
        words = f"{share:.0%}"
        parts.append(_text(left - 6, top + SIDE * (1 - share) + 5, words, "end"))
        parts.append(_text(left + SIDE * share, top + SIDE + 18, words, "middle"))
    most = max((one.nights for one in points), default=1)
    for one in points:
        x, low, high = (left + SIDE * one.said, *(top + SIDE * (1 - share) for share in (one.low, one.high)))
        parts.append(Markup('<path class="by-chance" d="M{:.1f} {:.1f}V{:.1f}"/>').format(x, low, high))
        x, y = left + SIDE * one.said, top + SIDE * (1 - one.seen)
        size = 4 + 5 * one.nights / most
        parts.append(
            Markup('<circle class="chance first" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>').format(x, y, size)
        )
    return _drawing("calibration", title, about, (left + SIDE + 24, top + SIDE + 48), parts)


def _night(one: Night, x: float, first: bool) -> Markup:
    kind, size = ("first", 7) if first else ("later", 5)
    line = Markup('<path class="chance-line {}" d="M{:g} {:g}V{:g}"/>')
    mark = Markup('<circle class="chance {}" cx="{:g}" cy="{:g}" r="{}"/>')
    return line.format(kind, x, _y(one.low), _y(one.high)) + mark.format(kind, x, _y(one.chance), size)


def _y(share: float) -> float:
    return round(TOP + HIGH * (1 - share), 1)


def _tick(share: float, y: float, left: float, right: float) -> Markup:
    kind = "axis" if share == 0 else "tick"
    line = Markup('<path class="{}" d="M{} {:g}H{}"/>').format(kind, left, y, right)
    return line + _text(left - 6, y + 5, f"{share:.0%}", "end")


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return Markup('<text x="{:g}" y="{:g}" text-anchor="{}">{}</text>').format(
        round(x, 1), round(y, 1), anchor, words
    )


def _drawing(key: str, title: str, about: str, size: tuple[float, float], parts: Sequence[Markup]) -> Markup:
    head = Markup(
        '<svg class="chart chart-{key}" viewBox="0 0 {:g} {:g}" role="img" '
        'aria-labelledby="{key}-title {key}-about"><title id="{key}-title">{}</title>'
        '<desc id="{key}-about">{}</desc>'
    ).format(*size, title, about, key=key)
    return head + Markup().join(parts) + Markup("</svg>")
