"""Take a job off the list."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.job_watch import look_soon, watch
from .outcome import reporting_errors


class SIMREAL_OT_job_forget(bpy.types.Operator):
    """Take this job off the list; what it made stays"""

    bl_idname = "simreal.job_forget"
    bl_label = "Remove Job from List"
    bl_options: ClassVar = {"INTERNAL"}

    job: StringProperty(name="Job", options={"HIDDEN", "SKIP_SAVE"})

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        board = watch().board
        board.forget(board.by_name(self.job))
        look_soon()
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_job_forget,)
