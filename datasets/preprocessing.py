"""The one rule by which a picture becomes a classifier's input; training's test transform and scoring both call it.

Shorter side to ``resize_px`` with Pillow's antialiased bilinear filter, then the central ``crop_px`` square.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from ..design.errors import AssetError
from .pictures import FramedFile, TarMember

Pixels: TypeAlias = npt.NDArray[np.uint8]

_LONGEST_RATIO = 8  # a strip longer than this is cut first: enlarging a 1 x 10,000 picture whole would take gigabytes
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


def load_rgb(path: str | os.PathLike[str] | TarMember | FramedFile, least_px: int | None = None) -> Image.Image:
    """A picture, in a file or in a tar, as RGB: EXIF orientation applied, grey, palette, CMYK and 16 bit converted,
    alpha over white, a frame that is no part of it cut off.

    ``least_px``, for looking at only: a JPEG may come out at half, a quarter or an eighth of its size, both sides still
    of so many pixels at least where the file has them; that is many times quicker than all of it.
    Raises ``AssetError`` naming the file where it is missing, not a picture, corrupt or truncated.
    """
    frame_px = path.frame_px if isinstance(path, FramedFile) else 0
    bare = path.path if isinstance(path, FramedFile) else path
    file = bare if isinstance(bare, TarMember) else Path(bare)
    try:
        with Image.open(file.open() if isinstance(file, TarMember) else file) as image:
            if least_px is not None and not frame_px:
                image.draft(image.mode, (least_px, least_px))
            image.load()
            return _to_rgb(_unframed(ImageOps.exif_transpose(image), frame_px))
    except FileNotFoundError:
        raise AssetError(f"{file}: no such picture") from None
    except _UNREADABLE as error:  # Pillow's decoders raise all of these on damaged files
        raise AssetError(f"{file}: not a readable picture ({_reason(error)})") from error


def resize_and_crop(image: Image.Image, resize_px: int, crop_px: int) -> Pixels:
    """The central square of a picture as uint8 ``(crop_px, crop_px, 3)``; its shorter side is ``resize_px`` first."""
    if not 0 < crop_px <= resize_px:
        raise ValueError(f"crop_px must be between 1 and resize_px, not {crop_px} of {resize_px}")
    image = resize_shorter_side(_to_rgb(image), resize_px)
    left = round((image.width - crop_px) / 2)
    top = round((image.height - crop_px) / 2)
    return np.array(image.crop((left, top, left + crop_px, top + crop_px)), dtype=np.uint8)


def resize_shorter_side(image: Image.Image, resize_px: int) -> Image.Image:
    """The picture with its shorter side at ``resize_px``, its aspect ratio kept (strips longer than 8:1 are cut)."""
    width, height = image.size
    short = min(width, height)
    if max(width, height) > _LONGEST_RATIO * short:
        image = ImageOps.fit(
            image, (min(width, _LONGEST_RATIO * short), min(height, _LONGEST_RATIO * short)), Image.Resampling.NEAREST
        )
        width, height = image.size
    size = (
        (resize_px, int(resize_px * height / width))
        if width <= height
        else (int(resize_px * width / height), resize_px)
    )
    return image if size == image.size else image.resize(size, Image.Resampling.BILINEAR)


def _unframed(image: Image.Image, frame_px: int) -> Image.Image:
    if not frame_px or min(image.size) <= 2 * frame_px:
        return image
    return image.crop((frame_px, frame_px, image.width - frame_px, image.height - frame_px))


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):  # Pillow clips 16 and 32 bit to 255 instead of scaling them
        values = np.asarray(image, dtype=np.float64) / 257.0
        return Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image.convert("RGB")


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "unknown or damaged format"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
