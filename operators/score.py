"""Real photos through the trained classifier."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.job_watch import watch
from ..addon.score_orders import photos_order, photos_problem
from .outcome import can, reporting_errors
from .output import with_folder


class SIMREAL_OT_score(bpy.types.Operator):
    """Score the photos with the classifier in the background; while it is being trained, right after that"""

    bl_idname = "simreal.score"
    bl_label = "Score Photos"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, photos_problem(context.scene))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        watch().start(photos_order(context.scene, with_folder(context)))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_score,)
