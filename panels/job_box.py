"""A job in a panel: progress, rate, time left, what it said, and how it ended."""

from __future__ import annotations

import bpy

from ..addon.job_board import JobBoard
from ..addon.job_text import ICONS, bar_text, end_text, fraction, progress_text, queue_text, status_text
from ..addon.job_watch import watch
from ..addon.jobs import Job, State
from ..addon.places import places
from .sidebar import wrapped


def job_of(context: bpy.types.Context, verb: str) -> Job | None:
    """The newest job of a kind for this scene."""
    return watch().board.latest(verb, str(places(context.scene).folder))


def draw_start(
    layout: bpy.types.UILayout, job: Job | None, operator: str, *, icon: str, text: str | None = None
) -> None:
    """The button that starts a job; while one is unfinished, its progress bar in the same place, so that nothing moves.

    ``text`` is the operator's own where it is None.
    """
    if job is None or not job.is_unfinished:
        layout.operator(operator, icon=icon) if text is None else layout.operator(operator, text=text, icon=icon)
        return
    row = layout.row(align=True)
    row.progress(factor=fraction(job), text=bar_text(job))
    draw_buttons(row, job)


def draw_status(layout: bpy.types.UILayout, job: Job | None, text: str, icon: str = "NONE") -> None:
    """One line under that button: how far the job is; ``text`` while there is none that is unfinished."""
    row = layout.row()
    if job is not None and job.is_unfinished:
        row.label(text=status_text(watch().board, job), translate=False)
    else:
        row.active = icon == "CHECKMARK"
        row.label(text=text, icon=icon, translate=False)


def draw_failure(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job | None) -> None:
    """Why a job has not come to its end, and what can be done about it; nothing where it has, or still may."""
    if job is not None and not job.is_unfinished and job.state is not State.DONE:
        _draw_end(layout, context, job)


def draw_state(layout: bpy.types.UILayout, context: bpy.types.Context, board: JobBoard, job: Job) -> None:
    """A job that runs, waits, or was stopped, with what can be done about it."""
    column = layout.column(align=True)
    if job.state is State.QUEUED:
        row = column.row(align=True)
        wrapped(row.column(), context, queue_text(board, job), icon=ICONS[job.state])
        draw_buttons(row, job)
    elif job.is_live:
        row = column.row(align=True)
        row.progress(factor=fraction(job), text=bar_text(job))
        draw_buttons(row, job)
        if job.progress is not None:
            column.label(text=progress_text(job), translate=False)
    else:
        _draw_end(column, context, job)
    if job.state is not State.QUEUED:
        draw_log(layout, context, job)


def _draw_end(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
    row = layout.box().row(align=True)
    wrapped(row.column(), context, end_text(watch().board, job), icon=ICONS[job.state])
    draw_buttons(row, job)


def draw_buttons(row: bpy.types.UILayout, job: Job) -> None:
    """Pause and cancel, or resume and remove."""
    buttons = row.row(align=True)
    if job.is_live:
        buttons.enabled = job.state in (State.QUEUED, State.RUNNING)
        buttons.operator("simreal.job_pause", text="", icon="PAUSE").job = job.name
        buttons.operator("simreal.job_cancel", text="", icon="CANCEL").job = job.name
        return
    if job.state is not State.DONE:
        icon = "PLAY" if job.state is State.PAUSED else "FILE_REFRESH"
        buttons.operator("simreal.job_resume", text="", icon=icon).job = job.name
    if job.state is State.PAUSED:
        buttons.operator("simreal.job_cancel", text="", icon="CANCEL").job = job.name
    else:
        buttons.operator("simreal.job_forget", text="", icon="X").job = job.name


def draw_log(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job | None) -> None:
    """The last lines of what a job said, folded. ``layout`` is the panel's own: Blender folds in no other."""
    if job is None:
        return
    header, body = layout.panel(f"simreal_log_{job.order.verb}", default_closed=True)
    header.label(text="Log")
    opened = header.operator("simreal.job_open", text="", icon="TEXT", emboss=False)
    opened.job, opened.what = job.name, "LOG"
    if body is not None:
        column = body.column(align=True)
        column.active = False
        for line in job.log[-8:]:
            wrapped(column, context, line)
