"""All classes on or off at once."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty

from .outcome import can, scene_problem


class SIMREAL_OT_classes_enable(bpy.types.Operator):
    """Switch classes of the design on or off"""

    bl_idname = "simreal.classes_enable"
    bl_label = "Switch Classes"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    action: EnumProperty(
        name="Action",
        description="Which classes are on afterwards",
        items=[
            ("all", "All", "Switch all classes on"),
            ("none", "None", "Switch all classes off"),
            ("invert", "Invert", "Switch on what is off, and off what is on"),
        ],
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or ("" if context.scene.simreal.classes else "There are no classes"))

    def execute(self, context: bpy.types.Context) -> set[str]:
        for entry in context.scene.simreal.classes:
            entry.enabled = not entry.enabled if self.action == "invert" else self.action == "all"
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_classes_enable,)
