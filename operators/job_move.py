"""Another order of the queue."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty, StringProperty

from ..addon.job_watch import look_soon, watch
from .outcome import reporting_errors


class SIMREAL_OT_job_move(bpy.types.Operator):
    """Move this job in the queue"""

    bl_idname = "simreal.job_move"
    bl_label = "Move Job in Queue"
    bl_options: ClassVar = {"INTERNAL"}

    job: StringProperty(name="Job", options={"HIDDEN", "SKIP_SAVE"})
    direction: EnumProperty(
        name="Direction",
        items=[("UP", "Up", "Let it run earlier"), ("DOWN", "Down", "Let it run later")],
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        board = watch().board
        board.move(board.by_name(self.job), -1 if self.direction == "UP" else 1)
        look_soon()
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_job_move,)
