"""The evidence of a design in a panel: what its weights were measured to be worth, and whether it was changed since."""

from __future__ import annotations

import bpy

from ..addon.weights_shown import standing_of
from .sidebar import wrapped

MOST_SHOWN = 3


def draw_evidence(layout: bpy.types.UILayout, context: bpy.types.Context, most: int = MOST_SHOWN) -> None:
    """The newest measurements in a sentence each; nothing where there is none."""
    if context.scene.simreal.evidence == "[]":  # spares comparing large designs at every change
        return
    for line in standing_of(context.scene).evidence[:most]:
        wrapped(layout, context, f"Measured {line}", icon="BOOKMARKS")
