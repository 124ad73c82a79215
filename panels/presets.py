"""Presets: designs to start from and looks to put on; what of them is missing here; and ways in and out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import bpy

from ..addon.loaded_preset import preset_label
from ..addon.missing_assets import known_missing
from ..addon.preset_folders import own_presets
from ..design.presets import SHIPPED, Preset, presets_in
from .evidence_box import draw_evidence
from .sidebar import NeedsDesign, Sidebar, wrapped


class SIMREAL_MT_presets(bpy.types.Menu):
    """Presets to load, Simreal's and the user's."""

    bl_idname = "SIMREAL_MT_presets"
    bl_label = "Load Preset"

    def draw(self, _context: bpy.types.Context) -> None:
        draw_presets(self.layout, "simreal.preset_load")


class SIMREAL_MT_looks(bpy.types.Menu):
    """Presets whose look can be applied to the design."""

    bl_idname = "SIMREAL_MT_looks"
    bl_label = "Apply Look"

    def draw(self, _context: bpy.types.Context) -> None:
        draw_presets(self.layout, "simreal.preset_look")


def draw_presets(layout: bpy.types.UILayout, operator: str) -> None:
    """A column for each group of Simreal's presets, and one for the user's."""
    row = layout.row()
    shipped = presets_in(SHIPPED)
    for group in dict.fromkeys(sorted(preset.group for preset in shipped)):
        _draw_column(row, group or "Simreal", [one for one in shipped if one.group == group], operator)
    own = own_presets()
    if own:
        _draw_column(row, "Yours", own, operator, whole_names=True)


def _draw_column(
    row: bpy.types.UILayout, title: str, presets: Sequence[Preset], operator: str, whole_names: bool = False
) -> None:
    column = row.column()
    column.label(text=title)
    column.separator()
    for preset in presets:
        icon = "ERROR" if preset.fault else "NONE"
        name = preset.name if whole_names else _short(preset)
        button = column.operator(operator, text=name, icon=icon, translate=False)
        button.preset = preset.name


def _short(preset: Preset) -> str:
    """Its name without the group that stands above it."""
    name = preset.name.removeprefix(f"{preset.group}: ")
    return name[:1].upper() + name[1:]


def draw_menu(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The row of presets, as in Blender's own preset menus: choose, add, remove."""
    row = layout.row(align=True)
    row.menu("SIMREAL_MT_presets", text=preset_label(context.scene), icon="PRESET", translate=False)
    row.operator("simreal.preset_add", text="", icon="ADD")
    row.operator("simreal.preset_remove", text="", icon="REMOVE").preset = context.scene.simreal.title


def draw_missing(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The libraries that are missing, each with a button to point to its folder; nothing where none is."""
    missing = known_missing(context.scene.simreal)
    if not missing:
        return
    box = layout.box().column()
    box.label(text="Missing on This Computer", icon="ERROR")
    for entry in missing:
        row = box.split(factor=0.6)
        row.label(text=entry.name, translate=False)
        if entry.can_be_located:
            row.operator("simreal.library_locate", text="Locate...").library = entry.name
        wrapped(box, context, entry.brief)
        box.separator(factor=0.5)
    row = box.row(align=True)
    row.operator("simreal.library_check", text="Check Again", icon="FILE_REFRESH")
    row.operator("simreal.missing_remove", text="Remove", icon="TRASH")


class SIMREAL_PT_presets(Sidebar, bpy.types.Panel):
    """Presets, and designs as files and as text."""

    bl_idname = "SIMREAL_PT_presets"
    bl_label = "Presets"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        draw_menu(layout, context)
        layout.menu("SIMREAL_MT_looks", text="Apply Look to My Classes", icon="SHADING_RENDERED")
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        grid.operator("simreal.design_import", text="Import...", icon="IMPORT")
        grid.operator("simreal.design_export", text="Export...", icon="EXPORT")
        grid.operator("simreal.design_copy", text="Copy", icon="COPYDOWN")
        grid.operator("simreal.design_paste", text="Paste", icon="PASTEDOWN")
        draw_missing(layout, context)
        if state.libraries and not known_missing(state):
            layout.operator("simreal.library_check", icon="VIEWZOOM")


class SIMREAL_PT_about(NeedsDesign, bpy.types.Panel):
    """What the design says of itself."""

    bl_idname = "SIMREAL_PT_about"
    bl_label = "About This Design"
    bl_parent_id = "SIMREAL_PT_presets"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        if state.description:
            wrapped(layout, context, state.description)
        layout.prop(state, "description", text="", icon="TEXT")
        draw_evidence(layout, context)


class SIMREAL_PT_own_presets(Sidebar, bpy.types.Panel):
    """The user's presets, to rename, replace and remove."""

    bl_idname = "SIMREAL_PT_own_presets"
    bl_label = "Your Presets"
    bl_parent_id = "SIMREAL_PT_presets"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column(align=True)
        presets = own_presets()
        if not presets:
            wrapped(column, context, "None yet: the plus beside the menu keeps the design as one")
        for preset in presets:
            row = column.row(align=True)
            icon = "ERROR" if preset.fault else "NONE"
            row.operator("simreal.preset_load", text=preset.name, icon=icon, translate=False).preset = preset.name
            row.operator("simreal.preset_rename", text="", icon="GREASEPENCIL").preset = preset.name
            row.operator("simreal.preset_replace", text="", icon="FILE_TICK").preset = preset.name
            row.operator("simreal.preset_remove", text="", icon="TRASH").preset = preset.name


CLASSES = (SIMREAL_MT_presets, SIMREAL_MT_looks, SIMREAL_PT_presets, SIMREAL_PT_about, SIMREAL_PT_own_presets)
