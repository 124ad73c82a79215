"""A split off the list."""

from __future__ import annotations

from typing import ClassVar

import bpy

from .outcome import can, scene_problem


class SIMREAL_OT_split_remove(bpy.types.Operator):
    """Remove the active split from the design; images that are rendered already stay"""

    bl_idname = "simreal.split_remove"
    bl_label = "Remove Split"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        problem = "" if len(context.scene.simreal.splits) > 1 else "A design needs at least one split"
        return can(cls, scene_problem(context) or problem)

    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal
        state.splits.remove(state.active_split)
        state.active_split = max(0, min(state.active_split, len(state.splits) - 1))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_split_remove,)
