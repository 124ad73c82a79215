"""Stop a job for good."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.job_watch import look_soon, watch
from .outcome import reporting_errors


class SIMREAL_OT_job_cancel(bpy.types.Operator):
    """Stop this job and take it out of the queue; what is finished stays, and resuming goes on from there"""

    bl_idname = "simreal.job_cancel"
    bl_label = "Cancel Job"
    bl_options: ClassVar = {"INTERNAL"}

    job: StringProperty(name="Job", options={"HIDDEN", "SKIP_SAVE"})

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        watch().board.by_name(self.job).cancel()
        look_soon()
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_job_cancel,)
