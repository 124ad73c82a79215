"""An earlier state of the design, kept to compare with."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.viewing import pin
from .outcome import can, design_problem, reporting_errors, scene_problem


class SIMREAL_OT_compare_pin(bpy.types.Operator):
    """Keep the design as it is now, to compare later states with. It is saved in the .blend; an earlier pin is lost"""

    bl_idname = "simreal.compare_pin"
    bl_label = "Pin"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        pin(context.scene.simreal)
        self.report({"INFO"}, "Pinned the design as it is now")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_compare_pin,)
