"""Pictures of people, drawn from poses: a scene as data goes in, an SVG or a list of faults comes out."""

from uncramp.figures.lint import faults, largest_gap
from uncramp.figures.svg import draw

__all__ = ["draw", "faults", "largest_gap"]
