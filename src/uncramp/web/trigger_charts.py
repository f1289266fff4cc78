"""The drawings of one trigger: shares with and without, the last cramps with what came before each, and what
more nights would show. Pure: numbers and words in, a drawing out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from uncramp.web.charts import WIDTH

EDGE = 4
STRIP, STRIP_TOP, THICK = 46, 22, 16
HOURS = 48
DAY_MARKS = (48, 36, 24, 12, 0)
SHARE_ROW = 46
PLOT_TOP, PLOT_HIGH, PLOT_LEFT = 14, 130, 44


@dataclass(frozen=True)
class Span:
    """From `begin` to `end`, in hours before the cramp; `whole_day`: some time in it. `share`: how much, from
    0 to 1."""

    begin: float
    end: float
    whole_day: bool = False
    share: float = 1.0


@dataclass(frozen=True)
class StripRow:
    name: str
    marks: tuple[Span, ...]
    unknown: tuple[Span, ...]


def strips(title: str, about: str, hours: Sequence[str], rows: Sequence[StripRow]) -> Markup:
    """A strip for each cramp, which stands at its right end; `hours` are the words under 48, 36, 24, 12,
    0."""
    parts = []
    for number, row in enumerate(rows):
        y = number * STRIP
        parts.append(_text(EDGE, y + 14, row.name))
        parts.append(_box("strip", HOURS, 0, y + STRIP_TOP))
        parts += [_unknown(one, y + STRIP_TOP) for one in row.unknown]
        parts += [_some_time(one, y + STRIP_TOP) for one in row.marks if one.whole_day]
        parts += [_moment(one, y + STRIP_TOP) for one in row.marks if not one.whole_day]
        parts.append(_cramp(y + STRIP_TOP))
    foot = len(rows) * STRIP + 4
    for hour, words in zip(DAY_MARKS, hours, strict=True):
        anchor = "start" if hour == HOURS else "end" if hour == 0 else "middle"
        parts.append(_text(_at(hour), foot + 14, words, anchor))
    return _drawing("strips", title, about, foot + 22, parts)


def shares(title: str, about: str, rows: Sequence[tuple[str, float | None, str]]) -> Markup:
    """Lying bars of shares from 0 to 1: a name, the share, the words at its end; the first is the one with
    it."""
    parts = []
    long = WIDTH - 110
    for number, (name, share, words) in enumerate(rows):
        y = number * SHARE_ROW
        parts.append(_text(0, y + 14, name))
        parts.append(_bar("strip", y + 21, long))
        if share:
            kind = "share-with" if number == 0 else "share-without"
            parts.append(_bar(kind, y + 21, round(long * share, 1)))
        parts.append(_text(long + 8, y + 35, words))
    return _drawing("shares", title, about, len(rows) * SHARE_ROW, parts)


def curve(title: str, about: str, unit: str, points: Sequence[tuple[int, float]]) -> Markup:
    """The chance of a verdict (0 to 1) after so many more nights."""
    most = max((n for n, _ in points), default=1)
    xs = [PLOT_LEFT + (WIDTH - PLOT_LEFT - 16) * n / most for n, _ in points]
    ys = [PLOT_TOP + PLOT_HIGH * (1 - chance) for _, chance in points]
    parts = []
    for share in (0.0, 0.5, 0.8, 1.0):
        y = PLOT_TOP + PLOT_HIGH * (1 - share)
        kind = "axis" if share == 0 else "goal" if share == 0.8 else "tick"
        parts.append(
            Markup('<path class="{}" d="M{} {:g}H{}"/>').format(kind, PLOT_LEFT, round(y, 1), WIDTH - 8)
        )
        parts.append(_text(PLOT_LEFT - 6, y + 5, f"{share:.0%}", "end"))
    line = " ".join(
        f"{x:.1f},{y:.1f}" for x, y in zip((PLOT_LEFT, *xs), (PLOT_TOP + PLOT_HIGH, *ys), strict=True)
    )
    parts.append(Markup('<polyline class="curve" points="{}"/>').format(line))
    last = -100.0
    for x, y, (n, _) in zip(xs, ys, points, strict=True):
        parts.append(Markup('<circle class="curve-point" cx="{:.1f}" cy="{:.1f}" r="4.5"/>').format(x, y))
        if x - last > 34:
            parts.append(_text(x, PLOT_TOP + PLOT_HIGH + 18, str(n), "middle"))
            last = x
    parts.append(_text(WIDTH - 8, PLOT_TOP + PLOT_HIGH + 38, unit, "end"))
    return _drawing("curve", title, about, PLOT_TOP + PLOT_HIGH + 44, parts)


def _bar(kind: str, y: float, long: float) -> Markup:
    return Markup('<rect class="{}" x="1" y="{:g}" width="{:g}" height="18"/>').format(kind, y, long)


def _at(hours: float) -> float:
    """Where that many hours before the cramp stand."""
    return round(EDGE + (WIDTH - 2 * EDGE - 10) * (1 - hours / HOURS), 1)


def _box(kind: str, begin: float, end: float, y: float) -> Markup:
    return Markup('<rect class="{}" x="{:g}" y="{:g}" width="{:g}" height="{}"/>').format(
        kind, _at(begin), y, round(max(_at(end) - _at(begin), 1), 1), THICK
    )


def _some_time(span: Span, y: float) -> Markup:
    """As high as it was much."""
    high = round(max(THICK * span.share, 2), 1)
    return Markup('<rect class="some-time" x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>').format(
        _at(span.begin) + 0.75,
        y + THICK - high,
        round(max(_at(span.end) - _at(span.begin) - 1.5, 1), 1),
        high,
    )


def _unknown(span: Span, y: float) -> Markup:
    box = _box("nights-unknown", span.begin, span.end, y)
    return box + Markup('<rect x="{:g}" y="{:g}" width="{:g}" height="{}" fill="url(#nights-few)"/>').format(
        _at(span.begin), y, round(max(_at(span.end) - _at(span.begin), 1), 1), THICK
    )


def _moment(span: Span, y: float) -> Markup:
    """A mark in time, at least wide enough to be seen."""
    left, right = _at(span.begin), _at(span.end)
    high = round(max((THICK + 4) * span.share, 5), 1)
    return Markup('<rect class="moment" x="{:g}" y="{:g}" width="{:g}" height="{:g}" rx="1.5"/>').format(
        min(left, _at(0) - 5), y + THICK + 2 - high, round(max(right - left, 5), 1), high
    )


def _cramp(y: float) -> Markup:
    x = _at(0)
    return Markup('<path class="cramp-mark" d="M{:g} {:g}l9 {h:g}-9 {h:g}z"/>').format(
        x, y - 2, h=(THICK + 4) / 2
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> Markup:
    return Markup('<text x="{:g}" y="{:g}" text-anchor="{}">{}</text>').format(
        round(x, 1), round(y, 1), anchor, words
    )


def _drawing(key: str, title: str, about: str, height: float, parts: Sequence[Markup]) -> Markup:
    head = Markup(
        '<svg class="chart" viewBox="0 0 {} {:g}" role="img" aria-labelledby="{key}-title {key}-about">'
        '<title id="{key}-title">{}</title><desc id="{key}-about">{}</desc>'
    ).format(WIDTH, height, title, about, key=key)
    return head + Markup().join(parts) + Markup("</svg>")
