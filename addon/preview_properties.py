"""Properties of the preview: what is shown of a scene's design, and whether it follows changes."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from .preview_live import switched
from .touched import touched


def _splits(_group: Any, context: bpy.types.Context, _typed: str) -> list[str]:
    return [split.name for split in context.scene.simreal.splits]


class SIMREAL_PG_preview(bpy.types.PropertyGroup):
    """What a scene's contact sheet shows."""

    images: IntProperty(
        name="Images",
        description="Images in the contact sheet, from the first on",
        default=12,
        min=1,
        max=400,
        soft_max=64,
        update=touched,
    )
    split: StringProperty(
        name="Split", description="Split to preview; empty is the first", search=_splits, update=touched
    )
    quality: EnumProperty(
        name="Quality",
        description="How previews are rendered",
        items=[
            ("DESIGN", "As Designed", "With the design's size and samples: the very images of the data set"),
            ("DRAFT", "Draft", "Smaller and with fewer samples: quicker, and not what the data set will be"),
        ],
        update=touched,
    )


class SIMREAL_PG_preview_window(bpy.types.PropertyGroup):
    """How the preview behaves for the moment."""

    live: BoolProperty(
        name="Live",
        description="Render the preview anew whenever the design changes",
        default=False,
        update=switched,
    )


CLASSES = (SIMREAL_PG_preview,)
WINDOW_CLASSES = (SIMREAL_PG_preview_window,)
