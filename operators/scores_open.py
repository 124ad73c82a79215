"""The folder of scores in the system's file browser."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.score_shown import shown
from .outcome import can
from .scores_show import scores_problem


class SIMREAL_OT_scores_open(bpy.types.Operator):
    """Open the folder with these scores' tables and pictures in the system's file browser"""

    bl_idname = "simreal.scores_open"
    bl_label = "Open Folder"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, scores_problem())

    def execute(self, _context: bpy.types.Context) -> set[str]:
        scores = shown().scores
        assert scores is not None
        bpy.ops.wm.path_open(filepath=str(scores.folder))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_scores_open,)
