"""Another seed: other images of the same design."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.conversion import INT32
from ..addon.preview_live import renew
from .outcome import can, design_problem, reporting_errors, scene_problem


class SIMREAL_OT_preview_dice(bpy.types.Operator):
    """Roll the dice: go on to the design's next seed, and show its images"""

    bl_idname = "simreal.preview_dice"
    bl_label = "Dice"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal
        state.seed = state.seed + 1 if state.seed < INT32[-1] else INT32[0]
        renew(context.scene)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preview_dice,)
