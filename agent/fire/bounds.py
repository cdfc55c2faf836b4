"""Figures that a person or an instrument gave, held to what they can be."""

from collections.abc import Mapping


def check_bounds(value: object, limits: Mapping[str, tuple[float, float]]) -> None:
    """Hold each named attribute of a value to its least and most.

    Raises:
        ValueError: One lies beyond, or is no number; says which and what was expected.
    """
    for name, (least, most) in limits.items():
        figure = getattr(value, name)
        if not least <= figure <= most:  # what is no number is in no interval
            raise ValueError(f"{name} {figure:g}, expected {least:g} to {most:g}")
