"""Advice in a panel: the worst classes, each finding in short, and the button that makes its change."""

from __future__ import annotations

import bpy

from ..addon.advice_shown import is_taken, shown_advice
from ..datasets.advice_records import Advice, AdviceRecord
from .sidebar import wrapped

MOST_SHOWN = 8
WORST_SHOWN = 3
ICONS = {
    "models": "MESH_MONKEY",
    "range": "ARROW_LEFTRIGHT",
    "options": "PRESET",
    "confusion": "MOD_LINEART",
    "unexplained": "QUESTION",
}
NAMES = {
    "models": "3D models",
    "range": "a range",
    "options": "options",
    "confusion": "mistaken",
    "unexplained": "no cause found",
}


def draw_advice(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """What was advised on this scene's design; nothing where it was not asked for yet."""
    shown = shown_advice(context.scene)
    if shown is None:
        return
    if shown.record is None:
        wrapped(layout, context, shown.problem, icon="ERROR")
        return
    _draw_summary(layout, context, shown.record)
    for number, advice in enumerate(shown.record.advice[:MOST_SHOWN], 1):
        _draw_one(layout.box(), context, number, advice)
    row = layout.row(align=True)
    more = len(shown.record.advice) - MOST_SHOWN
    text = f"Open Report ({more} more)" if more > 0 else "Open Report"
    row.operator("simreal.advice_open", text=text, icon="DOCUMENTS")


def _draw_summary(layout: bpy.types.UILayout, context: bpy.types.Context, record: AdviceRecord) -> None:
    worst = ", ".join(f"{one.name} {100 * one.accuracy:.0f} %" for one in record.classes[:WORST_SHOWN])
    text = f"{100 * record.accuracy:.0f} % of {record.photos} tuning photos are right; worst: {worst}"
    wrapped(layout, context, text, icon="INFO")
    if not record.advice:
        wrapped(layout, context, "Nothing in the design stands out as a cause of mistakes")


def _draw_one(box: bpy.types.UILayout, context: bpy.types.Context, number: int, advice: Advice) -> None:
    row = box.row(align=True)
    title = f"{number}. {advice.class_name or 'All classes'}: {NAMES[advice.kind]}"
    row.label(text=title, icon=ICONS[advice.kind], translate=False)
    sure = row.row()
    sure.alignment = "RIGHT"
    sure.active = False
    sure.label(text=advice.confidence)
    wrapped(box, context, advice.hint)
    row = box.row(align=True)
    if advice.overrides and is_taken(context.scene, number):
        row.label(text="In the design", icon="CHECKMARK")
    elif advice.overrides:
        row.operator("simreal.advice_apply", text="Apply", icon="CHECKMARK").number = number
    if advice.sheet:
        row.operator("simreal.advice_show", text="Show", icon="IMAGE_DATA").number = number
