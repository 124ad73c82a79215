"""The output folder in the system's file browser."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.places import places
from .outcome import can


class SIMREAL_OT_folder_open(bpy.types.Operator):
    """Open the output folder in the system's file browser"""

    bl_idname = "simreal.folder_open"
    bl_label = "Open Output Folder"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        there = places(context.scene).folder.is_dir()
        return can(cls, "" if there else "The output folder is not there yet: preview or render first")

    def execute(self, context: bpy.types.Context) -> set[str]:
        bpy.ops.wm.path_open(filepath=str(places(context.scene).folder))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_folder_open,)
