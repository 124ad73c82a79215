"""An override off a split."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import json
from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..design.overrides import overrides_text, parsed_overrides, without
from .outcome import can, reporting_errors, scene_problem


class SIMREAL_OT_split_override_remove(bpy.types.Operator):
    """Remove this override: the split is as the design again"""

    bl_idname = "simreal.split_override_remove"
    bl_label = "Remove Override"
    bl_options: ClassVar = {"REGISTER", "UNDO", "INTERNAL"}

    path: StringProperty(name="Path", description="Where it stands in the overrides, as a JSON list; empty is all")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        problem = "" if context.scene.simreal.splits else "There is no split"
        return can(cls, scene_problem(context) or problem)

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        split = context.scene.simreal.splits[context.scene.simreal.active_split]
        kept = without(parsed_overrides(split.overrides), tuple(json.loads(self.path))) if self.path else {}
        split.overrides = overrides_text(kept)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_split_override_remove,)
