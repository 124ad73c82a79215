"""What is missing out of the design."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.design_arrivals import change
from ..addon.missing_assets import known_missing
from ..design.missing import without_missing
from .outcome import can, design_problem, reporting_errors, scene_problem


class SIMREAL_OT_missing_remove(bpy.types.Operator):
    """Go on without what is missing: take those models, environment maps, textures and photos out of the design"""

    bl_idname = "simreal.missing_remove"
    bl_label = "Remove What Is Missing"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        none = "" if known_missing(context.scene.simreal) else "Nothing is known to be missing"
        return can(cls, scene_problem(context) or design_problem(context) or none)

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal
        before = {entry.name for entry in state.classes}
        change(state, without_missing)
        gone = sorted(before - {entry.name for entry in state.classes})
        said = f"; classes without a model went too: {', '.join(gone)}" if gone else ""
        self.report({"INFO"}, f"Removed what is missing{said}")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_missing_remove,)
