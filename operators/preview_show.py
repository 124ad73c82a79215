"""The last sheet, in an Image Editor."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.preview_requests import current
from .outcome import can, reporting_errors


class SIMREAL_OT_preview_show(bpy.types.Operator):
    """Show the last sheet in an Image Editor; where none is open, in a new one"""

    bl_idname = "simreal.preview_show"
    bl_label = "Show Sheet"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, "" if current() is not None else "There is no sheet yet: make one first")

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        sheet = current()
        assert sheet is not None
        sheet.draw(open_editor=True)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preview_show,)
