"""The training environment in panels and in the preferences: whether there is one, and the job that makes it."""

from __future__ import annotations

import bpy

from ..addon.environment_jobs import environment_job
from ..addon.job_text import bar_text, end_text, fraction, progress_text
from ..addon.job_watch import watch
from ..addon.jobs import Job
from ..addon.preferences import ADDON
from ..addon.training_environment import standing
from .job_box import draw_buttons
from .sidebar import wrapped


def draw_environment(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """How it stands with the environment, in a line, and how to get one where there is none."""
    now, job = standing(), environment_job()
    if job is not None and job.is_live:
        draw_environment_job(layout, context, job)
        return
    row = layout.row(align=True)
    if not now.program:
        wrapped(row.column(), context, "Training needs an environment with PyTorch", icon="INFO")
    elif now.problem:
        wrapped(row.column(), context, now.problem, icon="ERROR")
    else:
        row.label(text=now.summary, icon="CHECKMARK" if now.found else "QUESTION", translate=False)
    if now.is_there:
        row.operator("simreal.environment_check", text="", icon="FILE_REFRESH")
    row.operator("preferences.addon_show", text="", icon="PREFERENCES").module = ADDON
    if not now.is_there:
        layout.operator("simreal.environment_create", icon="ADD")


def draw_environment_job(layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
    """How far it is, what it does, or why it failed."""
    box = layout.box().column(align=True)
    row = box.row(align=True)
    if job.is_live:
        row.progress(factor=fraction(job), text=bar_text(job))
        row.operator("simreal.job_cancel", text="", icon="CANCEL").job = job.name
    else:
        wrapped(row.column(), context, end_text(watch().board, job), icon="ERROR")
        draw_buttons(row, job)
    if job.is_live and job.progress is not None:
        box.label(text=progress_text(job), translate=False)
    if job.is_live and job.log:
        line = box.column()
        line.active = False
        wrapped(line, context, job.log[-1])
