"""What factors are worth on photos, measured in the background."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.job_watch import watch
from ..addon.weighting_orders import IMPORTANCE, weighting_order, weighting_problem
from .outcome import can, design_problem, reporting_errors
from .output import with_folder


class SIMREAL_OT_importance_run(bpy.types.Operator):
    """Measure in the background what each factor's weight, ranges and options are worth on the photos"""

    bl_idname = "simreal.importance_run"
    bl_label = "Measure Importance"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context) or weighting_problem(context.scene, IMPORTANCE))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        with_folder(context)
        watch().start(weighting_order(context.scene, IMPORTANCE))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_importance_run,)
