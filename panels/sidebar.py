"""What all panels of the tab share: where they are, when they show, and text that is wrapped to their width."""

from __future__ import annotations

import blf
import bpy

from ..addon.viewport import is_shown

FONT = 0  # of the interface
MARGINS_PX, ICON_PX = 76, 20  # the tabs' strip, the margins of panel, box and label; at a scale of 1
NARROWEST_PX = 100


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
    scale = context.preferences.system.ui_scale or 1.0  # 0 in a Blender without a window
    region_px = context.region.width if context.region else 280 * scale
    taken_px = (MARGINS_PX if icon == "NONE" else MARGINS_PX + ICON_PX) * scale
    blf.size(FONT, context.preferences.ui_styles[0].widget.points * scale)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(lines_of(text, max(region_px - taken_px, NARROWEST_PX * scale))):
        shown = icon if number == 0 else "BLANK1" if icon != "NONE" else "NONE"
        column.label(text=line, icon=shown, translate=False)


def lines_of(text: str, width_px: float) -> list[str]:
    """The text in lines no wider than that in the font of the interface; what has no space is broken anywhere."""
    lines = [""]
    for word in text.split():
        together = f"{lines[-1]} {word}".lstrip()
        if _width_px(together) <= width_px:
            lines[-1] = together
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and _width_px(lines[-1] + letter) > width_px:
                lines.append("")
            lines[-1] += letter
    return lines if text.strip() else []


def _width_px(text: str) -> float:
    width, _height = blf.dimensions(FONT, text)
    return width
