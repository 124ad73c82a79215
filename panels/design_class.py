"""Active Class: its picture, and the models that show it."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..addon.class_list import models_label
from ..addon.preview_thumbnails import icon_of
from .rows import Rows
from .sidebar import NeedsDesign


class SIMREAL_UL_models(Rows, bpy.types.UIList):
    """Models of a class, with the library that each is from."""

    @staticmethod
    def draw_row(_context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, _index: int) -> None:
        row = layout.split(factor=0.68)
        row.label(text=models_label(item.name), icon="MESH_DATA", translate=False)
        library = row.row()
        library.active = False
        library.label(text=item.name.partition(":")[0], translate=False)


class SIMREAL_PT_design_class(NeedsDesign, bpy.types.Panel):
    """The active class and its models."""

    bl_idname = "SIMREAL_PT_design_class"
    bl_label = "Active Class"
    bl_parent_id = "SIMREAL_PT_design"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        if state.active_class >= len(state.classes):
            layout.label(text="There is no class")
            return
        entry = state.classes[state.active_class]
        picture = icon_of(context.scene, entry.name)
        if picture:
            layout.template_icon(icon_value=picture, scale=5.0)
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(entry, "name")
        column.prop(entry, "weight")
        layout.label(text=f"Label {state.active_class}, {len(state.models)} models", translate=False)
        row = layout.row()
        row.template_list("SIMREAL_UL_models", "", state, "models", state, "active_model", rows=4, maxrows=8)
        row.column(align=True).operator("simreal.class_model_remove", text="", icon="REMOVE")


CLASSES = (SIMREAL_UL_models, SIMREAL_PT_design_class)
