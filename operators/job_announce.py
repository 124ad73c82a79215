"""A line in the status bar when a job has ended."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import BoolProperty, StringProperty


class SIMREAL_OT_job_announce(bpy.types.Operator):
    """Tell in the status bar that a job has ended"""

    bl_idname = "simreal.job_announce"
    bl_label = "Announce Job"
    bl_options: ClassVar = {"INTERNAL"}

    text: StringProperty(name="Text", options={"HIDDEN", "SKIP_SAVE"})
    is_problem: BoolProperty(name="Problem", options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        # Blender shows reports of an operator that a script called only in the console: so it tells a moment later,
        # at a tick of its own. Meanwhile all events go where they would go without it (seen in 4.5 and 5.2).
        self._timer = context.window_manager.event_timer_add(0.05, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        context.window_manager.event_timer_remove(self._timer)
        return self.execute(context)

    def cancel(self, context: bpy.types.Context) -> None:
        context.window_manager.event_timer_remove(self._timer)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        self.report({"WARNING" if self.is_problem else "INFO"}, self.text)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_job_announce,)
