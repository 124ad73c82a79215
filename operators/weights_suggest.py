"""Weights that suit the photos, searched for in the background."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.job_watch import watch
from ..addon.weighting_orders import TUNE, weighting_order, weighting_problem
from .outcome import can, design_problem, reporting_errors
from .output import with_folder


class SIMREAL_OT_weights_suggest(bpy.types.Operator):
    """Tune weights, ranges and options on a half of the photos in the background, and tell what that is worth on the \
other half. Nothing is changed until you accept it"""

    bl_idname = "simreal.weights_suggest"
    bl_label = "Suggest Weights"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context) or weighting_problem(context.scene, TUNE))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        with_folder(context)
        watch().start(weighting_order(context.scene, TUNE))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_weights_suggest,)
