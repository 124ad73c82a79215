"""An effect as a small picture in a row: a bar from 0, to the right where it gains, with its interval as a line."""

from __future__ import annotations

from collections.abc import Callable

import bpy
import numpy as np
from PIL import Image, ImageDraw

from ..datasets.effect_records import Effect

SIZE_PX = 64
_FINE = 4  # drawn so much larger, and reduced
GAIN, LOSS, UNSURE = (96, 190, 110, 255), (222, 104, 92, 255), (128, 128, 128, 255)
LINE, ZERO = (235, 235, 235, 255), (150, 150, 150, 255)

_collections: list[bpy.utils.previews.ImagePreviewCollection] = []


def effect_icon(effect: Effect, most_points: float) -> int:
    """The icon of an effect, at a scale at which ``most_points`` (above 0) reach the edge."""
    icons = _collections[0]
    name = f"{effect.points:.2f} {effect.low:.2f} {effect.high:.2f} {most_points:.2f}"
    if name not in icons:
        pixels = np.asarray(picture(effect, most_points), dtype=np.float32) / np.float32(255)
        icon = icons.new(name)
        icon.image_size = SIZE_PX, SIZE_PX
        icon.image_pixels_float.foreach_set(pixels[::-1].ravel())
    return int(icons[name].icon_id)


def picture(effect: Effect, most_points: float) -> Image.Image:
    """The bar, RGBA. Grey where its interval holds 0."""
    size = SIZE_PX * _FINE
    drawn = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(drawn)

    def across(points: float) -> float:
        return size / 2 * (1 + min(max(points / most_points, -1.0), 1.0) * 0.94)

    colour = UNSURE if not effect.is_found else GAIN if effect.points > 0 else LOSS
    left, right = sorted((across(0.0), across(effect.points)))
    pen.rectangle((left, 0.14 * size, right, 0.86 * size), fill=colour)
    pen.line((size / 2, 0.1 * size, size / 2, 0.9 * size), fill=ZERO, width=3 * _FINE)
    pen.line((across(effect.low), size / 2, across(effect.high), size / 2), fill=LINE, width=4 * _FINE)
    for end in (effect.low, effect.high):
        pen.line((across(end), 0.36 * size, across(end), 0.64 * size), fill=LINE, width=4 * _FINE)
    return drawn.resize((SIZE_PX, SIZE_PX), Image.Resampling.LANCZOS)


def register() -> Callable[[], None]:
    """Begin to keep icons. Returns what ends it."""
    import bpy.utils.previews  # no part of bpy until it is imported

    _collections.append(bpy.utils.previews.new())
    return unregister


def unregister() -> None:
    bpy.utils.previews.remove(_collections.pop())
