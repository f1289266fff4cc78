"""Guides a person through a hamstring cramp, and helps to plan against the next one."""

__version__ = "0.1.0"
