"""A classifier trained on the rendered data set, measured and exported."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.job_watch import watch
from ..addon.training_orders import training_order, training_problem
from .outcome import can, reporting_errors
from .output import with_folder


class SIMREAL_OT_train(bpy.types.Operator):
    """Train a classifier in the background, measure it on the other splits, and export it as model.onnx"""

    bl_idname = "simreal.train"
    bl_label = "Train"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, training_problem(context.scene))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        watch().start(training_order(context.scene, with_folder(context)))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_train,)
