"""Design: what it is called, and its classes."""

from __future__ import annotations

from typing import Any

import bpy

from ..addon.class_sources import is_snapshot
from ..addon.preview_thumbnails import icon_of
from .evidence_box import draw_evidence
from .presets import draw_menu, draw_missing
from .rows import Rows
from .sidebar import Sidebar, wrapped

ROWS = 5


class SIMREAL_UL_classes(Rows, bpy.types.UIList):
    """Classes: switched on or off, with a picture, their number of models and their weight."""

    @staticmethod
    def draw_row(context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, _index: int) -> None:
        row = layout.row(align=True)
        row.prop(item, "enabled", text="")
        named = row.split(factor=0.55)
        named.active = item.enabled
        picture = icon_of(context.scene, item.name)
        if picture:
            named.prop(item, "name", text="", emboss=False, icon_value=picture)
        else:
            named.prop(item, "name", text="", emboss=False, icon="MESH_DATA")
        numbers = named.split(factor=0.36)
        numbers.label(text=str(item.model_count), translate=False)
        numbers.prop(item, "weight", text="", emboss=False, slider=True)


class SIMREAL_UL_choices(Rows, bpy.types.UIList):
    """What a dialog lets people choose."""

    @staticmethod
    def draw_row(_context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, _index: int) -> None:
        row = layout.row(align=True)
        row.prop(item, "use", text="")
        row.label(text=item.name, translate=False)
        if item.detail:
            detail = row.row()
            detail.alignment = "RIGHT"
            detail.label(text=item.detail, translate=False)


class SIMREAL_MT_classes_add(bpy.types.Menu):
    """Where classes can come from."""

    bl_idname = "SIMREAL_MT_classes_add"
    bl_label = "Add Classes"

    def draw(self, _context: bpy.types.Context) -> None:
        draw_sources(self.layout)


class SIMREAL_MT_classes(bpy.types.Menu):
    """What can be done with all classes."""

    bl_idname = "SIMREAL_MT_classes"
    bl_label = "Classes"

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        for action, text, icon in (
            ("all", "Use All", "CHECKBOX_HLT"),
            ("none", "Use None", "CHECKBOX_DEHLT"),
            ("invert", "Invert", "ARROW_LEFTRIGHT"),
        ):
            layout.operator("simreal.classes_enable", text=text, icon=icon).action = action
        layout.separator()
        for key, text, icon in (
            ("name", "Sort by Name", "SORTALPHA"),
            ("models", "Sort by Models", "SORTSIZE"),
            ("enabled", "Sort by Use", "CHECKMARK"),
        ):
            layout.operator("simreal.classes_sort", text=text, icon=icon).key = key
        layout.separator()
        layout.operator("simreal.classes_update", icon="FILE_REFRESH")


class SIMREAL_PT_design(Sidebar, bpy.types.Panel):
    """The design and its classes."""

    bl_idname = "SIMREAL_PT_design"
    bl_label = "Design"

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        if not context.scene.is_editable:
            wrapped(
                layout,
                context,
                "Linked from another file: it can be looked at, not changed",
                icon="LIBRARY_DATA_DIRECT",
            )
        if not state.title:
            self._draw_beginning(layout)
            return
        draw_menu(layout, context)
        row = layout.row(align=True)
        row.prop(state, "title", text="")
        row.operator("simreal.design_starter", text="", icon="ASSET_MANAGER")
        row.operator("simreal.design_from_folder", text="", icon="FILE_FOLDER")
        row.operator("simreal.design_import", text="", icon="IMPORT")
        row.operator("simreal.design_export", text="", icon="EXPORT")
        draw_missing(layout, context)
        draw_evidence(layout, context, most=1)
        self._draw_classes(layout, state)

    def _draw_beginning(self, layout: bpy.types.UILayout) -> None:
        column = layout.column(align=True)
        column.label(text="Start with")
        column.operator("simreal.design_starter", text="Starter Library", icon="ASSET_MANAGER")
        column.operator("simreal.design_from_folder", text="Folder of Models", icon="FILE_FOLDER")
        column.operator("simreal.classes_from_collections", text="Collections of This File", icon="OUTLINER_COLLECTION")
        column.operator("simreal.classes_from_catalogues", text="Asset Catalogues", icon="ASSET_MANAGER")
        column.menu("SIMREAL_MT_presets", text="Preset", icon="PRESET")
        column.operator("simreal.design_import", text="Design File", icon="IMPORT")

    def _draw_classes(self, layout: bpy.types.UILayout, state: Any) -> None:
        used = sum(entry.enabled for entry in state.classes)
        row = layout.row(align=True)
        row.label(text=f"Classes ({used} of {len(state.classes)})")
        if is_snapshot(state):
            row.operator("simreal.classes_update", text="", icon="FILE_REFRESH")
        row = layout.row()
        row.template_list(
            "SIMREAL_UL_classes", "", state, "classes", state, "active_class", rows=ROWS, maxrows=2 * ROWS
        )
        column = row.column(align=True)
        column.menu("SIMREAL_MT_classes_add", text="", icon="ADD")
        column.operator("simreal.class_remove", text="", icon="REMOVE")
        column.separator()
        column.menu("SIMREAL_MT_classes", text="", icon="DOWNARROW_HLT")
        column.separator()
        column.operator("simreal.class_move", text="", icon="TRIA_UP").direction = "UP"
        column.operator("simreal.class_move", text="", icon="TRIA_DOWN").direction = "DOWN"


def draw_sources(layout: bpy.types.UILayout) -> None:
    """Every source that classes can be added from."""
    layout.operator("simreal.classes_from_starter", text="Starter Library", icon="ASSET_MANAGER")
    layout.operator("simreal.classes_from_folder", text="Folder of Models", icon="FILE_FOLDER")
    layout.operator("simreal.classes_from_collections", text="Collections of This File", icon="OUTLINER_COLLECTION")
    layout.operator("simreal.classes_from_catalogues", text="Asset Catalogues", icon="ASSET_MANAGER")


CLASSES = (SIMREAL_UL_classes, SIMREAL_UL_choices, SIMREAL_MT_classes_add, SIMREAL_MT_classes, SIMREAL_PT_design)
