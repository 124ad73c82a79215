"""Finishing an image once its rays are traced: denoising, the background laid under it, and developing.

It touches nothing of Blender's, so that it can be done beside the tracing of the next image.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import attrs
import numpy as np

from ..datasets.metadata import image_row
from ..datasets.records import Row
from ..design.distractors import Placed
from ..design.errors import SimrealError
from ..design.sampling import ImageSpec
from .backgrounds import View, environment_background
from .denoising import Denoiser
from .developing import develop
from .framing import Region, whole
from .object_mask import object_alpha
from .stage import Backdrop

COVERED = 0.5


class ImageError(SimrealError):
    """One image could not be made; the others can."""


@attrs.frozen
class RenderedImage:
    """A finished image. ``bbox`` (x0, y0, x1, y1) px encloses what is seen of the object, None if none of it is;
    ``coverage`` is the fraction of the picture it covers; ``model`` is the one really shown. ``visible_fraction`` is
    what the ``distractors`` leave in view of it."""

    jpeg: bytes
    bbox: tuple[int, int, int, int] | None
    coverage: float
    model: str
    seconds: float
    visible_fraction: float
    distractors: tuple[Placed, ...]

    def row(self, spec: ImageSpec) -> Row:
        """What the metadata say of it."""
        return image_row(
            spec,
            self.model,
            self.bbox,
            self.coverage,
            visible_fraction=self.visible_fraction,
            distractors=self.distractors,
        )


@attrs.frozen
class Backing:
    """What is seen behind the object in one image."""

    backdrop: Backdrop
    view: View
    blur_px: float
    gain: float

    def picture(self) -> np.ndarray:
        """Linear light (size, size, 3)."""
        still = self.backdrop.still(self.view.size_px)
        if still is not None:
            return still
        radiance = self.backdrop.environment.radiance
        assert radiance is not None
        return environment_background(radiance, self.view, self.blur_px) * np.float32(self.gain)


@attrs.frozen
class Traced:
    """An image as the path tracer leaves it: ``channels`` of ``region``, None where no object is in view.

    Nothing in it changes when the session goes on to the next image.
    """

    spec: ImageSpec
    model: str
    object_name: str
    distractors: tuple[Placed, ...]
    visible_fraction: float
    size_px: int
    region: Region | None
    channels: Mapping[str, np.ndarray]
    gain: float
    denoiser: Denoiser | None
    behind: Backing
    start: float


def finished(traced: Traced) -> RenderedImage:
    """Denoise a traced image, lay the background under it and develop it. ImageError if it holds no proper light."""
    picture = np.array(traced.behind.picture(), np.float32)
    seen = np.zeros((traced.size_px, traced.size_px), np.float32)
    if traced.region is not None:
        part = traced.region.within(whole(traced.size_px))
        alpha = np.clip(traced.channels["Combined.A"], 0.0, 1.0)
        seen[part] = object_alpha(traced.channels, traced.object_name) if traced.distractors else alpha
        picture[part] = _composed(traced, traced.region, alpha, picture)
    spec = traced.spec
    return RenderedImage(
        jpeg=develop(picture, spec.factors["sensor"].values, spec.sensor_key),
        bbox=bounding_box(seen > COVERED),
        coverage=float(seen.mean()),
        model=traced.model,
        seconds=time.perf_counter() - traced.start,
        visible_fraction=traced.visible_fraction,
        distractors=traced.distractors,
    )


def _composed(traced: Traced, region: Region, alpha: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Linear light (height, width, 3) of the region: what was traced, over the ``picture`` behind it, denoised."""
    part, behind = region.within(whole(traced.size_px)), (1.0 - alpha)[..., None]
    light = _stacked(traced.channels, "Combined.", "RGB") * np.float32(traced.gain) + behind * picture[part]
    if not np.isfinite(light).all():
        where = f"{traced.spec.split}/{traced.spec.index}"
        raise ImageError(f"image {where}: the render holds values that are not numbers")
    if traced.denoiser is None:
        return light
    return np.where(grown(alpha > 0)[..., None], _denoised(traced, region, light, behind, picture), light)


def _denoised(traced: Traced, region: Region, light: np.ndarray, behind: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """The region denoised with what is behind it: outlines are as noisy as the rest, light and alpha alike.

    The picture behind is its own albedo, as an emitter is in Cycles' pass, so that its details stay.
    """
    part = region.within(whole(traced.size_px))
    whole_light, albedo, normal = picture.copy(), np.clip(picture, 0.0, 1.0), np.zeros_like(picture)
    whole_light[part] = light
    albedo[part] = _stacked(traced.channels, "Denoising Albedo.", "RGB") + behind * albedo[part]
    normal[part] = _stacked(traced.channels, "Denoising Normal.", "XYZ")
    assert traced.denoiser is not None
    return traced.denoiser.denoise(whole_light, albedo, normal, region)


def grown(mask: np.ndarray) -> np.ndarray:
    """A mask (height, width) and the pixels next to it, diagonally too."""
    wide = np.pad(mask, 1)
    tall = wide[:-2] | wide[1:-1] | wide[2:]
    return tall[:, :-2] | tall[:, 1:-1] | tall[:, 2:]


def _stacked(channels: Mapping[str, np.ndarray], layer: str, names: str) -> np.ndarray:
    return np.stack([channels[layer + name] for name in names], axis=-1)


def bounding_box(mask: np.ndarray) -> tuple[int, int, int, int] | None:
    """(x0, y0, x1, y1) of the True pixels of (height, width), x1 and y1 exclusive; None if there are none."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
