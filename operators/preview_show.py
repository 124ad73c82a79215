"""The last contact sheet, in an Image Editor."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.job_results import load_sheet, show_sheet
from ..addon.places import places
from .outcome import can


class SIMREAL_OT_preview_show(bpy.types.Operator):
    """Show the last contact sheet in an Image Editor; where none is open, in a new window"""

    bl_idname = "simreal.preview_show"
    bl_label = "Show Contact Sheet"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        there = places(context.scene).preview.is_file()
        return can(cls, "" if there else "There is no contact sheet yet: make one first")

    def execute(self, context: bpy.types.Context) -> set[str]:
        image = load_sheet(places(context.scene).preview)
        if not show_sheet(image):
            bpy.ops.wm.window_new()
            context.window_manager.windows[-1].screen.areas[0].ui_type = "IMAGE_EDITOR"
            show_sheet(image)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preview_show,)
