"""What is seen behind the object, as a picture laid under the render.

The renderer gives the object alone, with its coverage (alpha); the background is looked up or computed per pixel. That
costs no rays, carries no noise, and lets every background share the environment's light.
"""

from __future__ import annotations

import colorsys
import functools
import itertools
import math
from collections.abc import Mapping
from pathlib import Path

import attrs
import numpy as np
from PIL import Image

from ..datasets.preprocessing import load_rgb
from ..design.distributions import Value
from .environments import look_up

GREY = 0.5
MOST_PARTS = 4  # of a pixel, across: where the map is finer than the picture, several of its texels fall into one
WHITE = 2.5
SENSOR_WIDTH_MM = 36.0


@attrs.frozen
class View:
    """How the camera sees the world: enough to give each pixel its direction.

    ``rotation`` (3, 3) turns camera axes into world axes; ``shift`` is Blender's lens shift, in sensor widths.
    """

    rotation: np.ndarray
    focal_length_mm: float
    shift: tuple[float, float]
    size_px: int

    def directions(self, parts: int = 1) -> np.ndarray:
        """Unit directions (n, n, 3), n = size * parts, through the centres of ``parts`` by ``parts`` parts of each
        pixel, top row first; float32."""
        half = SENSOR_WIDTH_MM / 2 / self.focal_length_mm
        count = self.size_px * parts
        steps = (np.arange(count) + 0.5) / count * 2 - 1
        x = ((steps + 2 * self.shift[0]) * half)[None, :]
        y = ((-steps + 2 * self.shift[1]) * half)[:, None]
        length = np.sqrt(x**2 + y**2 + 1)
        rays = np.empty((count, count, 3), np.float32)
        rays[..., 0], rays[..., 1], rays[..., 2] = x / length, y / length, -1 / length
        return rays @ self.rotation.T.astype(np.float32)


def environment_background(radiance: np.ndarray, view: View, blur_px: float) -> np.ndarray:
    """The environment as the camera sees it, linear (size, size, 3); ``blur_px`` is the radius of its blur disc."""
    size = view.size_px
    texels = 2 * math.atan(SENSOR_WIDTH_MM / 2 / view.focal_length_mm) / (2 * math.pi) * radiance.shape[1] / size
    parts = min(max(math.ceil(2 * texels), 1), MOST_PARTS)
    seen = look_up(radiance, view.directions(parts))
    mean = np.zeros((size, size, 3), np.float32)
    for row, column in itertools.product(range(parts), range(parts)):
        mean += seen[row::parts, column::parts]
    mean /= parts**2
    return blurred(mean, blur_px / 2.0)


def plain_background(values: Mapping[str, Value], size_px: int) -> np.ndarray:
    """White, flat, gradient or no background, linear (size, size, 3)."""
    kind = values["kind"]
    if kind == "white":
        return np.full((size_px, size_px, 3), WHITE, np.float32)
    if kind == "none":
        return np.full((size_px, size_px, 3), linear(np.array(GREY)), np.float32)
    hue, saturation = float(values["hue"]), float(values["saturation"])
    first = np.array(colorsys.hsv_to_rgb(hue, saturation, float(values["value"])), np.float32)
    if kind == "flat":
        return np.broadcast_to(linear(first), (size_px, size_px, 3)).astype(np.float32)
    second = np.array(colorsys.hsv_to_rgb(hue, saturation, float(values["gradient_value"])), np.float32)
    angle = math.radians(float(values["gradient_angle_deg"]))
    steps = (np.arange(size_px) + 0.5) / size_px * 2 - 1
    along = steps[None, :] * math.cos(angle) - steps[:, None] * math.sin(angle)
    reach = abs(math.cos(angle)) + abs(math.sin(angle))
    mix = (along / reach + 1)[..., None] / 2
    return linear(first + (second - first) * mix).astype(np.float32)


def photo_background(path: Path, values: Mapping[str, Value], size_px: int) -> np.ndarray:
    """A square part of a photo, linear (size, size, 3). AssetError if the photo cannot be read."""
    photo = load_rgb(path)
    side = min(photo.size) / float(values["photo_zoom"])
    left = (photo.width - side) * float(values["photo_x"])
    top = (photo.height - side) * float(values["photo_y"])
    part = photo.resize((size_px, size_px), Image.Resampling.BILINEAR, (left, top, left + side, top + side))
    return linear(np.asarray(part, np.float32) / 255.0)


def defocus_px(focal_length_mm: float, f_stop: float, distance_m: float, size_px: int) -> float:
    """Radius in pixels of the blur disc of a point at infinity, for a thin lens focused at ``distance_m``."""
    distance_mm = distance_m * 1000.0
    disc_mm = focal_length_mm**2 / (f_stop * max(distance_mm - focal_length_mm, 1.0))
    return disc_mm / SENSOR_WIDTH_MM * size_px / 2.0


def blurred(image: np.ndarray, sigma_px: float) -> np.ndarray:
    """A Gaussian blur of a float image (height, width, channels); nothing below a twentieth of a pixel."""
    if sigma_px < 0.05:
        return image
    radius = math.ceil(3 * sigma_px)
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma_px) ** 2).astype(np.float32)
    taps /= taps.sum()
    for axis in (0, 1):
        size = image.shape[axis]
        padded = np.pad(image, [(radius, radius) if a == axis else (0, 0) for a in range(3)], mode="edge")
        parts = (np.take(padded, range(k, k + size), axis) * tap for k, tap in enumerate(taps))
        image = functools.reduce(np.add, parts)
    return image


def linear(encoded: np.ndarray) -> np.ndarray:
    """sRGB values 0..1 as linear light (IEC 61966-2-1)."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
