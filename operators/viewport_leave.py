"""Back from an image that is shown in the 3D viewport."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.viewport import can_leave, leave
from .outcome import can
from .viewport_show import rendering_problem


class SIMREAL_OT_viewport_leave(bpy.types.Operator):
    """Go back to your own scene and view, and remove all that was made to show the image"""

    bl_idname = "simreal.viewport_leave"
    bl_label = "Leave Image"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, ("" if can_leave() else "No image is shown in a viewport") or rendering_problem())

    def execute(self, context: bpy.types.Context) -> set[str]:
        leave()
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_viewport_leave,)
