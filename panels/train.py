"""Train: a classifier on the data set."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..addon.curve_icons import curve_icon
from ..addon.job_watch import watch
from ..addon.places import places
from ..addon.render_outlook import outlook
from ..addon.training_orders import comes_after, image_passes, needs_download, shown_fields
from ..addon.training_properties import LABELS, OPEN_NUMBERS, automatic
from ..addon.training_runs import Run, last_run
from ..datasets.progress_text import duration
from .environment_box import draw_environment
from .job_box import draw_failure, draw_log, draw_start, draw_status, job_of
from .sidebar import NeedsDesign, wrapped

ADVANCED = ("batch_size", "views", "seed", "device")


class SIMREAL_PT_train(NeedsDesign, bpy.types.Panel):
    """Training and exporting a classifier."""

    bl_idname = "SIMREAL_PT_train"
    bl_label = "Train"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal.training
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column(align=True)
        column.prop(state, "backbone", icon="INTERNET" if needs_download(state) else "NONE")
        column.prop(state, "regime")
        shown = shown_fields(state.regime)
        column = layout.column(align=True)
        for name in (name for name in LABELS if name in shown and name not in ADVANCED):
            _draw_field(column, state, name)
        header, advanced = layout.panel("simreal_train_advanced", default_closed=True)
        header.label(text="Advanced")
        if advanced is not None:
            column = advanced.column(align=True)
            for name in (name for name in ADVANCED if name in shown):
                _draw_field(column, state, name)
        run = last_run(places(context.scene).run)
        draw_environment(layout, context)
        job = job_of(context, "train")
        draw_start(layout, job, "simreal.train", icon="EXPERIMENTAL")
        draw_status(layout, job, _estimate(context, run), "TIME")
        after = comes_after(context.scene)
        if after and not (job is not None and job.is_unfinished):
            wrapped(layout, context, f"Waits in the queue for {after}", icon="INFO")
        draw_failure(layout, context, job)
        if run is not None:
            _draw_run(layout, run)
        draw_log(layout, context, job)


def _draw_field(column: bpy.types.UILayout, state: Any, name: str) -> None:
    """A setting; a number that is left open says so."""
    if name not in OPEN_NUMBERS:
        column.prop(state, name)
        return
    split = column.split(factor=0.4, align=True)
    label, row = split.row(), split.row(align=True)
    label.alignment = "RIGHT"
    label.label(text=LABELS[name])
    row.use_property_split = False  # or the toggle's name would stand where the label is
    if getattr(state, name):
        row.prop(state, name, text="")
        row.prop(state, automatic(name), text="", icon="LOOP_BACK", toggle=True)
    else:
        row.prop(state, automatic(name), text="Automatic", toggle=True)


def _estimate(context: bpy.types.Context, run: Run | None) -> str:
    """``200 images x 4 views``, and how long that takes where the last run tells."""
    state = context.scene.simreal
    images, times, what = image_passes(state, outlook(context.scene, watch().board).wanted)
    text = f"{images:,} images x {times} {what}"
    known = run is not None and run.images_per_s and what == "epochs"
    if run is not None and known and run.backbone == state.training.backbone:
        text += f", about {duration(images * times / run.images_per_s)}"
    return text


def _draw_run(layout: bpy.types.UILayout, run: Run) -> None:
    box = layout.box()
    row = box.row(align=True)
    row.label(text=run.backbone, translate=False)
    row.operator("simreal.run_show", text="", icon="GRAPH", emboss=False)
    row.operator("simreal.run_open", text="", icon="FILE_FOLDER", emboss=False)
    body = box
    icon = curve_icon(run.curves) if run.curves is not None else 0
    if icon:
        body = box.split(factor=0.45)
        body.template_icon(icon_value=icon, scale=4.0)
    column = body.column(align=True)
    muted = column.row()
    muted.active = False
    muted.label(text=run.regime, translate=False)
    for measured in run.measured:
        line = column.row()
        line.label(text=measured.split, translate=False)
        number = line.row()
        number.alignment = "RIGHT"
        number.label(text=f"{100 * measured.top1:.1f} %", translate=False)


CLASSES = (SIMREAL_PT_train,)
