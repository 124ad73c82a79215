"""A job in a panel: progress, rate, time left, and how it ended."""

from __future__ import annotations

import bpy

from ..addon.job_watch import watch
from ..addon.jobs import Job, State
from ..addon.places import places
from ..datasets.progress_text import duration
from .sidebar import wrapped


def draw_job(layout: bpy.types.UILayout, context: bpy.types.Context, verb: str) -> Job | None:
    """Draw the newest job of a kind for this scene, if there is one. Returns it if it has ended well."""
    job = watch().board.latest(verb, str(places(context.scene).folder))
    if job is None:
        return None
    if job.is_live:
        _draw_running(layout, job)
    elif job.state is not State.DONE:
        _draw_stopped(layout, context, job)
    return job if job.state is State.DONE else None


def _draw_running(layout: bpy.types.UILayout, job: Job) -> None:
    column = layout.column(align=True)
    row = column.row(align=True)
    progress = job.progress
    if job.state is State.CANCELLING:
        row.progress(factor=0.0, text="Cancelling ...")
    elif progress is None:
        row.progress(factor=0.0, text="Starting ...")
    else:
        row.progress(factor=progress.done / max(progress.total, 1), text=f"{progress.stage}  {_percent(job)}")
    stop = row.row(align=True)
    stop.enabled = job.state is State.RUNNING
    stop.operator("simreal.job_cancel", text="", icon="CANCEL").job = job.folder.name
    if progress is not None:
        column.label(text=progress_text(job), translate=False)


def progress_text(job: Job) -> str:
    """``310 / 1000 images   8.1 a second   1:25 left``."""
    progress = job.progress
    if progress is None:
        return ""
    parts = [f"{progress.done} / {progress.total} {progress.unit}"]
    if progress.rate:
        parts.append(f"{progress.rate:.1f}/s")
    if progress.eta_s is not None:
        parts.append(f"{duration(progress.eta_s)} left")
    return "   ".join(parts)


def _percent(job: Job) -> str:
    assert job.progress is not None
    return f"{100 * job.progress.done // max(job.progress.total, 1)} %"


def _draw_stopped(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
    row = layout.box().row(align=True)
    if job.state is State.CANCELLED:
        row.label(text="Cancelled; what is finished is kept", icon="PAUSE")
    else:
        wrapped(row.column(), context, job.problem, icon="ERROR")
    row.operator("simreal.job_forget", text="", icon="X", emboss=False).job = job.folder.name
