"""The weights of all factors at once."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty

from ..design.factors import FACTORS
from .outcome import can, design_problem, scene_problem


class SIMREAL_OT_factor_weights(bpy.types.Operator):
    """Set the weights of all factors"""

    bl_idname = "simreal.factor_weights"
    bl_label = "Set Weights"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    action: EnumProperty(
        name="Weights",
        description="Which weights the factors get",
        items=[
            ("all", "All", "Draw every factor in every image (weight 1)"),
            ("none", "None", "Keep every factor fixed (weight 0)"),
            ("default", "Default", "The weights as declared"),
        ],
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or design_problem(context))

    def execute(self, context: bpy.types.Context) -> set[str]:
        for name, factor in FACTORS.items():
            weights = {"all": 1.0, "none": 0.0, "default": factor.weight}
            getattr(context.scene.simreal.factors, name).weight = weights[self.action]
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_factor_weights,)
