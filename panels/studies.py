"""Studies: a grid of data sets and trainings, run as one; its cells as they fill in, and its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import bpy

from ..addon.jobs import Job
from ..addon.study_choice import Choice
from ..addon.study_orders import LIBRARY, PHOTOS, study_job
from ..addon.study_outlook import Outlook, libraries_of, outlook
from ..addon.study_properties import OWN, chosen
from ..addon.study_shown import chosen_cell, study_folder, study_status
from ..addon.study_status import CellStatus, Figure, Status, figures_in
from ..datasets.progress_text import duration
from .environment_box import draw_environment
from .job_box import draw_failure, draw_log, draw_start, draw_status
from .render import size_text
from .rows import Rows
from .sidebar import Sidebar, wrapped

ICONS = {"waiting": "RADIOBUT_OFF", "running": "PLAY", "finished": "CHECKMARK", "failed": "ERROR"}
FIGURE_PX = 42  # what a percentage takes in a row of the list
MOST_FIGURES = 4
DAY_S = 86_400.0


class SIMREAL_UL_study_cells(Rows, bpy.types.UIList):
    """Cells of a study: their state, what they are, and the first of their measures."""

    bl_idname = "SIMREAL_UL_study_cells"

    @staticmethod
    def draw_row(context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, _index: int) -> None:
        status = study_status(context.scene)
        if status is None or item.number >= len(status.cells):  # of a study that was shown before
            return
        cell, names = status.cells[item.number], _in_rows(context, status)
        split = layout.split(factor=_label_share(context, names))
        split.label(text=cell.label, icon=ICONS.get(_state(context, cell), "QUESTION"), translate=False)
        row = split.row(align=True)
        if not cell.measures:
            row.active = False
            row.alignment = "RIGHT"
            row.label(text=f"{cell.done} of {cell.total}" if cell.done else "", translate=False)
            return
        for name in names:
            _right(row, f"{cell.measures[name].mean:.1f}" if name in cell.measures else "")


class SIMREAL_PT_studies(Sidebar, bpy.types.Panel):
    """Studies; needs no design."""

    bl_idname = "SIMREAL_PT_studies"
    bl_label = "Studies"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal.studies
        choice, job = chosen(state), study_job(context.scene)
        column = layout.column(align=True)
        column.prop(state, "study", text="")
        if state.study == OWN:
            column.prop(state, "file", text="", placeholder="A .study.json file")
        _draw_about(layout, context, choice)
        _draw_settings(layout, context, choice)
        draw_environment(layout, context)
        draw_start(layout, job, "simreal.study_run", icon="SPREADSHEET")
        if job is not None and job.is_unfinished:
            draw_status(layout, job, "")
        elif choice.study is not None:
            _draw_outlook(layout, context, outlook(context.scene))
        draw_failure(layout, context, job)
        status = study_status(context.scene)
        if status is not None:
            _draw_status(layout, context, status, job)
        draw_log(layout, context, job)


def _draw_about(layout: bpy.types.UILayout, context: bpy.types.Context, choice: Choice) -> None:
    """What the study is, and what it costs and shows at this scale."""
    if choice.file is None or choice.study is None:
        wrapped(layout, context, choice.problem, icon="ERROR")
        return
    if len(choice.file.scales) > 1:
        layout.row(align=True).prop(context.scene.simreal.studies, "scale", expand=True)
    header, body = layout.panel("simreal_study_about", default_closed=True)
    header.label(text="About This Study")
    if body is not None:
        for text in (choice.study.description, choice.study.about):
            if text:
                wrapped(body, context, text)


def _draw_settings(layout: bpy.types.UILayout, context: bpy.types.Context, choice: Choice) -> None:
    state, study = context.scene.simreal.studies, choice.study
    if study is None:
        return
    column = layout.column(align=True)
    for name in choice.photo_sets:
        _draw_folder(column, context, PHOTOS, name)
    for name, is_there in libraries_of(context.scene).items():
        if not is_there or state.folder(LIBRARY, name):
            _draw_folder(column, context, LIBRARY, name)
    own = layout.row()
    own.active = bool(context.scene.simreal.title)
    own.prop(state, "use_design")
    row = layout.row(align=True)
    row.prop(state, "use_seeds")
    number = row.row(align=True)
    if state.use_seeds:
        number.prop(state, "seeds", text="")
    else:
        number.active = False
        _right(number, f"{study.seeds} of the study")
    row = layout.row(align=True)
    row.label(text="Steps at Once")
    row.prop(state, "at_once", text="")


def _draw_folder(layout: bpy.types.UILayout, context: bpy.types.Context, kind: str, name: str) -> None:
    """The folder of real photos, or of a library, that the study knows by a name."""
    split = layout.split(factor=0.4, align=True)
    split.label(text=name, icon="FILE_IMAGE" if kind == PHOTOS else "ASSET_MANAGER", translate=False)
    folders = context.scene.simreal.studies.folders
    entry = next((one for one in folders if (one.kind, one.name) == (kind, name)), None)
    if entry is not None:
        split.prop(entry, "folder", text="", placeholder="Photos" if kind == PHOTOS else "Library")
        return
    button = split.operator("simreal.study_folder", text="Choose Photos" if kind == PHOTOS else "Choose Library")
    button.kind, button.asked = kind, name


def _draw_outlook(layout: bpy.types.UILayout, context: bpy.types.Context, plan: Outlook | None) -> None:
    """What the study will take, what is in its way, and what it leaves out."""
    if plan is None:
        row = layout.row()
        row.active = False
        row.label(text="Working out what it takes ...", icon="TIME")
        return
    if plan.problem:
        wrapped(layout, context, plan.problem, icon="ERROR")
        return
    if plan.steps == plan.finished:
        row = layout.row()
        row.active = False
        row.label(text=f"All {plan.steps:,} steps are done", icon="CHECKMARK", translate=False)
    else:
        wrapped(layout, context, _cost_text(plan), icon="TIME")
    if plan.missing:
        wrapped(layout, context, f"Needs {', '.join(plan.missing)}: choose above where it lies", icon="ERROR")
    if plan.left_out:
        wrapped(layout, context, f"Left out without photos: {', '.join(plan.left_out)}", icon="INFO")


def _cost_text(plan: Outlook) -> str:
    """``51 steps, 18,000 images, about 1.2 GB, about 2:10:00``."""
    done = f" ({plan.finished:,} done)" if plan.finished else ""
    parts = [f"{plan.steps:,} steps{done}"]
    parts += [f"{plan.images:,} images"] if plan.images else []
    parts += [f"about {size_text(round(plan.bytes))}"] if plan.bytes else []
    parts.append(f"{'roughly' if plan.is_guess else 'about'} {_long_duration(plan.seconds)}")
    return ", ".join(parts)


def _long_duration(seconds: float) -> str:
    return duration(seconds) if seconds < 2 * DAY_S else f"{seconds / DAY_S:,.0f} days"


def _draw_status(layout: bpy.types.UILayout, context: bpy.types.Context, status: Status, job: Job | None) -> None:
    """What runs, the cells with what they have measured so far, the one that is chosen, and the report."""
    state = context.window_manager.simreal.studies
    if job is not None and job.is_live:
        column = layout.column()
        column.active = False
        for text in status.now[:2]:
            wrapped(column, context, text)
    names = _in_rows(context, status)
    head = layout.split(factor=_label_share(context, names))
    head.active = False
    head.label(text=f"{len(status.cells)} Cells, in %", translate=False)
    row = head.row(align=True)
    for name in names:
        _right(row, name)
    layout.template_list("SIMREAL_UL_study_cells", "", state, "rows", state, "active", rows=5, maxrows=12)
    cell = chosen_cell(status)
    if cell is not None:
        _draw_cell(layout.box().column(align=True), context, status, cell)
    _draw_report(layout, context)


def _draw_cell(layout: bpy.types.UILayout, context: bpy.types.Context, status: Status, cell: CellStatus) -> None:
    layout.label(text=cell.label, translate=False)
    if cell.problem:
        wrapped(layout, context, f"{cell.problem[:1].upper()}{cell.problem[1:]}", icon="ERROR")
    for name in status.measures:
        split = layout.split(factor=0.4)
        split.label(text=name, translate=False)
        _right(split.row(), _figure_text(cell.measures, name))
    if cell.done < cell.total:
        row = layout.row()
        row.active = False
        row.label(text=f"{cell.done} of {cell.total} steps done", translate=False)


def _figure_text(measures: Mapping[str, Figure], name: str) -> str:
    """``68.8 (66.1 to 71.5), paper 68.77``."""
    figure = measures.get(name)
    if figure is None:
        return "not measured yet"
    paper = "" if figure.paper is None else f", paper {figure.paper:g}"
    return f"{figure.mean:.1f} ({figure.low:.1f} to {figure.high:.1f}){paper}"


def _draw_report(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    folder = study_folder(context.scene)
    figures = figures_in(folder) if folder is not None else ()
    row = layout.row(align=True)
    for number in range(1, min(len(figures), MOST_FIGURES) + 1):
        text = "Show Figure" if len(figures) == 1 else f"Figure {number}"
        row.operator("simreal.study_show", text=text, icon="IMAGE_DATA" if number == 1 else "NONE").number = number
    row = layout.row(align=True)
    row.operator("simreal.study_open", text="Open Report", icon="DOCUMENTS").what = "REPORT"
    row.operator("simreal.study_open", text="Table", icon="SPREADSHEET").what = "TABLE"
    row.operator("simreal.study_open", text="", icon="FILE_FOLDER").what = "FOLDER"


def _state(context: bpy.types.Context, cell: CellStatus) -> str:
    """A cell's state; what was at work when its job was stopped waits."""
    job = study_job(context.scene)
    stopped = cell.state == "running" and not (job is not None and job.is_live)
    return "waiting" if stopped else cell.state


def _in_rows(context: bpy.types.Context, status: Status) -> tuple[str, ...]:
    """The measures that have room in a row beside its label."""
    scale = context.preferences.system.ui_scale or 1.0  # 0 in a Blender without a window
    width = context.region.width / scale if context.region else 280
    return status.measures[: max(1, int(width / 2 / FIGURE_PX))]


def _label_share(context: bpy.types.Context, names: tuple[str, ...]) -> float:
    scale = context.preferences.system.ui_scale or 1.0
    width = context.region.width / scale if context.region else 280
    return max(0.4, 1 - len(names) * FIGURE_PX / width)


def _right(layout: bpy.types.UILayout, text: str) -> None:
    row = layout.row()
    row.alignment = "RIGHT"
    row.label(text=text, translate=False)


CLASSES = (SIMREAL_UL_study_cells, SIMREAL_PT_studies)
