"""Classes made of this file, brought up to date with it."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.class_sources import is_snapshot, update_snapshots
from .outcome import can, reporting_errors, scene_problem
from .taken import warn


class SIMREAL_OT_classes_update(bpy.types.Operator):
    """Write the collections that classes were made of anew, as they look now. Images that exist keep their models"""

    bl_idname = "simreal.classes_update"
    bl_label = "Update from Collections"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or _problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        warn(self, update_snapshots(context.scene))
        self.report({"INFO"}, "Classes are as their collections look now")
        return {"FINISHED"}


def _problem(context: bpy.types.Context) -> str:
    return "" if is_snapshot(context.scene.simreal) else "No class was made of this file's collections"


CLASSES = (SIMREAL_OT_classes_update,)
