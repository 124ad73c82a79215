"""The selected photo in an Image Editor."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.score_photo import show_photo
from ..addon.score_shown import shown
from .outcome import can, reporting_errors


class SIMREAL_OT_scores_show(bpy.types.Operator):
    """Show the selected photo in an Image Editor, with its five best classes; one is opened where there is none"""

    bl_idname = "simreal.scores_show"
    bl_label = "Show Photo"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, scores_problem())

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        show_photo()
        return {"FINISHED"}


def scores_problem() -> str:
    """Why there is nothing to look at; "" where there is."""
    return "" if shown().scores else "There are no scores yet: score photos, or load earlier scores"


CLASSES = (SIMREAL_OT_scores_show,)
