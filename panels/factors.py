"""Factors: a weight slider each, and folded behind it its parameters; all drawn from the declarations."""

from __future__ import annotations

from typing import Any

import bpy

from ..addon.units import labelled
from ..design.declaration import Factor, Parameter
from ..design.distributions import field_names
from ..design.factors import FACTORS
from .sidebar import NeedsDesign

MOST_ROWS = 8


class SIMREAL_UL_options(bpy.types.UIList):
    """Options of a choice: switched on or off, with their weights."""

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
        draw_option(layout, item)


def draw_option(layout: bpy.types.UILayout, option: Any) -> None:
    """An option in a line."""
    row = layout.row(align=True)
    row.prop(option, "enabled", text="")
    split = row.split(factor=0.6)
    split.active = option.enabled
    split.label(text=option.name or "(none)", translate=False)
    split.prop(option, "weight", text="", slider=True)


class SIMREAL_PT_factors(NeedsDesign, bpy.types.Panel):
    """All factors."""

    bl_idname = "SIMREAL_PT_factors"
    bl_label = "Factors"

    def draw(self, context: bpy.types.Context) -> None:
        layout, groups = self.layout, context.scene.simreal.factors
        row = layout.row(align=True)
        for action, text in (("all", "All"), ("none", "None"), ("default", "Default")):
            row.operator("simreal.factor_weights", text=text).action = action
        for factor in FACTORS.values():
            group = getattr(groups, factor.name)
            header, body = layout.panel_prop(group, "show_expanded")
            header.prop(group, "weight", text=factor.label, slider=True)
            if body is not None:
                draw_factor(body, factor, group)


def draw_factor(layout: bpy.types.UILayout, factor: Factor, group: Any) -> None:
    """The parameters of a factor. What has no effect at the factor's weight is greyed out."""
    for parameter in factor.parameters:
        draw = draw_choice if parameter.is_choice else draw_numbers
        draw(layout.box().column(align=True), parameter, getattr(group, parameter.name), group.weight)


def draw_numbers(layout: bpy.types.UILayout, parameter: Parameter, given: Any, weight: float) -> None:
    """A parameter of numbers: its distribution with that distribution's numbers, and its fixed value."""
    heading = layout.split(factor=0.55, align=True)
    heading.label(text=labelled(parameter.label, parameter.unit))
    kind = heading.row(align=True)
    kind.active = weight > 0.0
    kind.prop(given, "distribution", text="")
    names = field_names(given.distribution)
    for pair in (names[:2], names[2:]):
        if pair:
            row = layout.row(align=True)
            row.active = weight > 0.0
            for name in pair:
                row.prop(given, name)
    fixed = layout.row(align=True)
    fixed.active = weight < 1.0
    fixed.prop(given, "fixed")


def draw_choice(layout: bpy.types.UILayout, parameter: Parameter, given: Any, weight: float) -> None:
    """A choice: its options with their weights, and the fixed one."""
    layout.label(text=parameter.label)
    options = layout.column(align=True)
    options.active = weight > 0.0
    if len(given.options) > MOST_ROWS:
        options.template_list(
            "SIMREAL_UL_options", parameter.name, given, "options", given, "active_option", rows=5, maxrows=MOST_ROWS
        )
    else:
        for option in given.options:
            draw_option(options, option)
    fixed = layout.row(align=True)
    fixed.active = weight < 1.0
    fixed.prop(given, "fixed")


CLASSES = (SIMREAL_UL_options, SIMREAL_PT_factors)
