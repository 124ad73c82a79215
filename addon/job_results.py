"""What happens in Blender when a job has ended."""

from __future__ import annotations

import bpy

from . import score_shown, training_environment
from .job_text import result_text
from .jobs import Job, State


def show_result(job: Job) -> None:
    """Use what a finished job made."""
    if job.order.verb == "environment":
        training_environment.take(job)
    if job.order.verb == "score" and job.state is State.DONE:
        score_shown.take(job.order.target)


def announce(job: Job) -> None:
    """Tell in the status bar that a job has ended, also where its panel is not open."""
    windows = bpy.context.window_manager.windows
    if not windows or job.state in (State.PAUSED, State.CANCELLED):  # there the user did it
        return
    is_done = job.state is State.DONE
    text = f"{job.order.title}: {result_text(job) if is_done else job.problem or job.state.value}"
    with bpy.context.temp_override(window=windows[0]):
        bpy.ops.simreal.job_announce("INVOKE_DEFAULT", text=text, is_problem=not is_done)
