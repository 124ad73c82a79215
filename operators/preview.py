"""A contact sheet of the design as it stands."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.command_lines import rendering
from ..addon.job_watch import watch
from ..addon.jobs import Order
from .outcome import can, design_problem, reporting_errors
from .output import with_design


class SIMREAL_OT_preview(bpy.types.Operator):
    """Render the first images of the design onto one labelled sheet, in the background"""

    bl_idname = "simreal.preview"
    bl_label = "Contact Sheet"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        there, state = with_design(context), context.scene.simreal
        wanted = ["--images", str(state.preview.images)]
        if state.preview.split:
            wanted += ["--split", state.preview.split]
        step = rendering("preview", there.design, "--out", there.preview, *wanted)
        watch().start(Order("preview", f"Preview of {state.title}", str(there.folder), (step,)))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preview,)
