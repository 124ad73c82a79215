"""An effect beside what it is about: a small bar with its interval, in words too where there is room."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

from ..addon.effect_icons import effect_icon
from ..addon.weights_shown import Effects
from ..datasets.effect_records import Effect
from ..design.evidence import points_text

ICON_PX, CHARACTER_PX = 26.0, 6.6
ROOM_PX = 330.0  # of a sidebar in which the interval has room beside a weight


def has_room(context: bpy.types.Context, effects: Sequence[Effect]) -> tuple[str, float]:
    """What is said of the first effect in a row as wide as the sidebar, and the share of the row that it takes."""
    scale = context.preferences.system.ui_scale or 1.0  # 0 in a Blender without a window
    width = context.region.width / scale if context.region else 280.0
    if not effects:
        return "", 0.0
    first = effects[0]
    whole = points_text(first.points, first.low, first.high)
    text = whole if width >= ROOM_PX else whole.partition(" ")[0]
    return text, min((ICON_PX + CHARACTER_PX * len(text)) / max(width - 90.0, 1.0), 0.6)


def draw_effect(
    layout: bpy.types.UILayout, effects: Effects, factor: str, parameter: str = "", option: str = "", *, text: str
) -> None:
    """The surest effect of one place, as a button that opens the report; nothing where none was measured."""
    found = effects.at(factor, parameter, option)
    if found:
        row = layout.row()
        row.alignment = "LEFT"
        icon = effect_icon(found[0], effects.most_points)
        button = row.operator("simreal.effect_open", text=text, icon_value=icon, emboss=False, translate=False)
        button.factor, button.parameter, button.option = factor, parameter, option


def draw_effect_line(layout: bpy.types.UILayout, effects: Effects, factor: str, parameter: str) -> None:
    """The surest effect of a parameter, in a line of its own: its worth, and what would be changed."""
    for effect in effects.at(factor, parameter)[:1]:
        points = points_text(effect.points, effect.low, effect.high)
        draw_effect(layout, effects, factor, parameter, text=f"{points}  {effect.change}")
