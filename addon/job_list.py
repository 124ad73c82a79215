"""The jobs in the order a panel lists them: what runs, what waits in the order of the queue, what is over."""

from __future__ import annotations

import bpy

from .job_board import JobBoard
from .jobs import Job, State

RUNNING = (State.RUNNING, State.PAUSING, State.CANCELLING)


def listed(board: JobBoard) -> list[Job]:
    """All jobs: running ones, paused ones, queued ones by their turn, then the others, newest first."""
    jobs = list(board)
    return [
        *(job for job in reversed(jobs) if job.state in RUNNING),
        *(job for job in reversed(jobs) if job.state is State.PAUSED),
        *board.queue(),
        *sorted((job for job in jobs if not job.is_unfinished), key=lambda job: -job.since),
    ]


def keep_list(board: JobBoard) -> bool:
    """Bring the list in the window manager up to date. Returns whether it has changed.

    The chosen job stays chosen, unless there is a new one: then that is.
    """
    state = bpy.context.window_manager.simreal.jobs
    before, names = [entry.name for entry in state.entries], [job.name for job in listed(board)]
    if before == names:
        return False
    chosen = before[state.active] if state.active < len(before) else ""
    state.entries.clear()
    for name in names:
        state.entries.add().name = name
    new = [job for job in board if job.name not in before]
    if new and before:  # what was just started
        chosen = new[0].name
    state.active = names.index(chosen) if chosen in names else 0
    return True


def chosen_job(board: JobBoard) -> Job | None:
    """The job whose line is chosen."""
    state = bpy.context.window_manager.simreal.jobs
    return board.named(state.entries[state.active].name) if state.active < len(state.entries) else None
