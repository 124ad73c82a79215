"""Classes of a folder of 3D models, added to the design."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..addon.class_sources import take_folder
from ..addon.design_properties import items
from ..design.design import UpAxis
from .folder_chosen import chosen_folder
from .outcome import can, reporting_errors, scene_problem
from .taken import tell


class SIMREAL_OT_classes_from_folder(bpy.types.Operator):
    """Add the classes of a folder of 3D models: a folder in it for every class (ShapeNetCore's layout too).
    Models of a class that is there already join it; new classes come last"""

    bl_idname = "simreal.classes_from_folder"
    bl_label = "Add Classes from Model Folder"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    directory: StringProperty(name="Models", description="Folder with a folder per class", subtype="DIR_PATH")
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    up_axis: EnumProperty(name="Up Axis", description="Which axis of the models points up", items=items(UpAxis))

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        return tell(self, take_folder(context.scene, chosen_folder(self.directory, "models"), self.up_axis))


CLASSES = (SIMREAL_OT_classes_from_folder,)
