"""Splits: how many images of each, and what is different in it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import bpy

from ..design.errors import DesignError
from ..design.overrides import changes, overrides_problem, parsed_overrides
from .rows import Rows
from .sidebar import NeedsDesign, wrapped


class SIMREAL_UL_splits(Rows, bpy.types.UIList):
    """Splits, with how many images they have."""

    @staticmethod
    def draw_row(_context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, _index: int) -> None:
        row = layout.split(factor=0.6)
        row.prop(item, "name", text="", emboss=False, icon="OPTIONS" if item.overrides != "{}" else "IMAGE_DATA")
        row.prop(item, "count", text="", emboss=False)


class SIMREAL_PT_splits(NeedsDesign, bpy.types.Panel):
    """The splits of the design."""

    bl_idname = "SIMREAL_PT_splits"
    bl_label = "Splits"
    bl_parent_id = "SIMREAL_PT_design"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        row = layout.row()
        row.template_list("SIMREAL_UL_splits", "", state, "splits", state, "active_split", rows=3)
        column = row.column(align=True)
        column.operator("simreal.split_add", text="", icon="ADD")
        column.operator("simreal.split_remove", text="", icon="REMOVE")
        if state.active_split < len(state.splits):
            self._draw_split(context, layout, state, state.splits[state.active_split])

    def _draw_split(self, context: bpy.types.Context, layout: bpy.types.UILayout, state: Any, split: Any) -> None:
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(split, "count")
        column.prop(split, "seed")
        layout.label(text=_per_class(state, split.count), translate=False)
        libraries = tuple((entry.name, entry.kind) for entry in state.libraries)
        problem = overrides_problem(split.overrides, libraries)
        column = layout.column(align=True)
        row = column.row()
        row.label(text="Differs from the Design")
        row.operator("simreal.split_override", text="", icon="ADD")
        if problem:
            alert = column.box().column()
            alert.alert = True
            wrapped(alert, context, problem, icon="ERROR")
        self._draw_changes(column, split, faulty=bool(problem))
        header, body = layout.panel("simreal_overrides", default_closed=True)
        header.label(text="Overrides as JSON")
        if body is not None:
            row = body.row(align=True)
            row.alert = bool(problem)
            row.prop(split, "overrides", text="")
            row.operator("simreal.split_override_remove", text="", icon="X").path = ""

    def _draw_changes(self, column: bpy.types.UILayout, split: Any, *, faulty: bool) -> None:
        try:
            different = list(changes(parsed_overrides(split.overrides)))
        except DesignError:
            return  # the fault is shown above
        for change in different:
            row = column.row(align=True)
            row.label(text=change.text, icon="DOT", translate=False)
            button = row.operator("simreal.split_override_remove", text="", icon="X", emboss=False)
            button.path = json.dumps(change.path)
        if not different and not faulty:
            column.label(text="In nothing but its draws", icon="DOT")


def _per_class(state: Any, count: int) -> str:
    """``100 a class``, ``about 71 a class``."""
    drawn = [entry.weight for entry in state.classes if entry.enabled and entry.weight > 0]
    if not drawn:
        return "No class is switched on"
    even = len(set(drawn)) == 1 and count % len(drawn) == 0
    return f"{count // len(drawn)} a class" if even else f"About {count / len(drawn):.0f} a class"


CLASSES = (SIMREAL_UL_splits, SIMREAL_PT_splits)
