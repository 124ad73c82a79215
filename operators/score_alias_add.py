"""Another folder of photos whose class is told."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from .outcome import can, scene_problem


class SIMREAL_OT_score_alias_add(bpy.types.Operator):
    """Tell which class the photos of a folder show, where the folder is not named after it"""

    bl_idname = "simreal.score_alias_add"
    bl_label = "Add Folder"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    folder: StringProperty(name="Folder", description="Name of the photos' folder", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal.scoring
        names = [alias.name for alias in state.aliases]
        if self.folder in names and self.folder:
            state.active_alias = names.index(self.folder)
        else:
            state.aliases.add().name = self.folder
            state.active_alias = len(state.aliases) - 1
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_score_alias_add,)
