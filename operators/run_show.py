"""The last run's curves, in an Image Editor."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.places import places
from ..addon.shown_images import show_file
from .outcome import can

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

    def execute(self, context: bpy.types.Context) -> set[str]:
        show_file(places(context.scene).run / "curves.png", PICTURE)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_run_show,)
