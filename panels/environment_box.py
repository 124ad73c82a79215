"""The job that makes or removes the training environment, in the preferences and in the Train panel."""

from __future__ import annotations

import bpy

from ..addon.job_text import bar_text, end_text, fraction, progress_text
from ..addon.job_watch import watch
from ..addon.jobs import Job
from .job_box import draw_buttons
from .sidebar import wrapped


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
