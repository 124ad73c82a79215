"""What factors do: swept from end to end on one image."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import functools
from typing import ClassVar

import bpy
from bpy.props import IntProperty, StringProperty

from ..addon.preview_requests import request
from ..addon.viewing import strip_of
from ..design.factors import FACTORS
from .outcome import can, design_problem, reporting_errors


class SIMREAL_OT_strip_show(bpy.types.Operator):
    """Show what a factor does: one image with each parameter swept from one end of its distribution to the other, all \
else held. For all factors: a row each, in which all parameters of the factor go together from their lower ends (0%) \
to their upper ends (100%)"""

    bl_idname = "simreal.strip_show"
    bl_label = "Factor Strip"
    bl_options: ClassVar = {"REGISTER"}

    factor: StringProperty(
        name="Factor", description="Factor to sweep; empty is all of them", search=lambda self, context, typed: FACTORS
    )
    index: IntProperty(name="Image", description="Image to sweep on; -1 is the panel's", default=-1, min=-1)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        index = self.index if self.index >= 0 else context.scene.simreal.viewing.index
        again = functools.partial(strip_of, context.scene.session_uid, index, self.factor)
        request(again(), again=again, scene=context.scene)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_strip_show,)
