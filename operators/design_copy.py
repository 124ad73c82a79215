"""The design as text on the clipboard."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.conversion import design_of
from ..addon.preferences import user_folder
from ..design.document import relocated, to_text
from .outcome import can, design_problem, reporting_errors


class SIMREAL_OT_design_copy(bpy.types.Operator):
    """Copy the design to the clipboard as text, to paste it into a message, a file or another Blender"""

    bl_idname = "simreal.design_copy"
    bl_label = "Copy Design"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        # Relative to the folder that pasting takes them to be relative to.
        text = to_text(relocated(design_of(context.scene.simreal), user_folder(), lenient=True))
        context.window_manager.clipboard = text
        self.report({"INFO"}, f"Copied the design: {len(text):,} characters")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_design_copy,)
