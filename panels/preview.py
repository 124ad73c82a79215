"""Preview: sheets of images, made by a process that is kept warm."""

from __future__ import annotations

import bpy

from ..addon.preview_link import link
from ..addon.preview_live import live
from ..addon.preview_requests import current
from ..addon.preview_sheet import PreviewSheet
from .sidebar import NeedsDesign, wrapped

MOST_PROBLEMS = 3
MOST_WARNINGS = 2


class SIMREAL_PT_preview(NeedsDesign, bpy.types.Panel):
    """The contact sheet, and how it is coming along."""

    bl_idname = "SIMREAL_PT_preview"
    bl_label = "Preview"

    def draw(self, context: bpy.types.Context) -> None:
        layout, given, sheet = self.layout, context.scene.simreal.preview, current()
        row = layout.row(align=True)
        row.prop(given, "images")
        row.prop(given, "split", text="", placeholder=first_split(context))
        layout.row(align=True).prop(given, "quality", expand=True)
        row = layout.row(align=True)
        row.operator("simreal.preview", icon="IMGDISPLAY")
        row.operator("simreal.preview_show", text="", icon="WINDOW")
        row.operator("simreal.preview_save", text="", icon="FILE_TICK")
        row = layout.row(align=True)
        row.operator("simreal.preview_dice", icon="CUBE")
        row.prop(context.window_manager.simreal.preview, "live", toggle=True, icon="FILE_REFRESH")
        if sheet is not None:
            draw_sheet(layout, context, sheet)
        if live().problem:
            wrapped(layout, context, live().problem, icon="ERROR")


def first_split(context: bpy.types.Context) -> str:
    """The split that is shown where none is chosen."""
    splits = context.scene.simreal.splits
    return splits[0].name if splits else ""


def draw_sheet(layout: bpy.types.UILayout, context: bpy.types.Context, sheet: PreviewSheet) -> None:
    """How far a sheet is, what came of it, and what went wrong."""
    column = layout.column(align=True)
    if not sheet.ended:
        row = column.row(align=True)
        starting = not link().ready
        text = "Starting ..." if starting else f"{sheet.done} of {sheet.total}"
        row.progress(factor=sheet.done / max(sheet.total, 1), text=text)
        row.operator("simreal.preview_cancel", text="", icon="CANCEL")
    column.label(text=summary(sheet), translate=False)
    if sheet.reason:
        wrapped(column, context, sheet.reason, icon="ERROR" if sheet.failed else "INFO")
    for number, problem in list(sheet.problems.items())[:MOST_PROBLEMS]:
        wrapped(column, context, f"{sheet.name(number)}: {problem}", icon="ERROR")
    more = len(sheet.problems) - MOST_PROBLEMS
    if more > 0:
        column.label(text=f"and {more} more, told in their cells", icon="BLANK1")
    for warning in () if sheet.problems else list(link().warnings)[-MOST_WARNINGS:]:
        wrapped(column, context, warning, icon="INFO")


def summary(sheet: PreviewSheet) -> str:
    """``12 images   4.1/s   3 known already``."""
    there = len(sheet.files)
    parts = [f"{there} images" if there == sheet.total else f"{there} of {sheet.total} images" if sheet.ended else ""]
    parts.append(f"{sheet.rate:.1f}/s" if sheet.rate else "")
    parts.append(f"{sheet.cached} known already" if sheet.cached else "")
    return "   ".join(filter(None, parts))


CLASSES = (SIMREAL_PT_preview,)
