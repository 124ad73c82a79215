"""The photo of the selected row in an Image Editor: with its five best classes, and where the model looked."""

from __future__ import annotations

from typing import Any

import bpy
from PIL import Image

from ..design.errors import DataSetError
from ..scoring.heat import Sight
from ..scoring.photo_arrangement import SIZE
from ..scoring.photo_picture import photo_picture
from ..scoring.reading import SavedScores
from . import score_shown, shown_images
from .fitted_pictures import show_fitted
from .hooks import stop_timer

PHOTO_IMAGE = "Simreal Photo"


def show_photo(*, open_window: bool = True) -> None:
    """Show the selected photo. DataSetError where no scores are listed."""
    state = bpy.context.window_manager.simreal.scores
    scores = score_shown.shown().scores
    if scores is None or not 0 <= state.active < len(state.rows):
        raise DataSetError("there are no scored photos: score some first")
    show_prediction(scores, state.rows[state.active].number, overlay=state.overlay, open_window=open_window)


def show_prediction(scores: SavedScores, number: int, *, overlay: bool, open_window: bool = True) -> None:
    """Show one photo of some scores."""
    prediction, sight = scores.predictions[number], Sight(scores.resize_px, scores.crop_px)
    activation = scores.activation(number) if overlay else None

    def draw(size: tuple[int, int] | None) -> Image.Image:
        return photo_picture(prediction, sight, activation, size or SIZE)

    show_fitted(PHOTO_IMAGE, draw, open_window=open_window)


def step(by: int) -> None:
    """Select the next photo of the list as it is sorted and filtered, or the one before; stays at its ends."""
    state = bpy.context.window_manager.simreal.scores
    order = score_shown.shown().order(state)
    if not order:
        return
    here = order.index(state.active) if state.active in order else -1
    state.active = order[min(max(here + by, 0), len(order) - 1)]


def on_selected(_state: Any, _context: bpy.types.Context) -> None:
    """Another row is selected, or the overlay switched: it is shown. A new window is opened by a timer, not here.

    Here Blender is in the midst of handling the click, and goes on with the window that it knew.
    """
    if score_shown.shown().is_filling or score_shown.shown().scores is None:
        return
    show_photo(open_window=False)
    picture = bpy.data.images.get((PHOTO_IMAGE, None))
    if picture is None or shown_images.is_shown(picture) or bpy.app.background:
        return
    if not bpy.app.timers.is_registered(_open):
        bpy.app.timers.register(_open, first_interval=0.0)


def _open() -> None:
    show_photo()


def forget() -> None:
    """Take the timer back."""
    stop_timer(_open)
