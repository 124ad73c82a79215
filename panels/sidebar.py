"""What all panels of the tab share: where they are, when they show, and text that is wrapped to their width."""

from __future__ import annotations

import textwrap

import bpy

from ..addon.viewport import is_shown


class Sidebar:
    """Places a panel in the tab."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Simreal"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Not in a scene that shows an image: that has a panel of its own."""
        return not is_shown(context.scene)


class NeedsDesign(Sidebar):
    """Shows a panel only where there is a design."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return bool(context.scene.simreal.title)


def wrapped(layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE") -> None:
    """A text of any length over as many lines as the region's width asks for; the icon stands at the first."""
    region_px = context.region.width if context.region else 280
    scale = context.preferences.system.ui_scale or 1.0  # 0 in a Blender without a window
    characters = max(16, int(region_px / (7.0 * scale)) - (12 if icon == "NONE" else 15))
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(textwrap.wrap(text, characters)):
        shown = icon if number == 0 else "BLANK1" if icon != "NONE" else "NONE"
        column.label(text=line, icon=shown, translate=False)
