"""What scoring found: the figures, the list of photos, and what was skipped."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..addon.score_shown import shown
from .rows import Rows
from .sidebar import Sidebar, wrapped

MARKS = {True: "CHECKMARK", False: "CANCEL", None: "BLANK1"}
SKIPPED_SHOWN = 12
ROW_HEIGHT = 2.0


class SIMREAL_UL_scores(Rows, bpy.types.UIList):
    """Scored photos: thumbnail, predicted class and confidence; below them true class and whether that is right."""

    bl_idname = "SIMREAL_UL_scores"

    @staticmethod
    def draw_row(_context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, _index: int) -> None:
        scores = shown().scores
        if scores is None:
            return
        prediction, icon = scores.predictions[item.number], shown().icon(item.number)
        row = layout.row(align=True)
        picture = row.row()
        picture.scale_y = 1 / ROW_HEIGHT  # an icon has a size of its own
        if icon:
            picture.template_icon(icon_value=icon, scale=ROW_HEIGHT)
        else:
            row.label(text="", icon="IMAGE_DATA")
        texts = row.split(factor=0.72, align=True)
        texts.scale_y = 0.5
        classes, others = texts.column(align=True), texts.column(align=True)
        predicted = classes.row()
        predicted.alert = prediction.correct is False
        predicted.label(text=prediction.predicted, translate=False)
        true = classes.row()
        true.active = False
        true.label(text=prediction.true_class or "", translate=False)
        others.label(text=f"{100 * prediction.confidence:.0f} %")
        others.label(text="", icon=MARKS[prediction.correct])

    def filter_items(
        self, context: bpy.types.Context, data: bpy.types.AnyType, _property: str
    ) -> tuple[list[int], list[int]]:
        order = shown().order(data)
        flags, places = [0] * len(data.rows), [0] * len(data.rows)
        hidden = len(order)
        for place, number in enumerate(order):
            flags[number], places[number] = self.bitflag_filter_item, place
        for number, flag in enumerate(flags):
            if not flag:
                places[number] = hidden
                hidden += 1
        return flags, places

    def draw_filter(self, _context: bpy.types.Context, layout: bpy.types.UILayout) -> None:
        """Search and filters stand above the list, where they are seen."""
        layout.label(text="Search and filters stand above the list")


class SIMREAL_PT_score_results(Sidebar, bpy.types.Panel):
    """The scores in the list."""

    bl_idname = "SIMREAL_PT_score_results"
    bl_parent_id = "SIMREAL_PT_score"
    bl_label = "Results"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return shown().scores is not None

    def draw(self, context: bpy.types.Context) -> None:
        layout, state, scores = self.layout, context.window_manager.simreal.scores, shown().scores
        assert scores is not None
        _draw_figures(layout.column(align=True), scores)
        row = layout.row(align=True)
        row.operator("simreal.scores_picture", text="Confusion", icon="MESH_GRID").kind = "CONFUSION"
        row.operator("simreal.scores_picture", text="Per Class", icon="ALIGN_LEFT").kind = "PER_CLASS"
        _draw_filters(layout.column(align=True), state)
        row = layout.row(align=True)
        row.label(text=f"{len(shown().order(state)):,} of {len(scores.predictions):,} photos")
        draw_steps(row, state, scores)
        rows = layout.column()
        rows.scale_y = ROW_HEIGHT  # of the list: so its rows are selected wherever they are clicked
        rows.template_list("SIMREAL_UL_scores", "", state, "rows", state, "active", rows=5, maxrows=5)
        if 0 <= state.active < len(scores.predictions):
            layout.label(text=scores.predictions[state.active].name, icon="IMAGE_DATA", translate=False)
        row = layout.row(align=True)
        row.operator("simreal.scores_export", icon="EXPORT")
        row.operator("simreal.scores_open", icon="FILE_FOLDER")


class SIMREAL_PT_score_skipped(Sidebar, bpy.types.Panel):
    """Files that were not scored, and why."""

    bl_idname = "SIMREAL_PT_score_skipped"
    bl_parent_id = "SIMREAL_PT_score"
    bl_label = "Skipped"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        scores = shown().scores
        return scores is not None and bool(scores.skipped)

    def draw(self, context: bpy.types.Context) -> None:
        scores = shown().scores
        assert scores is not None
        for each in scores.skipped[:SKIPPED_SHOWN]:
            wrapped(self.layout, context, f"{each.name}: {each.reason}", icon="ERROR")
        if len(scores.skipped) > SKIPPED_SHOWN:
            self.layout.label(text=f"... and {len(scores.skipped) - SKIPPED_SHOWN:,} more, in summary.json")


def draw_steps(layout: bpy.types.UILayout, state: bpy.types.AnyType, scores: Any) -> None:
    """Buttons for the selected photo: the one before, show it, the next, and where the model looked."""
    layout.operator("simreal.scores_step", text="", icon="TRIA_UP").direction = "PREVIOUS"
    layout.operator("simreal.scores_step", text="", icon="TRIA_DOWN").direction = "NEXT"
    layout.operator("simreal.scores_show", text="", icon="IMAGE")
    heat = layout.row(align=True)
    heat.enabled = scores.places is not None
    heat.prop(state, "overlay", text="", icon="HIDE_OFF", toggle=True)


def _draw_figures(layout: bpy.types.UILayout, scores: Any) -> None:
    """Accuracy with its interval where the truth is known; else only how many photos were scored."""
    summary = scores.summary
    skipped = f", {len(scores.skipped):,} skipped" if scores.skipped else ""
    layout.label(text=f"{len(scores.predictions):,} photos{skipped}", icon="IMAGE_DATA")
    if not summary["n"]:
        layout.label(text="No photo's class is known", icon="INFO")
        return
    low, high = (100 * end for end in summary["top1_interval_95"])
    layout.label(text=f"Right: {100 * summary['top1']:.1f} %  (95 %: {low:.1f} to {high:.1f})", icon="CHECKMARK")
    layout.label(text=f"Mean of classes: {100 * summary['mean_class_accuracy']:.1f} %", icon="BLANK1")


def _draw_filters(layout: bpy.types.UILayout, state: bpy.types.AnyType) -> None:
    row = layout.row(align=True)
    row.prop(state, "search", text="", icon="VIEWZOOM", placeholder="Name")
    row.prop(state, "mistakes_only", text="", icon="CANCEL", toggle=True)
    row = layout.row(align=True)
    row.prop(state, "predicted", text="", placeholder="Any Predicted")
    row.prop(state, "true", text="", placeholder="Any True")
    row = layout.row(align=True)
    row.prop(state, "sort", text="")
    row.prop(state, "descending", text="", icon="SORT_DESC" if state.descending else "SORT_ASC", toggle=True)


CLASSES = (SIMREAL_UL_scores, SIMREAL_PT_score_results, SIMREAL_PT_score_skipped)
