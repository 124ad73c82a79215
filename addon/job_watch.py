"""The running Blender's view of its jobs: one board, one timer that polls it, panels redrawn when something changes."""

from __future__ import annotations

import os
from collections.abc import Callable

import bpy
from bpy.app.handlers import persistent

from .command_lines import programs
from .conversion import complete
from .hooks import stop_timer
from .job_board import JobBoard
from .job_list import keep_list
from .job_results import announce, show_result
from .jobs import Job, Order
from .preferences import settings
from .redrawing import redraw
from .study_shown import keep_cells

INTERVAL_S = 0.2
IDLE_S = 2.0


class Watch:
    """The board of the jobs folder in the preferences; another folder there is another board."""

    def __init__(self) -> None:
        self._board: JobBoard | None = None
        self._at_once = 0

    @property
    def board(self) -> JobBoard:
        folder = settings().jobs_folder
        if self._board is None or self._board.folder != folder:
            self._board, self._at_once = JobBoard(folder), 0
            self._board.prune()
        return self._board

    def start(self, order: Order) -> Job:
        """Put a job into the queue and watch it. Raises ToolError."""
        self.heed_preferences()
        machine = settings()
        job = self.board.start(order, lambda asked: programs(asked, machine))
        look_soon()
        return job

    def resume(self, job: Job) -> list[Job]:
        """Go on with a job, and with those that were skipped because of it. Returns them. Raises ToolError."""
        self.heed_preferences()
        machine = settings()
        resumed = self.board.resume(job, lambda asked: programs(asked, machine))
        look_soon()
        return resumed

    def heed_preferences(self) -> None:
        """Tell the queue how many jobs may run at once, where that has changed."""
        board, wanted = self.board, settings().jobs_at_once
        if wanted != self._at_once and os.access(board.folder, os.W_OK):
            board.let_run_at_once(wanted)
            self._at_once = wanted


_watches: list[Watch] = []


def watch() -> Watch:
    """The watch of the registered add-on."""
    return _watches[0]


def poll() -> float:
    """The timer: takes in what jobs have done, also those that another Blender started."""
    watch().heed_preferences()
    board = watch().board
    live = {job.name for job in board if job.is_live}
    changed = board.poll()
    for job in changed:
        if job.name in live and not job.is_live:
            show_result(job)
            announce(job)
            board.prune()
    if any((keep_list(board), keep_cells(), changed)):
        redraw()
    return INTERVAL_S if board.any_live else IDLE_S


def look_soon() -> None:
    """Have the timer look at once: something has been started, or asked of a job."""
    stop_timer(poll)
    bpy.app.timers.register(poll, first_interval=0.0, persistent=True)


def begin() -> None:
    """The first look, once Blender has files and preferences: jobs found in the folder are watched too."""
    on_load("")
    look_soon()


@persistent
def on_load(_file: str, _unused: object = None) -> None:
    """After a .blend is loaded: factors that it does not know yet become complete."""
    for scene in bpy.data.scenes:
        if scene.is_editable:
            complete(scene.simreal)


def register() -> Callable[[], None]:
    """Start watching. Returns what ends it."""
    _watches.append(Watch())
    bpy.app.handlers.load_post.append(on_load)
    # Blender registers add-ons before files and preferences can be looked at: the first look is a timer's.
    bpy.app.timers.register(begin, first_interval=0.0, persistent=True)
    return unregister


def unregister() -> None:
    for timer in (begin, poll):
        stop_timer(timer)
    bpy.app.handlers.load_post.remove(on_load)
    _watches.clear()
