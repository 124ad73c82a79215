"""The accuracy curve of a run as a small picture in a panel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
from PIL import Image

WIDTH_PX = 256
_SQUARE_AXES = 1.3  # width of one of the axes that stand side by side in curves.png, by its height

_collections: list[bpy.utils.previews.ImagePreviewCollection] = []


def curve_icon(curves: Path) -> int:
    """The icon of the accuracy axes of a ``curves.png``; 0 where it cannot be read."""
    icons = _collections[0]
    name = f"{curves}@{curves.stat().st_mtime_ns}"
    if name not in icons:
        icons.clear()  # one run is shown at a time
        try:
            pixels = _accuracy_axes(curves)
        except OSError:  # damaged, or just being replaced
            return 0
        icon = icons.new(name)
        icon.image_size = pixels.shape[1], pixels.shape[0]
        icon.image_pixels_float.foreach_set(pixels[::-1].ravel())
    return int(icons[name].icon_id)


def _accuracy_axes(curves: Path) -> np.ndarray:
    """RGBA in 0..1, top row first: the second of two or three axes."""
    with Image.open(curves) as picture:
        count = max(1, round(picture.width / picture.height / _SQUARE_AXES))
        wide = picture.width / count
        chosen = min(1, count - 1)
        axes = picture.convert("RGBA").crop((round(chosen * wide), 0, round((chosen + 1) * wide), picture.height))
    axes = axes.resize((WIDTH_PX, round(WIDTH_PX * axes.height / axes.width)), Image.Resampling.LANCZOS)
    return np.asarray(axes, dtype=np.float32) / 255.0


def register() -> Callable[[], None]:
    """Begin to keep icons. Returns what ends it."""
    import bpy.utils.previews  # no part of bpy until it is imported

    _collections.append(bpy.utils.previews.new())
    return unregister


def unregister() -> None:
    bpy.utils.previews.remove(_collections.pop())
