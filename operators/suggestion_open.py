"""The report of tuning, opened by the system."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.weights_shown import shown_suggestion
from .outcome import can, reporting_errors
from .report_page import REPORT, open_report
from .suggestion_accept import NONE


class SIMREAL_OT_suggestion_open(bpy.types.Operator):
    """Open the report of the suggestion in the web browser: each change, and the comparison with other weights"""

    bl_idname = "simreal.suggestion_open"
    bl_label = "Open Report of Suggestion"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, "" if shown_suggestion(context.scene) is not None else NONE)

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        shown = shown_suggestion(context.scene)
        assert shown is not None
        open_report(shown.file.with_name(REPORT), "ask for a suggestion again")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_suggestion_open,)
