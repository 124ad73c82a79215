"""A new design over a folder of 3D models."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..addon.conversion import load_design
from ..addon.design_properties import items
from ..design.design import UpAxis
from ..design.errors import AssetError
from ..design.sources import source_name
from ..design.starting import Sources, Started, start_design
from .outcome import can, reporting_errors, scene_problem
from .taken import warn


class SIMREAL_OT_design_from_folder(bpy.types.Operator):
    """Make a design over a folder of 3D models: a folder in it for every class (ShapeNetCore's layout too)"""

    bl_idname = "simreal.design_from_folder"
    bl_label = "Design from Model Folder"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    directory: StringProperty(name="Models", description="Folder with a folder per class", subtype="DIR_PATH")
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    environments: StringProperty(
        name="Environments", description="Folder of .hdr and .exr maps; empty is Blender's own", subtype="DIR_PATH"
    )
    textures: StringProperty(
        name="Textures", description="Folder of PBR texture sets for the object's surface", subtype="DIR_PATH"
    )
    photos: StringProperty(name="Photos", description="Folder of photos behind the object", subtype="DIR_PATH")
    up_axis: EnumProperty(
        name="Up Axis",
        description="Which axis of the models points up",
        items=items(UpAxis),
    )
    per_class: IntProperty(name="Images per Class", description="Training images a class", default=100, min=1)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        models = _folder(self.directory)
        if models is None:
            raise AssetError("choose a folder of models")
        sources = Sources(
            models=models,
            environments=_folder(self.environments),
            textures=_folder(self.textures),
            photos=_folder(self.photos),
            up_axis=self.up_axis,
        )
        started = start_design(sources, source_name(models), models.parent, per_class=self.per_class)
        load_design(context.scene.simreal, started.design)
        self._tell(started)
        return {"FINISHED"}

    def _tell(self, started: Started) -> None:
        models = sum(len(entry.models) for entry in started.design.classes)
        self.report({"INFO"}, f"{len(started.design.classes)} classes with {models} models")
        warn(
            self,
            [
                f"Skipped {name}/{one.path}: {one.reason}"
                for name, skipped in started.skipped.items()
                for one in skipped
            ],
        )


def _folder(path: str) -> Path | None:
    return Path(bpy.path.abspath(path)).resolve() if path else None


CLASSES = (SIMREAL_OT_design_from_folder,)
