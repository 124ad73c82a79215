"""A design out of its file, chosen in a file browser or dropped onto a window."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import StringProperty
from bpy_extras.io_utils import ImportHelper

from ..addon.design_arrivals import take_in
from ..design.document import load
from .outcome import can, reporting_errors, scene_problem
from .taken import tell_missing


class SIMREAL_OT_design_import(bpy.types.Operator, ImportHelper):
    """Load a design from a .simreal.json file. Nothing in it is executed"""

    bl_idname = "simreal.design_import"
    bl_label = "Import Design"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    filename_ext = ".json"
    filepath: StringProperty(name="File", description="The design's file", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if self.filepath:  # a file was dropped
            return self.execute(context)
        return ImportHelper.invoke(self, context, event)

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        path = Path(bpy.path.abspath(self.filepath))
        missing = take_in(context.scene.simreal, load(path))
        return tell_missing(self, f"Loaded {path.name}", missing)


class SIMREAL_FH_design(bpy.types.FileHandler):
    """Takes designs that are dropped onto a window. Blender looks at the last suffix only, the operator at the rest."""

    bl_idname = "SIMREAL_FH_design"
    bl_label = "Simreal Design"
    bl_import_operator = "simreal.design_import"
    bl_file_extensions = ".json"

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        return context.area is not None and context.area.type in {"VIEW_3D", "IMAGE_EDITOR"}


CLASSES = (SIMREAL_OT_design_import, SIMREAL_FH_design)
