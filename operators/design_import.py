"""A design out of its file."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import StringProperty
from bpy_extras.io_utils import ImportHelper

from ..addon.conversion import load_design
from ..design.document import load
from .outcome import can, reporting_errors, scene_problem


class SIMREAL_OT_design_import(bpy.types.Operator, ImportHelper):
    """Load a design from a .simreal.json file. Nothing in it is executed"""

    bl_idname = "simreal.design_import"
    bl_label = "Import Design"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    filename_ext = ".json"
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        load_design(context.scene.simreal, load(Path(self.filepath)))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_design_import,)
