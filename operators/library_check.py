"""Whether the design's assets are all there."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.missing_assets import look_for_assets, missing_words
from .outcome import can, design_problem, reporting_errors, scene_problem


class SIMREAL_OT_library_check(bpy.types.Operator):
    """Look for every model, environment map, texture and photo that the design names"""

    bl_idname = "simreal.library_check"
    bl_label = "Check Assets"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        missing = look_for_assets(context.scene.simreal)
        if missing:
            words = missing_words(missing)
            self.report({"WARNING"}, words[:1].upper() + words[1:])
        else:
            self.report({"INFO"}, "All assets of the design are there")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_library_check,)
