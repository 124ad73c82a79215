"""The last run's folder, in the system's file browser."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.places import places
from .outcome import can


class SIMREAL_OT_run_open(bpy.types.Operator):
    """Open the folder of the last training: its log, curves, confusion matrices and predictions"""

    bl_idname = "simreal.run_open"
    bl_label = "Open Training Folder"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, "" if places(context.scene).run.is_dir() else "Nothing has been trained yet")

    def execute(self, context: bpy.types.Context) -> set[str]:
        bpy.ops.wm.path_open(filepath=str(places(context.scene).run))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_run_open,)
