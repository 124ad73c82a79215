"""A library off the design."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.library_list import remove_library
from ..design.errors import DesignError
from .outcome import can, reporting_errors, scene_problem


class SIMREAL_OT_library_remove(bpy.types.Operator):
    """Remove a library from the design, with the models and options that come of it; its files stay"""

    bl_idname = "simreal.library_remove"
    bl_label = "Remove Library"
    bl_options: ClassVar = {"REGISTER", "UNDO", "INTERNAL"}

    library: StringProperty(name="Library", description="Name of the library")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal
        if self.library not in state.libraries:
            raise DesignError("", f"there is no library '{self.library}'")
        remove_library(state, self.library)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_library_remove,)
