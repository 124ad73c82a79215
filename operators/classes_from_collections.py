"""Classes of this file's collections, added to the design."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import CollectionProperty, IntProperty

from ..addon.class_sources import candidates, take_collections
from ..addon.design_properties import SIMREAL_PG_choice
from .outcome import can, reporting_errors, scene_problem
from .taken import tell


class SIMREAL_OT_classes_from_collections(bpy.types.Operator):
    """Add collections of this file as classes; the objects and collections in them are the models.
    They are written to a file in the output folder as they look now"""

    bl_idname = "simreal.classes_from_collections"
    bl_label = "Add Classes from Collections"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    choices: CollectionProperty(
        name="Collections", description="A class each", type=SIMREAL_PG_choice, options={"SKIP_SAVE"}
    )
    active: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self.choices.clear()
        chosen = _likely(context)
        for name, models in candidates(context.scene).items():
            choice = self.choices.add()
            choice.name, choice.use = name, name in chosen
            choice.detail = f"{models} model{'' if models == 1 else 's'}"
        if not self.choices:
            self.report({"ERROR"}, "No collection of this scene has a model in it: move objects into collections first")
            return {"CANCELLED"}
        return set(context.window_manager.invoke_props_dialog(self))

    def draw(self, _context: bpy.types.Context) -> None:
        self.layout.label(text="A class for each of these collections")
        self.layout.template_list("SIMREAL_UL_choices", "collections", self, "choices", self, "active", rows=6)

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        return tell(self, take_collections(context.scene, [one.name for one in self.choices if one.use]))


def _likely(context: bpy.types.Context) -> set[str]:
    """The collections in the active one that have models, or that one itself."""
    active = context.collection
    inside = {child.name for child in active.children} & set(candidates(context.scene))
    return inside or {active.name}


CLASSES = (SIMREAL_OT_classes_from_collections,)
