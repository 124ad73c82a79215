"""Choosing the photos: a folder, or some of its files."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import BoolProperty, CollectionProperty, StringProperty

from .outcome import can, scene_problem


class SIMREAL_OT_score_photos(bpy.types.Operator):
    """Choose photos to score: select some, or none for all in the folder and the folders in it"""

    bl_idname = "simreal.score_photos"
    bl_label = "Choose Photos"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    directory: StringProperty(name="Folder", description="The folder of the photos", subtype="DIR_PATH")
    files: CollectionProperty(type=bpy.types.OperatorFileListElement, options={"HIDDEN", "SKIP_SAVE"})
    filter_image: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self.directory = context.scene.simreal.scoring.photos
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal.scoring
        state.photos = self.directory
        state.files = "\n".join(
            sorted(file.name for file in self.files if (Path(self.directory) / file.name).is_file())
        )
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_score_photos,)
