"""The report of tuning, opened by the system."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.weights_shown import shown_suggestion
from ..design.errors import RunError
from .effect_open import REPORT
from .outcome import can, reporting_errors
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
        report = shown.file.with_name(REPORT)
        if not report.is_file():
            raise RunError(f"{report} is not there: ask for a suggestion again")
        bpy.ops.wm.url_open(url=report.resolve().as_uri())
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_suggestion_open,)
