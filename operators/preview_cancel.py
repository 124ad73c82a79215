"""No more of this preview."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.preview_link import link
from ..addon.preview_requests import current
from .outcome import can


class SIMREAL_OT_preview_cancel(bpy.types.Operator):
    """Stop rendering this preview; what is there already stays"""

    bl_idname = "simreal.preview_cancel"
    bl_label = "Cancel Preview"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        sheet = current()
        return can(cls, "No preview is being rendered" if sheet is None or sheet.ended else "")

    def execute(self, _context: bpy.types.Context) -> set[str]:
        link().drop("Cancelled")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preview_cancel,)
