"""Stop a job for a while."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.job_watch import look_soon, watch
from .outcome import reporting_errors


class SIMREAL_OT_job_pause(bpy.types.Operator):
    """Stop this job for a while, also past the end of Blender; its memory and the GPU are free for other work"""

    bl_idname = "simreal.job_pause"
    bl_label = "Pause Job"
    bl_options: ClassVar = {"INTERNAL"}

    job: StringProperty(name="Job", options={"HIDDEN", "SKIP_SAVE"})

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        watch().board.by_name(self.job).pause()
        look_soon()
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_job_pause,)
