"""Where the classifier looked in the image that was scored."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.score_orders import image_scores
from ..addon.score_photo import show_prediction
from ..scoring.photos import is_scores_folder
from ..scoring.reading import read_scores
from .outcome import can, reporting_errors


class SIMREAL_OT_score_image_show(bpy.types.Operator):
    """Show the image that was scored last, with its five best classes, and with heat where the classifier looked"""

    bl_idname = "simreal.score_image_show"
    bl_label = "Show Where It Looked"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, "" if is_scores_folder(image_scores()) else "Score an image first")

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        show_prediction(read_scores(image_scores()), 0, overlay=True)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_score_image_show,)
