"""How well uncramp finds what goes with one person's cramps: all figures, each beside its baseline.

People are simulated (`core/simulate_grid.py`, `core/simulate_life.py`); one diary of headaches is real.
Methods that are compared see the same people. Intervals are 90 % bootstrap intervals over whole people. "met"
means that the whole interval keeps the goal, "open" that the goal's edge lies within it, "missed" that none
of it keeps the goal.

    python bench/triggers.py [--quick] [--people N] [--only NAME ...] [--seed N] [--workers N]

Needs the `bench` group of pyproject.toml for the lasso, the headaches and NUTS; what is not there is left out
with a line.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping

from trigger_agreement import enumeration, nuts, speed, twice
from trigger_calibration import calibration, coverage, false_discoveries
from trigger_detection import detection, missing, power_grid
from trigger_forecast import forecast
from trigger_headaches import headaches
from trigger_honesty import lives, nothing_there
from trigger_table import HEADER, Line, Settings, printed

FULL, QUICK = 90, 6
SEED = 1_000_000
"""Figures are reported from here on; seeds below 10,000 are for trying things out."""

SECTIONS: Mapping[str, Callable[[Settings], list[Line]]] = {
    "speed": speed,
    "enumeration": enumeration,
    "twice": twice,
    "detection": detection,
    "missing": missing,
    "power": power_grid,
    "calibration": calibration,
    "discoveries": false_discoveries,
    "coverage": coverage,
    "forecast": forecast,
    "headaches": headaches,
    "null": nothing_there,
    "lives": lives,
    "nuts": nuts,
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=FULL, help="a cell of the grid; the rest in proportion")
    asked.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="NAME")
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--quick", action="store_true", help=f"{QUICK} people a cell")
    told = asked.parse_args()
    settings = Settings(QUICK if told.quick else told.people, told.seed, told.workers)
    print(f"{settings.people} people a cell, seeds from {settings.seed}, {settings.workers} processes")
    print(HEADER)
    for name in told.only:
        began = time.perf_counter()
        for line in SECTIONS[name](settings):
            print(printed(line), flush=True)
        print(f"-- {name}: {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
