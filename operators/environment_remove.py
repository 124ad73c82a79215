"""The training environment, deleted."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.command_lines import in_blenders_python
from ..addon.environment_jobs import busy_with, start
from ..addon.preferences import own_environment
from .outcome import can, reporting_errors


class SIMREAL_OT_environment_remove(bpy.types.Operator):
    """Delete the training environment that was created here; trained classifiers stay"""

    bl_idname = "simreal.environment_remove"
    bl_label = "Remove Environment"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        there = own_environment().is_ours
        return can(cls, busy_with() or ("" if there else "No training environment has been created here"))

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(
            self, event, message=f"Deletes {own_environment().path}", confirm_text="Remove", icon="WARNING"
        )

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = own_environment().path
        start("Remove Training Environment", in_blenders_python("environment", "remove", path))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_environment_remove,)
