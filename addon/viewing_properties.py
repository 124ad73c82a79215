"""Looking closer: which image, which factor, and what the design is compared with."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..design.factors import FACTORS
from .preset_folders import preset_names
from .touched import touched

_factor_items: list[tuple[str, str, str]] = []


def _factors(_group: Any, _context: Any) -> list[tuple[str, str, str]]:
    """All factors, those added at run time too. Blender reads the texts later, so the list has to stay."""
    items = [("all", "All Factors", "Every factor"), *((f.name, f.label, f.help) for f in FACTORS.values())]
    if items != _factor_items:
        _factor_items[:] = items
    return _factor_items


def _presets(_group: Any, _context: Any, _typed: str) -> Iterator[str]:
    yield from preset_names()


class SIMREAL_PG_viewing(bpy.types.PropertyGroup):
    """What is looked at closely. ``pinned`` is a design as JSON, ``pinned_at`` when it was kept, ``pinned_folder`` what
    its libraries are relative to."""

    index: IntProperty(
        name="Image",
        description="Number of the image in its split, from 0; there is no last one",
        min=0,
        soft_max=1000,
        update=touched,
    )
    factor: EnumProperty(name="Factor", description="Factor to sweep from end to end", items=_factors)
    against: EnumProperty(
        name="Compare With",
        description="What the design is compared with, on the same draws",
        items=[
            ("pinned", "Pinned State", "This design as it was when it was pinned", "PINNED", 0),
            ("fixed", "Fixed Factor", "This design with one factor, or all, at its fixed values", "DECORATE_LOCKED", 1),
            (
                "look",
                "Look of a Preset",
                "This design with a preset's factors: the same models, seen otherwise",
                "SHADERFX",
                4,
            ),
            ("preset", "Preset", "A preset with its own models, of the classes that it shares", "PRESET", 2),
            ("file", "Design File", "A design's file", "FILE", 3),
        ],
        update=touched,
    )
    fixed_factor: EnumProperty(
        name="Factor", description="Factor that the other side has fixed", items=_factors, update=touched
    )
    preset: StringProperty(name="Preset", description="Preset to compare with", search=_presets, update=touched)
    file: StringProperty(
        name="File", description="Design file (.simreal.json) to compare with", subtype="FILE_PATH", update=touched
    )
    pinned: StringProperty(name="Pinned", options={"HIDDEN"})
    pinned_at: StringProperty(name="Pinned At", options={"HIDDEN"})
    pinned_folder: StringProperty(name="Pinned Folder", options={"HIDDEN"})


CLASSES = (SIMREAL_PG_viewing,)
