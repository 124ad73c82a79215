"""All factors heard again: mute and solo off."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.conversion import silent_factors
from ..design.factors import FACTORS
from .outcome import can, scene_problem


class SIMREAL_OT_factor_unsilence(bpy.types.Operator):
    """Switch mute and solo off for all factors, so that each counts with its weight"""

    bl_idname = "simreal.factor_unsilence"
    bl_label = "Clear Mute and Solo"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        problem = "" if silent_factors(context.scene.simreal) else "No factor is muted, and none is solo"
        return can(cls, scene_problem(context) or problem)

    def execute(self, context: bpy.types.Context) -> set[str]:
        for name in FACTORS:
            group = getattr(context.scene.simreal.factors, name)
            group.mute = group.solo = False
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_factor_unsilence,)
