"""The colours, for a bright page and a dark one, and the style sheet that every picture carries."""

from __future__ import annotations

from typing import Final

PAGE: Final = ("#ffffff", "#12161c")

COLOURS: Final[dict[str, tuple[str, str]]] = {
    "page": PAGE,
    "ink": ("#1f2a37", "#0b0e12"),
    "skin": ("#bb8460", "#e2b08d"),
    "skin-far": ("#94664a", "#b98865"),
    "top": ("#2f7d8c", "#54b3c2"),
    "top-far": ("#225f6b", "#3c8895"),
    "shorts": ("#33415c", "#6b7fae"),
    "shorts-far": ("#273248", "#566894"),
    "partner": ("#8a6fb0", "#b79be0"),
    "partner-far": ("#6a528d", "#9179ba"),
    "legs": ("#4d5663", "#a3abb8"),
    "legs-far": ("#3a424d", "#828b99"),
    "shoe": ("#5b6776", "#cbd3de"),
    "shoe-far": ("#465160", "#a0a9b6"),
    "hair": ("#3a2f2a", "#8d7565"),
    "grey": ("#7c8088", "#c9ced6"),
    "hamstring": ("#d6301d", "#ff4a2b"),
    "ghost": ("#5b6776", "#a8b3c1"),
    "arrow": ("#1d4ed8", "#8ab4ff"),
    "strap": ("#7a3fb5", "#c58cf5"),
    "cold": ("#2b86c8", "#6bbcf5"),
    "hot": ("#b86f00", "#ffb74a"),
    "floor": ("#7b8794", "#8a97a6"),
    "edge": ("#8b96a5", "#738193"),
    "cloth": ("#f6f7f9", "#dfe4ea"),
    "soft": ("#e4e8ee", "#262d36"),
    "prop": ("#cdd5de", "#3a4552"),
    "dark": ("#8e99a8", "#5d6977"),
    "wood": ("#9b6b43", "#b98658"),
    "leaf": ("#5f8f58", "#7fb277"),
    "rubber": ("#2b3542", "#8a97a6"),
    "sky": ("#d5ebf7", "#1d3a52"),
    "track": ("#e3b49b", "#5a3629"),
    "grass": ("#d3e4c8", "#26372a"),
}

# Widths in picture points.
OUTLINE, HALO, FIBRE, FLOOR, EDGE = 2.6, 1.5, 1.1, 2.5, 1.3
STRAP, STRAP_GAP, ARROW, ARROW_GAP, GHOST = 4.0, 6.5, 3.5, 7.5, 2.6

LINES: Final = {
    "ink-line": ("ink", OUTLINE),
    "halo": ("page", 2 * HALO),
    "fibre": ("page", FIBRE),
    "floor-line": ("floor", FLOOR),
    "edge-line": ("edge", EDGE),
    "ghost-line": ("ghost", GHOST),
    "arrow-line": ("arrow", ARROW),
    "arrow-gap": ("page", ARROW_GAP),
    "cold-line": ("cold", 3.0),
    "hot-line": ("hot", 3.0),
    "wave-line": ("arrow", 2.6),
    "wood-line": ("wood", 5.0),
    "dark-line": ("dark", 5.0),
    "thin-line": ("floor", 2.0),
    "lane-line": ("page", 2.0),
    "page-line": ("page", 2.0),
}

EDGED: Final = ("cloth", "soft", "prop", "dark", "sky", "cold", "hot", "leaf", "track")
"""What lies so close to the page's own colour that an edge line has to show it."""

SECONDS, RUNS = 1.65, 3
"""Start to end, back, and to the end again: under five seconds, so that nobody needs a button to stop it."""


def style(names: set[str], movements: str, cycle: bool) -> str:
    """The style sheet of one picture, with no more than the classes it uses."""
    css = [_rules(names, 0)]
    css.append(f"@media(prefers-color-scheme:dark){{{_rules(names, 1)}}}")
    if movements:
        way = "" if cycle else " alternate"
        css.append(f".m{{animation:{SECONDS}s linear {RUNS}{way}}}")
        css.append(movements)
        css.append("@media(prefers-reduced-motion:reduce){.m{animation:none!important}}")
    return "".join(css)


def _rules(names: set[str], theme: int) -> str:
    rules = []
    for name, colours in COLOURS.items():
        if name in names:
            edge = COLOURS["edge"][theme]
            edged = f";stroke:{edge};stroke-width:{EDGE}" if name in EDGED else ""
            rules.append(f".{name}{{fill:{colours[theme]}{edged}}}")
    for name, (colour, width) in LINES.items():
        if name in names:
            rules.append(f".{name}{{stroke:{COLOURS[colour][theme]}{_line(width) if not theme else ''}}}")
    return "".join(rules)


def _line(width: float) -> str:
    return f";fill:none;stroke-width:{width:g};stroke-linejoin:round;stroke-linecap:round"
