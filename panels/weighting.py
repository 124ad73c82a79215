"""Weighting: what factors are worth on real photos, weights that suit them, and advice on the design."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.job_text import end_text
from ..addon.job_watch import watch
from ..addon.jobs import State
from ..addon.weighting_orders import ADVISE, IMPORTANCE, TUNE, takes_data, weighting_job
from ..addon.weights_shown import importance_problem, shown_importance, shown_suggestion, standing_of
from ..datasets.effect_records import ImportanceRecord
from ..datasets.suggestion_records import SuggestedChange, SuggestionRecord
from ..design.evidence import evidence_text, points_text
from ..design.factors import factor_label, parameter_label
from .advice_box import draw_advice
from .environment_box import draw_environment
from .job_box import draw_failure, draw_log, draw_start, draw_status
from .sidebar import NeedsDesign, wrapped

MOST_EFFECTS = 5
MOST_CHANGES = 16


class SIMREAL_PT_weighting(NeedsDesign, bpy.types.Panel):
    """The photos, and folded below it what can be measured on them."""

    bl_idname = "SIMREAL_PT_weighting"
    bl_label = "Weighting"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal.weighting
        layout.prop(state, "photos", text="", placeholder="Folder of Real Photos")
        draw_environment(layout, context)
        for name, title, draw in (
            ("importance", "Importance", _draw_importance),
            ("suggestion", "Suggested Weights", _draw_suggestion),
            ("advice", "Advice", _draw_advice),
        ):
            header, body = layout.panel(f"simreal_weighting_{name}", default_closed=False)
            header.label(text=title)
            if body is not None:
                draw(body, context)


def _draw_importance(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    state = context.scene.simreal.weighting
    column = layout.column(align=True)
    column.prop(state, "source", text="")
    if not takes_data(context.scene, IMPORTANCE):
        column.prop(state, "images")
    _draw_job(layout, context, IMPORTANCE, "simreal.importance_run", "DRIVER_DISTANCE")
    shown = shown_importance(context.scene)
    if shown is not None and shown.record is None:
        wrapped(layout, context, shown.problem, icon="ERROR")
    elif shown is not None and shown.record is not None:
        _draw_effects(layout, context, shown.record)
    layout.prop(state, "importance", text="", placeholder="Show Another importance.json", icon="FILE")


def _draw_effects(layout: bpy.types.UILayout, context: bpy.types.Context, record: ImportanceRecord) -> None:
    """The greatest effects that were found, and what is said against them."""
    if problem := importance_problem(context.scene):
        wrapped(layout, context, problem, icon="ERROR")
    found = sorted((one for one in record.effects if one.is_found), key=lambda one: -abs(one.points))
    column = layout.column(align=True)
    for effect in found[:MOST_EFFECTS]:
        text = f"{factor_label(effect.factor)}, {effect.change}: {points_text(effect.points, effect.low, effect.high)}"
        wrapped(column, context, text, icon="TRIA_UP" if effect.points > 0 else "TRIA_DOWN")
    if not found:
        wrapped(column, context, "No effect stands out of the noise", icon="INFO")
    _draw_warnings(layout, context, record.warnings)
    about = layout.column()
    about.active = False
    wrapped(
        about, context, f"Points of accuracy on {record.photos:,} photos, {record.date[:10]}; more beside the weights"
    )
    layout.operator("simreal.effect_open", text="Open Report", icon="DOCUMENTS")


def change_place(change: SuggestedChange) -> str:
    """What a change is about, in words: ``Background``, ``Lens, f-stop``."""
    place = parameter_label(change.factor, change.parameter) if change.parameter else factor_label(change.factor)
    return f"{place}, {change.option}" if change.option else place


def _draw_suggestion(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    state = context.scene.simreal.weighting
    column = layout.column(align=True)
    column.prop(state, "objective", text="")
    if state.objective == "few":
        column.prop(state, "shots")
    row = column.row(align=True)
    row.prop(state, "budget_in", text="")
    row.prop(state, "budget_images" if state.budget_in == "IMAGES" else "budget_h")
    column.prop(state, "seeds")
    _draw_job(layout, context, TUNE, "simreal.weights_suggest", "MODIFIER")
    shown = shown_suggestion(context.scene)
    if shown is not None and shown.record is None:
        wrapped(layout, context, shown.problem, icon="ERROR")
    elif shown is not None and shown.record is not None:
        _draw_changes(layout, context, shown.record)


def _draw_changes(layout: bpy.types.UILayout, context: bpy.types.Context, record: SuggestionRecord) -> None:
    """What is suggested, one change a row with its button; then all of it, and what it was worth."""
    now = standing_of(context.scene)
    if now.classes and set(now.classes) != set(record.classes):
        wrapped(layout, context, "This was suggested for other classes: ask again", icon="ERROR")
    if not record.changes:
        wrapped(layout, context, "No change is worth its cost: the design stays as it is", icon="INFO")
    for number, change in enumerate(record.changes[:MOST_CHANGES], 1):
        _draw_change(layout.box(), context, number, change, is_taken=bool(now.taken) and now.taken[number - 1])
    if len(record.changes) > MOST_CHANGES:
        layout.label(text=f"{len(record.changes) - MOST_CHANGES} more are in the report", translate=False)
    row = layout.row(align=True)
    if record.changes:
        row.operator("simreal.suggestion_accept", text="Accept All", icon="CHECKMARK").number = 0
        row.operator("simreal.suggestion_compare", icon="UV_SYNC_SELECT")
    if record.evidence is not None:
        wrapped(layout, context, evidence_text(record.evidence), icon="INFO" if record.evidence.shows_gain else "ERROR")
    elif record.changes:
        wrapped(layout, context, "What it is worth was not measured: it was not compared with others", icon="ERROR")
    _draw_warnings(layout, context, record.warnings)
    layout.operator("simreal.suggestion_open", text="Open Report", icon="DOCUMENTS")


def _draw_change(
    box: bpy.types.UILayout, context: bpy.types.Context, number: int, change: SuggestedChange, *, is_taken: bool
) -> None:
    column = box.column(align=True)
    row = column.row(align=True)
    row.label(text=change_place(change), translate=False)
    if is_taken:
        row.label(text="", icon="CHECKMARK")
    else:
        row.operator("simreal.suggestion_accept", text="", icon="CHECKBOX_DEHLT").number = number
    said = f"{change.before} \N{RIGHTWARDS ARROW} {change.after}"
    if change.effect is not None:
        said += f": {points_text(change.effect.points, change.effect.low, change.effect.high)}"
    if change.alike is not None:
        said += f"; photos look like it, {change.alike:.1f} SE"
    wrapped(column, context, said)


def _draw_advice(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    _draw_job(layout, context, ADVISE, "simreal.advice_run", "QUESTION")
    draw_advice(layout, context)


def _draw_job(layout: bpy.types.UILayout, context: bpy.types.Context, verb: str, operator: str, icon: str) -> None:
    """The button, and how the job that it started stands."""
    job = weighting_job(context.scene, verb)
    draw_start(layout, job, operator, icon=icon)
    if job is not None and job.is_unfinished:
        draw_status(layout, job, "")
    elif job is not None and job.state is State.DONE:
        draw_status(layout, job, end_text(watch().board, job), icon="CHECKMARK")
    draw_failure(layout, context, job)
    draw_log(layout, context, job)


def _draw_warnings(layout: bpy.types.UILayout, context: bpy.types.Context, warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        wrapped(layout, context, f"{warning[:1].upper()}{warning[1:]}", icon="ERROR")


CLASSES = (SIMREAL_PT_weighting,)
