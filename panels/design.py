"""Design: where it comes from, its classes, its images, its splits."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from .sidebar import NeedsDesign, Sidebar


class SIMREAL_UL_classes(bpy.types.UIList):
    """Classes: switched on or off, with their number of models and their weight."""

    def draw_item(
        self,
        _context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _data: Any,
        item: Any,
        _icon: int,
        _active_data: Any,
        _active_property: str,
    ) -> None:
        row = layout.row(align=True)
        row.prop(item, "enabled", text="")
        named = row.split(factor=0.45)
        named.active = item.enabled
        named.prop(item, "name", text="", emboss=False)
        numbers = named.split(factor=0.5)
        numbers.label(text=str(item.model_count), icon="MESH_DATA")
        numbers.prop(item, "weight", text="", emboss=False)


class SIMREAL_PT_design(Sidebar, bpy.types.Panel):
    """The design and its classes."""

    bl_idname = "SIMREAL_PT_design"
    bl_label = "Design"

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        if not state.title:
            column = layout.column(align=True)
            column.label(text="Start with a design over")
            column.operator("simreal.design_starter", text="the Starter Library", icon="ASSET_MANAGER")
            column.operator("simreal.design_from_folder", text="a Folder of Models", icon="FILE_FOLDER")
            column.operator("simreal.design_import", text="a Design File", icon="IMPORT")
            return
        row = layout.row(align=True)
        row.prop(state, "title", text="")
        row.operator("simreal.design_starter", text="", icon="ASSET_MANAGER")
        row.operator("simreal.design_from_folder", text="", icon="FILE_FOLDER")
        row.operator("simreal.design_import", text="", icon="IMPORT")
        row.operator("simreal.design_export", text="", icon="EXPORT")
        self._draw_classes(layout, state)

    def _draw_classes(self, layout: bpy.types.UILayout, state: Any) -> None:
        row = layout.row(align=True)
        used = sum(entry.enabled for entry in state.classes)
        row.label(text=f"Classes ({used} of {len(state.classes)})")
        row.operator("simreal.classes_enable", text="", icon="CHECKBOX_HLT").action = "all"
        row.operator("simreal.classes_enable", text="", icon="CHECKBOX_DEHLT").action = "none"
        layout.template_list("SIMREAL_UL_classes", "", state, "classes", state, "active_class", rows=5, maxrows=10)


class SIMREAL_PT_images(NeedsDesign, bpy.types.Panel):
    """Size and quality of the images, and how many there are."""

    bl_idname = "SIMREAL_PT_images"
    bl_label = "Images and Splits"
    bl_parent_id = "SIMREAL_PT_design"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column(align=True)
        column.prop(state.image, "resolution_px")
        column.prop(state.image, "samples")
        column.prop(state.image, "bounces")
        layout.prop(state.image, "denoiser")
        layout.prop(state, "seed")
        layout.prop(state, "instances")
        column = layout.column(align=True)
        for split in state.splits:
            column.prop(split, "count", text=split.name)


CLASSES = (SIMREAL_UL_classes, SIMREAL_PT_design, SIMREAL_PT_images)
