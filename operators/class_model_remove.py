"""A model off a class."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.class_list import remove_model
from .outcome import can, scene_problem


class SIMREAL_OT_class_model_remove(bpy.types.Operator):
    """Remove the active model from its class; its file stays"""

    bl_idname = "simreal.class_model_remove"
    bl_label = "Remove Model"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or _problem(context))

    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal
        remove_model(state, state.active_class, state.models[state.active_model].name)
        return {"FINISHED"}


def _problem(context: bpy.types.Context) -> str:
    state = context.scene.simreal
    if state.active_model >= len(state.models):
        return "There is no model"
    return "" if len(state.models) > 1 else "A class needs at least one model: remove the class instead"


CLASSES = (SIMREAL_OT_class_model_remove,)
