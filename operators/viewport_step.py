"""The next or previous image, while one is shown in the 3D viewport."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import IntProperty

from ..addon.viewport import about, design_scene
from .outcome import can, reporting_errors
from .viewport_show import show_image, shown_problem, viewing_problem


class SIMREAL_OT_viewport_step(bpy.types.Operator):
    """Show the next image of the split, or the previous one, of the design as it is now"""

    bl_idname = "simreal.viewport_step"
    bl_label = "Show Next Image in Viewport"
    bl_options: ClassVar = {"REGISTER"}  # looking changes nothing that could be undone

    step: IntProperty(name="Step", description="How many images on; below 0 is back", default=1)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, shown_problem(context) or viewing_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        told, scene = about(context.scene), design_scene()
        assert scene is not None  # polled
        show_image(self, context, scene, told["split"], max(0, told["index"] + self.step))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_viewport_step,)
