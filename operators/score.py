"""Real photos through the trained classifier."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy

from ..addon.command_lines import in_blenders_python
from ..addon.job_watch import watch
from ..addon.jobs import Order
from ..addon.places import model_file
from .outcome import can, reporting_errors
from .output import with_folder


class SIMREAL_OT_score(bpy.types.Operator):
    """Score a folder of photos with the classifier in the background"""

    bl_idname = "simreal.score"
    bl_label = "Score Photos"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, _problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        there = with_folder(context)
        photos = Path(bpy.path.abspath(context.scene.simreal.scoring.photos))
        step = in_blenders_python("score", model_file(context.scene), photos, "--out", there.scores)
        watch().start(Order("score", f"Score {photos.name}", str(there.folder), (step,)))
        return {"FINISHED"}


def _problem(context: bpy.types.Context) -> str:
    photos = context.scene.simreal.scoring.photos
    if not model_file(context.scene).is_file():
        return "There is no classifier: train one, or choose an .onnx file"
    if not photos:
        return "Choose a folder of photos"
    return "" if Path(bpy.path.abspath(photos)).exists() else "The photos' folder is not there"


CLASSES = (SIMREAL_OT_score,)
