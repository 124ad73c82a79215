"""Classes of the starter library, added to the design."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty

from ..addon.class_sources import take_starter
from ..design.starter_catalogue import INSTANCES_PER_CLASS, STARTER_CLASSES
from .outcome import can, reporting_errors, scene_problem
from .taken import tell

ITEMS = [(name, name.capitalize(), f"{INSTANCES_PER_CLASS} models") for name in STARTER_CLASSES]


class SIMREAL_OT_classes_from_starter(bpy.types.Operator):
    """Add classes of the starter library: procedural models of everyday things, with no download.
    Models of a class that is there already join it; new classes come last"""

    bl_idname = "simreal.classes_from_starter"
    bl_label = "Add Classes from Starter Library"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    classes: EnumProperty(
        name="Classes",
        description="Classes to add",
        items=ITEMS,
        options={"ENUM_FLAG"},
        default=set(STARTER_CLASSES),
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return set(context.window_manager.invoke_props_dialog(self))

    def draw(self, _context: bpy.types.Context) -> None:
        self.layout.grid_flow(columns=2, even_columns=True, row_major=True).prop(self, "classes")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        return tell(self, take_starter(context.scene, [name for name in STARTER_CLASSES if name in self.classes]))


CLASSES = (SIMREAL_OT_classes_from_starter,)
