"""Advice on the design's classes, as a job."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.job_watch import watch
from ..addon.weighting_orders import ADVISE, weighting_order, weighting_problem
from .outcome import can, design_problem, reporting_errors
from .output import with_folder


class SIMREAL_OT_advice_run(bpy.types.Operator):
    """Find in the background which classes fail on photos, and what in the design may be why"""

    bl_idname = "simreal.advice_run"
    bl_label = "Ask for Advice"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context) or weighting_problem(context.scene, ADVISE))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        with_folder(context)
        watch().start(weighting_order(context.scene, ADVISE))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_advice_run,)
