"""The data set of the design, rendered in the background."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.command_lines import rendering
from ..addon.job_watch import watch
from ..addon.jobs import Order
from ..addon.preferences import settings
from .outcome import can, design_problem, reporting_errors
from .output import with_design


class SIMREAL_OT_render(bpy.types.Operator):
    """Render the data set in the background; where a part of it is there already, what is missing"""

    bl_idname = "simreal.render"
    bl_label = "Render Data Set"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        there, machine = with_design(context), settings()
        wanted = ["--device", machine.device]
        if machine.workers:
            wanted += ["--workers", str(machine.workers)]
        step = rendering("render", there.design, "--out", there.data, *wanted)
        watch().start(Order("render", f"Render {context.scene.simreal.title}", str(there.folder), (step,)))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_render,)
