"""A sheet of advice, in an Image Editor: photos beside the renders that are nearest to them."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import IntProperty

from ..addon.advice_shown import chosen_advice
from ..addon.fitted_pictures import show_fitted_file
from ..addon.places import places
from ..design.errors import RunError
from .outcome import can, reporting_errors

PICTURE = "Simreal Advice"


class SIMREAL_OT_advice_show(bpy.types.Operator):
    """Show the photos that this is about beside the renders nearest to them, in an Image Editor"""

    bl_idname = "simreal.advice_show"
    bl_label = "Show Advice"
    bl_options: ClassVar = {"REGISTER"}

    number: IntProperty(
        name="Number", description="Which advice, as the report numbers them", default=1, min=1, options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: Any) -> str:
        advice = chosen_advice(context.scene, properties.number)
        return "" if advice is None else f"{advice.finding} Shows photos beside the renders nearest to them".rstrip(".")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        there = chosen_advice(context.scene, 1) is not None
        return can(cls, "" if there else "There is no advice yet: ask for it first")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        advice = chosen_advice(context.scene, self.number)
        path = places(context.scene).advice / (advice.sheet if advice is not None else "")
        if advice is None or not path.is_file():
            raise RunError(f"{path}: there is no sheet of advice {self.number}; ask for advice again")
        show_fitted_file(path, PICTURE)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_advice_show,)
