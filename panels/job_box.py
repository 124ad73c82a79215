"""A job in a panel: progress, rate, time left, what it said, and how it ended."""

from __future__ import annotations

import bpy

from ..addon.job_board import JobBoard
from ..addon.job_text import ICONS, bar_text, end_text, fraction, progress_text, queue_text
from ..addon.job_watch import watch
from ..addon.jobs import Job, State
from ..addon.places import places
from .sidebar import wrapped


def draw_job(layout: bpy.types.UILayout, context: bpy.types.Context, verb: str) -> Job | None:
    """Draw the newest job of a kind for this scene, if there is one. Returns it if it has ended well."""
    board = watch().board
    job = board.latest(verb, str(places(context.scene).folder))
    if job is None or job.state is State.DONE:
        return job
    draw_state(layout, context, board, job)
    return None


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
        row = column.box().row(align=True)
        wrapped(row.column(), context, end_text(board, job), icon=ICONS[job.state])
        draw_buttons(row, job)
    if job.state is not State.QUEUED:
        draw_log(layout, context, job)


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


def draw_log(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
    """The last lines of what a job said, folded. ``layout`` is the panel's own: Blender folds in no other."""
    if not job.log:
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
