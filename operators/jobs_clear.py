"""Take all finished jobs off the list."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.job_watch import look_soon, watch
from .outcome import can, reporting_errors


class SIMREAL_OT_jobs_clear(bpy.types.Operator):
    """Take all jobs that are over off the list; what they made stays"""

    bl_idname = "simreal.jobs_clear"
    bl_label = "Clear Finished Jobs"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, "" if any(not job.is_unfinished for job in watch().board) else "No job is over")

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        count = watch().board.clear()
        look_soon()
        self.report({"INFO"}, f"Cleared {count} {'job' if count == 1 else 'jobs'}; what they made stays")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_jobs_clear,)
