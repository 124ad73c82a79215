"""Earlier scores into the list."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.places import places
from ..addon.score_shown import load_scores
from .outcome import reporting_errors


class SIMREAL_OT_scores_load(bpy.types.Operator):
    """Open a folder of earlier scores, also one written by the command line"""

    bl_idname = "simreal.scores_load"
    bl_label = "Load Scores"
    bl_options: ClassVar = {"REGISTER"}

    directory: StringProperty(name="Folder", description="Folder that scoring has written", subtype="DIR_PATH")
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self.directory = str(places(context.scene).scores)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        scores = load_scores(Path(self.directory))
        self.report({"INFO"}, f"Loaded {len(scores.predictions):,} scored photos")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_scores_load,)
