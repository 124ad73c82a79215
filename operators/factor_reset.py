"""A factor, or one of its parameters, as declared."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.conversion import reset
from ..design.errors import DesignError
from ..design.factors import FACTORS
from .outcome import can, reporting_errors, scene_problem


class SIMREAL_OT_factor_reset(bpy.types.Operator):
    """Reset to what is declared"""

    bl_idname = "simreal.factor_reset"
    bl_label = "Reset Factor"
    bl_options: ClassVar = {"REGISTER", "UNDO", "INTERNAL"}

    factor: StringProperty(name="Factor", description="Name of the factor")
    parameter: StringProperty(name="Parameter", description="Name of one parameter of it; empty is all, and the weight")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        if properties.parameter:
            return "Reset this parameter to its declared distribution and fixed value"
        return "Reset the weight and all parameters of this factor to what is declared. Assets are switched off"

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        factor = FACTORS.get(self.factor)
        if factor is None or self.parameter not in ("", *(one.name for one in factor.parameters)):
            raise DesignError("", f"there is no factor or parameter '{self.factor} {self.parameter}'")
        reset(context.scene.simreal, self.factor, self.parameter)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_factor_reset,)
