"""Factors: a weight slider each, and folded behind it its parameters; all drawn from the declarations."""

from __future__ import annotations

from typing import Any

import bpy

from ..addon.conversion import silent_factors
from ..addon.effects import has_effect
from ..addon.number_lists import LISTS
from ..addon.option_list import ALL, option_groups, option_label
from ..addon.units import labelled, title_case
from ..addon.weights_shown import Effects, effects_of, importance_problem
from ..design.declaration import Factor, Parameter
from ..design.distributions import field_names
from ..design.factors import FACTORS
from .effect_button import draw_effect, draw_effect_line, has_room
from .rows import Rows
from .sidebar import NeedsDesign, wrapped

MOST_ROWS = 8


class SIMREAL_UL_options(Rows, bpy.types.UIList):
    """Options of a choice: switched on or off, with their weights."""

    @staticmethod
    def draw_row(context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, _index: int) -> None:
        factor, parameter = item.path_from_id().split(".")[-3:-1]
        draw_option(layout, item, effects_of(context.scene), factor, parameter)


def draw_option(layout: bpy.types.UILayout, option: Any, effects: Effects, factor: str, parameter: str) -> None:
    """An option in a line, with what it is worth where that was measured."""
    row = layout.row(align=True)
    row.prop(option, "enabled", text="")
    split = row.split(factor=0.6)
    split.active = option.enabled
    split.label(text=option_label(option.name), translate=False)
    split.prop(option, "weight", text="", slider=True)
    draw_effect(row, effects, factor, parameter, option.name, text="")


class SIMREAL_PT_factors(NeedsDesign, bpy.types.Panel):
    """All factors."""

    bl_idname = "SIMREAL_PT_factors"
    bl_label = "Factors"

    def draw_header(self, context: bpy.types.Context) -> None:
        if silent_factors(context.scene.simreal):
            self.layout.alert = True
            self.layout.label(text="", icon="ERROR")

    def draw(self, context: bpy.types.Context) -> None:
        layout, groups = self.layout, context.scene.simreal.factors
        silent = silent_factors(context.scene.simreal)
        if silent:
            draw_silence(layout, groups)
        row = layout.row(align=True)
        for action, text in (("all", "All"), ("none", "None"), ("default", "Default")):
            row.operator("simreal.factor_weights", text=text).action = action
        effects = effects_of(context.scene)
        if problem := importance_problem(context.scene):
            wrapped(layout, context, problem, icon="INFO")
        for factor in FACTORS.values():
            group = getattr(groups, factor.name)
            header, body = layout.panel_prop(group, "show_expanded")
            draw_header(header, context, factor, group, is_silent=factor.name in silent)
            if body is not None:
                draw_factor(body, factor, group, 0.0 if factor.name in silent else group.weight, effects)


def draw_silence(layout: bpy.types.UILayout, groups: Any) -> None:
    """What mute and solo make of the design just now, and how to end that."""
    solo = [title_case(factor.label) for name, factor in FACTORS.items() if getattr(groups, name).solo]
    muted = [title_case(factor.label) for name, factor in FACTORS.items() if getattr(groups, name).mute]
    row = layout.box().row(align=True)
    said = row.row()
    said.alert = True
    said.label(text=f"{'Solo' if solo else 'Muted'}: {', '.join(solo or muted)}", icon="SOLO_ON" if solo else "HIDE_ON")
    row.operator("simreal.factor_unsilence", text="Clear")


def draw_header(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    factor: Factor,
    group: Any,
    *,
    is_silent: bool,
) -> None:
    """A factor in a line: mute, weight, what that is worth where it was measured, solo."""
    row = layout.row(align=True)
    row.prop(group, "mute", text="", icon="HIDE_ON" if group.mute else "HIDE_OFF", emboss=False)
    effects = effects_of(context.scene)
    found = effects.at(factor.name)
    text, share = has_room(context, found)
    both = row.split(factor=1 - share, align=True) if found else row
    weight = both.row(align=True)
    weight.active = not is_silent
    weight.prop(group, "weight", slider=True)
    draw_effect(both, effects, factor.name, text=text)
    row.prop(group, "solo", text="", icon="SOLO_ON" if group.solo else "SOLO_OFF", emboss=False)


def draw_factor(layout: bpy.types.UILayout, factor: Factor, group: Any, weight: float, effects: Effects) -> None:
    """The parameters of a factor. What has no effect at the weight that it counts with is greyed out."""
    row = layout.row(align=True)
    row.operator("simreal.strip_show", text="Show Strip", icon="SEQ_STRIP_DUPLICATE").factor = factor.name
    row.operator("simreal.factor_reset", text="", icon="LOOP_BACK").factor = factor.name
    idle = [parameter for parameter in factor.parameters if not has_effect(factor, parameter, group)]
    for parameter in factor.parameters:
        if parameter not in idle:
            draw_parameter(layout, factor, parameter, getattr(group, parameter.name), weight, effects=effects)
    if idle:
        header, body = layout.panel(f"simreal_idle_{factor.name}", default_closed=True)
        header.label(text=f"Without Effect Now ({len(idle)})")
        if body is not None:
            body.active = False
            for parameter in idle:
                draw_parameter(body, factor, parameter, getattr(group, parameter.name), weight, effects=effects)


def draw_parameter(
    layout: bpy.types.UILayout, factor: Factor, parameter: Parameter, given: Any, weight: float, *, effects: Effects
) -> None:
    """What a parameter is called, what it is worth where that was measured, how it is drawn, and its fixed value."""
    box = layout.box().column(align=True)
    heading = box.split(factor=0.5, align=True)
    heading.label(text=labelled(title_case(parameter.label), parameter.unit))
    row = heading.row(align=True)
    if parameter.is_choice:
        row.alignment = "RIGHT"
        draw_option_buttons(row, factor, parameter)
    else:
        row.prop(given, "distribution", text="")
    button = row.operator("simreal.factor_reset", text="", icon="LOOP_BACK")
    button.factor, button.parameter = factor.name, parameter.name
    draw_effect_line(box, effects, factor.name, parameter.name)
    if parameter.is_choice:
        draw_choice(box, factor, parameter, given, weight, effects=effects)
    else:
        draw_numbers(box, given, weight)


def draw_numbers(layout: bpy.types.UILayout, given: Any, weight: float) -> None:
    """The numbers of a parameter's distribution, and its fixed value."""
    names = field_names(given.distribution)
    lists = [(name,) for name in names if name in LISTS]  # which need the width
    for together in lists or (names[:2], names[2:]):
        if together:
            row = layout.row(align=True)
            row.active = weight > 0.0
            for name in together:
                row.prop(given, name)
    fixed = layout.row(align=True)
    fixed.active = weight < 1.0
    fixed.prop(given, "fixed")


def draw_choice(
    layout: bpy.types.UILayout, factor: Factor, parameter: Parameter, given: Any, weight: float, *, effects: Effects
) -> None:
    """The options of a choice with their weights, those of a library together, and the fixed one."""
    options = layout.column(align=True)
    options.active = weight > 0.0
    groups = option_groups(given.options)
    for group in groups if len(groups) > 1 else ():
        row = options.row(align=True)
        icon = "CHECKBOX_HLT" if group.on == group.total else "CHECKBOX_DEHLT" if not group.on else "REMOVE"
        button = row.operator("simreal.option_weights", text="", icon=icon, emboss=False)
        button.factor, button.parameter = factor.name, parameter.name
        button.library, button.action = group.library, "toggle"
        row.label(text=f"{group.library or 'Declared'} ({group.on} of {group.total})", translate=False)
    if len(given.options) > MOST_ROWS:
        options.template_list(
            "SIMREAL_UL_options", parameter.name, given, "options", given, "active_option", rows=5, maxrows=MOST_ROWS
        )
    else:
        for option in given.options:
            draw_option(options, option, effects, factor.name, parameter.name)
    fixed = layout.row(align=True)
    fixed.active = weight < 1.0
    fixed.prop(given, "fixed")


def draw_option_buttons(layout: bpy.types.UILayout, factor: Factor, parameter: Parameter) -> None:
    """All on, all off, all as likely."""
    for action, icon in (("all", "CHECKBOX_HLT"), ("none", "CHECKBOX_DEHLT"), ("even", "ALIGN_JUSTIFY")):
        button = layout.operator("simreal.option_weights", text="", icon=icon)
        button.factor, button.parameter = factor.name, parameter.name
        button.library, button.action = ALL, action


CLASSES = (SIMREAL_UL_options, SIMREAL_PT_factors)
