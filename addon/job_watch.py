"""The running Blender's view of its jobs: one board, one timer that polls it, panels redrawn when something changes."""

from __future__ import annotations

from collections.abc import Callable

import bpy
from bpy.app.handlers import persistent

from .conversion import complete
from .job_results import show_result
from .jobs import Job, JobBoard, Order
from .preferences import settings

INTERVAL_S = 0.2


class Watch:
    """The board of the jobs folder in the preferences; another folder there is another board."""

    def __init__(self) -> None:
        self._board: JobBoard | None = None

    @property
    def board(self) -> JobBoard:
        folder = settings().jobs_folder
        if self._board is None or self._board.folder != folder:
            self._board = JobBoard(folder)
        return self._board

    def start(self, order: Order) -> Job:
        """Start a job and watch it. Raises ToolError."""
        job = self.board.start(order)
        if not bpy.app.timers.is_registered(poll):
            bpy.app.timers.register(poll, first_interval=INTERVAL_S, persistent=True)
        return job


_watches: list[Watch] = []


def watch() -> Watch:
    """The watch of the registered add-on."""
    return _watches[0]


def poll() -> float | None:
    """The timer: takes in what jobs have said. Ends when no job runs; starting one starts it again."""
    board = watch().board
    changed = board.poll()
    for job in changed:
        if not job.is_live:
            show_result(job)
    if changed:
        redraw()
    return INTERVAL_S if board.any_live else None


def redraw() -> None:
    """Have every 3D viewport's sidebar drawn again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


def begin() -> None:
    """The first look, once Blender has files and preferences: jobs found in the folder are watched too."""
    on_load("")
    bpy.app.timers.register(poll, first_interval=0.0, persistent=True)


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
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    bpy.app.handlers.load_post.remove(on_load)
    _watches.clear()
