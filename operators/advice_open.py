"""The report of advice, opened by the system."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.places import places
from .outcome import can, reporting_errors
from .report_page import REPORT, open_report


class SIMREAL_OT_advice_open(bpy.types.Operator):
    """Open the report of advice in the web browser: every finding with its figures, photos and nearest renders"""

    bl_idname = "simreal.advice_open"
    bl_label = "Open Report of Advice"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        there = (places(context.scene).advice / REPORT).is_file()
        return can(cls, "" if there else "There is no advice yet: ask for it first")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        open_report(places(context.scene).advice / REPORT, "ask for advice again")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_advice_open,)
