"""Units of parameters as Blender shows them, and the numbers Blender keeps for them.

Blender keeps 32-bit floats, and angles in radians; a design has 64-bit floats, and degrees. ``to_stored`` and
``from_stored`` go there and back such that a number typed with up to six digits comes back as typed.
"""

from __future__ import annotations

import math
import re

import attrs
import numpy as np


@attrs.frozen
class ShownUnit:
    """How Blender shows a unit: the ``subtype`` of a FloatProperty, and how much of what it keeps makes one unit."""

    subtype: str
    stored_per_unit: float = 1.0


PLAIN = ShownUnit("NONE")
_SMALL = frozenset({"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"})

# Metres and watts are left out: Blender would scale them by the scene's unit scale, which has no part in a design.
SHOWN_UNITS: dict[str, ShownUnit] = {
    "deg": ShownUnit("ANGLE", math.radians(1.0)),
    "mm": ShownUnit("DISTANCE_CAMERA"),
    "K": ShownUnit("COLOR_TEMPERATURE"),
    "px": ShownUnit("PIXEL"),
}


def shown_unit(unit: str) -> ShownUnit:
    """How Blender shows a declared unit; ``PLAIN`` for one that it has no word for."""
    return SHOWN_UNITS.get(unit, PLAIN)


def labelled(label: str, unit: str) -> str:
    """A parameter's label, with the unit where Blender does not show it beside the number: ``Distance (m)``."""
    told = unit in SHOWN_UNITS or unit.casefold() == label.casefold()  # "F-Stop" is its own unit
    return f"{label} ({unit})" if unit and not told else label


def title_case(label: str) -> str:
    """A label as Blender writes labels: ``Material and Texture``, ``F-Stop``."""
    words = re.split(r"([ -])", label)
    return "".join(
        word if word in _SMALL and number else word[:1].upper() + word[1:] for number, word in enumerate(words)
    )


def to_stored(value: float, unit: str) -> float:
    """The 32-bit float that Blender keeps for a value in ``unit``."""
    return float(np.float32(value * shown_unit(unit).stored_per_unit))


def from_stored(stored: float, unit: str) -> float:
    """The value in ``unit`` that a person would write for what Blender keeps."""
    scale = shown_unit(unit).stored_per_unit
    if scale == 1.0:
        return float(str(np.float32(stored)))
    return float(f"{stored / scale:.6g}")
