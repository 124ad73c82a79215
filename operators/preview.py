"""A contact sheet of the design as it stands."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.preview_requests import request_contact_sheet
from .outcome import can, design_problem, reporting_errors


class SIMREAL_OT_preview(bpy.types.Operator):
    """Render the first images of the design onto one labelled sheet, in the background"""

    bl_idname = "simreal.preview"
    bl_label = "Contact Sheet"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        request_contact_sheet(context.scene)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preview,)
