"""A class off the list."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.class_list import remove_class
from .outcome import can, scene_problem


class SIMREAL_OT_class_remove(bpy.types.Operator):
    """Remove the active class from the design; its files stay. Classes behind it get other labels"""

    bl_idname = "simreal.class_remove"
    bl_label = "Remove Class"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or _problem(context))

    def execute(self, context: bpy.types.Context) -> set[str]:
        remove_class(context.scene.simreal, context.scene.simreal.active_class)
        return {"FINISHED"}


def _problem(context: bpy.types.Context) -> str:
    return "" if len(context.scene.simreal.classes) > 1 else "A design needs at least one class"


CLASSES = (SIMREAL_OT_class_remove,)
