"""The classes in another order."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty

from ..addon.class_list import sort_classes
from .outcome import can, scene_problem


class SIMREAL_OT_classes_sort(bpy.types.Operator):
    """Sort the classes. Their order is the order of labels: a classifier trained before has another one"""

    bl_idname = "simreal.classes_sort"
    bl_label = "Sort Classes"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    key: EnumProperty(
        name="By",
        description="What the classes are put in order by",
        items=[
            ("name", "Name", "By name, from A to Z"),
            ("models", "Models", "By number of models, most first"),
            ("enabled", "Use", "Those that are switched on first"),
        ],
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or ("" if context.scene.simreal.classes else "There are no classes"))

    def execute(self, context: bpy.types.Context) -> set[str]:
        keys = {
            "name": lambda entry: entry.name.casefold(),
            "models": lambda entry: -entry.model_count,
            "enabled": lambda entry: not entry.enabled,
        }
        state = context.scene.simreal
        sort_classes(state, [entry.name for entry in sorted(state.classes, key=keys[self.key])])
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_classes_sort,)
