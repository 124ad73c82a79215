"""A change of the design that was advised, made."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import IntProperty

from ..addon.advice_shown import advised, chosen_advice
from ..addon.design_arrivals import change
from ..design.errors import RunError
from .outcome import can, design_problem, reporting_errors, scene_problem
from .taken import tell_missing


class SIMREAL_OT_advice_apply(bpy.types.Operator):
    """Make the change that is advised in the design; undo takes it back"""

    bl_idname = "simreal.advice_apply"
    bl_label = "Apply Advice"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    number: IntProperty(
        name="Number", description="Which advice, as the report numbers them", default=1, min=1, options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: Any) -> str:
        advice = chosen_advice(context.scene, properties.number)
        return "" if advice is None else f"{advice.hint}. {advice.finding}".rstrip(".")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        advice = chosen_advice(context.scene, self.number)
        if advice is None:
            raise RunError(f"There is no advice {self.number}: ask for advice first")
        if not advice.overrides:
            raise RunError(f"No button can do that: {advice.hint}")
        missing = change(context.scene.simreal, lambda design: advised(design, advice.overrides))
        return tell_missing(self, advice.hint, missing)


CLASSES = (SIMREAL_OT_advice_apply,)
