"""The last run's curves, in an Image Editor."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.fitted_pictures import show_fitted_file
from ..addon.places import places
from .outcome import can, reporting_errors

PICTURE = "Simreal Learning Curve"


class SIMREAL_OT_run_show(bpy.types.Operator):
    """Show the learning curves of the last training in an Image Editor; where none is open, in a new window"""

    bl_idname = "simreal.run_show"
    bl_label = "Show Learning Curves"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        there = (places(context.scene).run / "curves.png").is_file()
        return can(cls, "" if there else "There are no curves yet: train first")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        show_fitted_file(places(context.scene).run / "curves.png", PICTURE)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_run_show,)
