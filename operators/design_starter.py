"""A new design over the starter library."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty, IntProperty

from ..addon.conversion import load_design
from ..addon.preferences import user_folder
from ..design.errors import AssetError
from ..design.starter_catalogue import STARTER_CLASSES
from ..design.starting import Sources, start_design
from .classes_from_starter import ITEMS
from .outcome import can, reporting_errors, scene_problem


class SIMREAL_OT_design_starter(bpy.types.Operator):
    """Make a design over the starter library: ten everyday classes of procedural models, with no download"""

    bl_idname = "simreal.design_starter"
    bl_label = "Starter Design"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    per_class: IntProperty(name="Images per Class", description="Training images a class", default=100, min=1)
    classes: EnumProperty(
        name="Classes",
        description="Classes of the design",
        items=ITEMS,
        options={"ENUM_FLAG"},
        default=set(STARTER_CLASSES),
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        if not self.classes:
            raise AssetError("choose at least one class")
        sources = Sources(classes=tuple(name for name in STARTER_CLASSES if name in self.classes))
        started = start_design(sources, "starter", user_folder(), per_class=self.per_class)
        load_design(context.scene.simreal, started.design)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_design_starter,)
