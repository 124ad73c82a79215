"""A class to another place of the list."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty

from ..addon.class_list import move_class
from .outcome import can, scene_problem


class SIMREAL_OT_class_move(bpy.types.Operator):
    """Move the active class. The order of classes is the order of labels, which classifiers trained before have too"""

    bl_idname = "simreal.class_move"
    bl_label = "Move Class"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    direction: EnumProperty(
        name="Direction",
        description="Where the class goes",
        items=[
            ("UP", "Up", "One place up: the label becomes smaller by one"),
            ("DOWN", "Down", "One place down: the label becomes larger by one"),
        ],
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or _problem(context))

    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal
        to = state.active_class + (-1 if self.direction == "UP" else 1)
        if not 0 <= to < len(state.classes):
            return {"CANCELLED"}
        move_class(state, state.active_class, to)
        return {"FINISHED"}


def _problem(context: bpy.types.Context) -> str:
    return "" if len(context.scene.simreal.classes) > 1 else "There is no other class"


CLASSES = (SIMREAL_OT_class_move,)
