"""The scores that are shown: read from their folder, listed in ``WindowManager.simreal.scores``, with thumbnails.

What the photos are called stays in Python: Blender saves the window manager's properties with the .blend, so the list
holds numbers only, and is empty while a file is written.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import bpy
import bpy.utils.previews
import numpy as np
from bpy.app.handlers import persistent

from ..design.errors import DataSetError
from ..scoring.photos import is_scores_folder
from ..scoring.reading import SavedScores, read_scores
from ..scoring.table import View, visible
from .hooks import handled, stop_timer
from .places import places


class Shown:
    """The scores in the list, the icons of the rows that have been drawn, and why the last scores are not listed."""

    def __init__(self) -> None:
        self.scores: SavedScores | None = None
        self.problem = ""
        self.icons = bpy.utils.previews.new()
        self.is_filling = False
        self._order: tuple[object, list[int]] = (None, [])

    def class_names(self) -> list[str]:
        """The classes of the model, as a field's suggestions."""
        return list(self.scores.classes) if self.scores else []

    def icon(self, number: int) -> int:
        """The icon of a photo, made when its row is first drawn (0.2 ms); 0 where there is no thumbnail."""
        key = str(number)
        if key not in self.icons:
            pixels = self.scores.thumbnail(number) if self.scores else None
            if pixels is None:
                return 0
            height, width = pixels.shape[:2]
            rgba = np.ones((height, width, 4), dtype=np.float32)
            rgba[..., :3] = pixels[::-1] / np.float32(255)
            preview = self.icons.new(key)
            preview.image_size = width, height
            preview.image_pixels_float.foreach_set(rgba.ravel())
        return int(self.icons[key].icon_id)

    def order(self, state: Any) -> list[int]:
        """The numbers of the photos that the list shows, in its order."""
        if self.scores is None:
            return []
        view = View(
            search=state.search,
            predicted=state.predicted,
            true=state.true,
            mistakes_only=state.mistakes_only,
            sort=state.sort,
            descending=state.descending,
        )
        known = (view, self.scores)
        if self._order[0] != known:
            self._order = known, visible(self.scores.predictions, view)
        return self._order[1]

    def show(self, scores: SavedScores | None, problem: str = "") -> None:
        """List these scores in place of those before."""
        self.scores, self.problem = scores, problem
        self.icons.clear()
        self.fill(select=0)

    def fill(self, select: int | None = None) -> None:
        """Make the list's rows; filters by classes that are not there any more are dropped. Shows no photo."""
        state = bpy.context.window_manager.simreal.scores
        names = self.class_names()
        self.is_filling = True
        try:
            state.rows.clear()
            for number in range(len(self.scores.predictions) if self.scores else 0):
                state.rows.add().number = number
            state.predicted = state.predicted if state.predicted in names else ""
            state.true = state.true if state.true in names else ""
            if select is not None:
                state.active = select
        finally:
            self.is_filling = False


_shown: list[Shown] = []


def shown() -> Shown:
    """What the registered add-on shows."""
    return _shown[0]


def load_scores(folder: Path) -> SavedScores:
    """List the scores of a folder. Raises DataSetError where they cannot be read."""
    scores = read_scores(folder)
    shown().show(scores)
    return scores


def find_last() -> None:
    """List the last scores of the scene in front; none where there are none, or they cannot be read."""
    folder = places(bpy.context.scene).scores
    try:
        shown().show(read_scores(folder) if is_scores_folder(folder) else None)
    except DataSetError as error:
        shown().show(None, str(error))


def take(target: str) -> None:
    """A scoring for the output folder ``target`` has ended: it is listed if that is the folder of the front scene."""
    if target == str(places(bpy.context.scene).folder):
        find_last()


@persistent
def on_load(_file: str = "", _unused: object = None) -> None:
    """After a .blend is loaded: its own last scores are listed."""
    find_last()


@persistent
def on_save(_file: str = "", _unused: object = None) -> None:
    """Before a .blend is written: the list is no part of it."""
    bpy.context.window_manager.simreal.scores.rows.clear()


@persistent
def on_saved(_file: str = "", _unused: object = None) -> None:
    shown().fill()


def register() -> Callable[[], None]:
    """Begin with the scene's last scores. Returns what ends it."""
    with ExitStack() as stack:
        _shown.append(Shown())
        stack.callback(lambda: bpy.utils.previews.remove(_shown.pop().icons))
        handlers = bpy.app.handlers
        stack.callback(handled(on_load, handlers.load_post))
        stack.callback(handled(on_save, handlers.save_pre))
        stack.callback(handled(on_saved, handlers.save_post, handlers.save_post_fail))
        bpy.app.timers.register(on_load, first_interval=0.0)  # not yet: Blender has no scene while it registers add-ons
        stack.callback(stop_timer, on_load)
        return stack.pop_all().close
