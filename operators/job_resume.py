"""Go on with a job."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.job_watch import watch
from .outcome import reporting_errors


class SIMREAL_OT_job_resume(bpy.types.Operator):
    """Go on with this job from what is finished, and with the jobs that were not run because of it"""

    bl_idname = "simreal.job_resume"
    bl_label = "Resume Job"
    bl_options: ClassVar = {"INTERNAL"}

    job: StringProperty(name="Job", options={"HIDDEN", "SKIP_SAVE"})

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        first, *others = watch().resume(watch().board.by_name(self.job))
        after = f", and after it {', '.join(job.order.title for job in others)}" if others else ""
        self.report({"INFO"}, f"Goes on: {first.order.title}{after}")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_job_resume,)
