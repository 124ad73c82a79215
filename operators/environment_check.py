"""A check of the training Python."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.training_environment import check, standing
from .outcome import can, reporting_errors


class SIMREAL_OT_environment_check(bpy.types.Operator):
    """Have the training Python say its versions and devices, and whether it can train"""

    bl_idname = "simreal.environment_check"
    bl_label = "Check Training Environment"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        now = standing()
        if now.is_checking:
            return can(cls, "It is being checked")
        return can(cls, "" if now.is_there else now.problem)

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        check()
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_environment_check,)
