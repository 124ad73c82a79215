"""A folder that a study asks for: real photos, or a library of its designs."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..addon.study_orders import LIBRARY, PHOTOS
from .folder_chosen import chosen_folder
from .outcome import can, reporting_errors, scene_problem

HELP = {
    PHOTOS: "Choose a folder of real photos, with folders in it named after the classes. What is measured on photos "
    "that are not chosen is left out",
    LIBRARY: "Choose the folder in which this library of the study's designs lies on this computer",
}


class SIMREAL_OT_study_folder(bpy.types.Operator):
    """Choose a folder that the study asks for"""

    bl_idname = "simreal.study_folder"
    bl_label = "Choose Folder"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    kind: EnumProperty(
        name="Kind",
        description="What lies in the folder",
        items=[(PHOTOS, "Photos", HELP[PHOTOS]), (LIBRARY, "Library", HELP[LIBRARY])],
        options={"SKIP_SAVE"},
    )
    asked: StringProperty(name="Name", description="What the study calls it", default="real", options={"SKIP_SAVE"})
    directory: StringProperty(name="Folder", description="Where it lies", subtype="DIR_PATH", options={"SKIP_SAVE"})
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: Any) -> str:
        return HELP[properties.kind]

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        folder = chosen_folder(self.directory, "photos" if self.kind == PHOTOS else "this library")
        folders = context.scene.simreal.studies.folders
        entry = next((one for one in folders if (one.kind, one.name) == (self.kind, self.asked)), None) or folders.add()
        entry.kind, entry.name, entry.folder = self.kind, self.asked, str(folder)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_study_folder,)
