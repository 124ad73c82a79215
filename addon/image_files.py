"""An image of Blender's as a picture file that programs beside Blender can read; the image itself is left as it is."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import numpy.typing as npt
from PIL import Image

from ..design.errors import AssetError
from ..scoring.photos import SUFFIXES

_FORMAT = {"media_type": "IMAGE", "file_format": "PNG", "color_mode": "RGB", "color_depth": "8"}  # in this order


def picture_file(image: bpy.types.Image, scene: bpy.types.Scene, to: Path) -> Path:
    """The image's own file where it is as shown, else ``to``, written anew. AssetError where the image is empty."""
    own = Path(bpy.path.abspath(image.filepath, library=image.library)) if image.filepath else None
    is_whole = image.source == "FILE" and not image.is_dirty and image.packed_file is None
    if own is not None and is_whole and own.suffix.lower() in SUFFIXES and own.is_file():
        return own
    to.parent.mkdir(parents=True, exist_ok=True)
    if image.type == "RENDER_RESULT":
        _save_render(image, scene, to)
    else:
        _write(image, to)
    return to


def _write(image: bpy.types.Image, to: Path) -> None:
    width, height = image.size
    if not width or not height or not image.channels:
        raise AssetError(f"{image.name}: the image is empty, or its file is not there")
    values = np.empty(width * height * image.channels, dtype=np.float32)
    image.pixels.foreach_get(values)
    pixels = values.reshape(height, width, image.channels)[::-1]
    if image.is_float:  # stored linear; what is shown is sRGB
        colours = pixels[..., :3]
        pixels = np.concatenate([_to_srgb(np.clip(colours, 0.0, 1.0)), pixels[..., 3:]], axis=-1)
    eight_bit = (np.clip(pixels, 0.0, 1.0) * 255 + 0.5).astype(np.uint8)
    if image.channels == 1:
        eight_bit = eight_bit[..., 0]
    Image.fromarray(eight_bit).save(to, compress_level=1)


def _save_render(image: bpy.types.Image, scene: bpy.types.Scene, to: Path) -> None:
    """A render has no pixels to read, only Blender writes it, in its scene's file format: that is set, and put back."""
    settings = scene.render.image_settings
    before = {name: getattr(settings, name) for name in _FORMAT if hasattr(settings, name)}
    try:
        for name in before:
            setattr(settings, name, _FORMAT[name])
        image.save_render(str(to), scene=scene)
    except RuntimeError as error:
        raise AssetError(f"{image.name}: there is no finished render to score") from error
    finally:
        for name, value in before.items():
            setattr(settings, name, value)


def _to_srgb(linear: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """IEC 61966-2-1."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.power(linear, 1 / 2.4) - 0.055).astype(np.float32)
