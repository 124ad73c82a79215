"""A new split."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.split_list import add_split
from .outcome import can, scene_problem


class SIMREAL_OT_split_add(bpy.types.Operator):
    """Add a split: images of its own, as many as in the active split and with the same overrides"""

    bl_idname = "simreal.split_add"
    bl_label = "Add Split"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    name: StringProperty(name="Name", description="Name of the split, and of its folder", default="test")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        problem = "" if context.scene.simreal.title else "There is no design yet: make one in the panel Design"
        return can(cls, scene_problem(context) or problem)

    def execute(self, context: bpy.types.Context) -> set[str]:
        add_split(context.scene.simreal, self.name)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_split_add,)
