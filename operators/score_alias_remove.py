"""A folder of photos whose class is no longer told."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import IntProperty

from .outcome import can, scene_problem


class SIMREAL_OT_score_alias_remove(bpy.types.Operator):
    """Take this folder off the list; its photos are then predicted, but not counted"""

    bl_idname = "simreal.score_alias_remove"
    bl_label = "Remove Folder"
    bl_options: ClassVar = {"UNDO", "INTERNAL"}

    index: IntProperty(options={"HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal.scoring
        state.aliases.remove(self.index)
        state.active_alias = min(state.active_alias, max(0, len(state.aliases) - 1))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_score_alias_remove,)
