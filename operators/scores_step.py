"""From one scored photo to the next."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty

from ..addon.score_photo import PHOTO_IMAGE, step
from .outcome import can, reporting_errors
from .scores_show import scores_problem


class SIMREAL_OT_scores_step(bpy.types.Operator):
    """Select another photo of the list, as it is sorted and filtered, and show it"""

    bl_idname = "simreal.scores_step"
    bl_label = "Another Photo"
    bl_options: ClassVar = {"INTERNAL"}

    direction: EnumProperty(
        name="Direction",
        description="Which photo is shown",
        items=[("NEXT", "Next Photo", "The next photo of the list"), ("PREVIOUS", "Previous Photo", "The one before")],
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        which = "next" if properties.direction == "NEXT" else "previous"
        return f"Show the {which} photo of the list, as it is sorted and filtered"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, scores_problem())

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """The keys are the Image Editor's own where that shows another image."""
        space = context.space_data
        if space is not None and space.type == "IMAGE_EDITOR" and not (space.image and space.image.name == PHOTO_IMAGE):
            return {"PASS_THROUGH"}
        return self.execute(context)

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        step(1 if self.direction == "NEXT" else -1)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_scores_step,)
