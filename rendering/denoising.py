"""Denoising with Open Image Denoise filters that are kept for the whole session.

Cycles sets OIDN up again for every render, which costs 0.35 s an image; a kept filter costs a tenth of that at most.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import attrs
import numpy as np

from ..design.errors import ToolError
from .framing import Region, whole

STEP_PX = 32


class Denoiser:
    """Open Image Denoise for parts of pictures ``size_px`` wide, guided by albedo and normal.

    A filter is made for each size of part that comes up, in steps, and kept: a filter that is given images of another
    size is built anew, which costs more than denoising.
    """

    def __init__(self, size_px: int, threads: int) -> None:
        self._oidn = _load_oidn()
        self._size = size_px
        self._device: Any = self._oidn.Device()
        self._device.set_int("numThreads", threads)
        self._device.set_bool("setAffinity", False)
        self._device.commit()
        self._filters: dict[tuple[int, int], _Filter] = {}
        self._filter((size_px, size_px))  # what does not work here is to be known before the first image

    def denoise(self, light: np.ndarray, albedo: np.ndarray, normal: np.ndarray, region: Region) -> np.ndarray:
        """The denoised linear light (height, width, 3) of ``region``, of pictures (size_px, size_px, 3); float32."""
        window = self._window(region)
        found = self._filter((window.height, window.width))
        seen = window.within(whole(self._size))
        for kept, given in zip(found.images, (light, albedo, normal), strict=False):
            kept[:] = given[seen]
        found.filter.execute()
        self._check()
        return found.images[-1][region.within(window)].copy()

    def close(self) -> None:
        """Give the filters' memory back."""
        for found in self._filters.values():
            found.filter.release()
        self._filters.clear()
        self._device.release()

    def _window(self, region: Region) -> Region:
        """A rectangle of one of the sizes filters come in that holds ``region`` and lies in the picture."""
        width, height = (min(-(-side // STEP_PX) * STEP_PX, self._size) for side in (region.width, region.height))
        x0, y0 = min(region.x0, self._size - width), min(region.y0, self._size - height)
        return Region(x0, y0, x0 + width, y0 + height)

    def _filter(self, shape: tuple[int, int]) -> _Filter:
        if shape not in self._filters:
            oidn = self._oidn
            made: Any = oidn.Filter(self._device, oidn.OIDN_FILTER_TYPE_RT)
            names = (oidn.OIDN_IMAGE_COLOR, oidn.OIDN_IMAGE_ALBEDO, oidn.OIDN_IMAGE_NORMAL, oidn.OIDN_IMAGE_OUTPUT)
            images = tuple(np.zeros((*shape, 3), np.float32) for _ in names)
            for name, image in zip(names, images, strict=True):
                made.set_image(name, image, oidn.OIDN_FORMAT_FLOAT3)
            made.set_bool("hdr", True)
            made.set_quality(oidn.OIDN_QUALITY_FAST)  # half the time of HIGH, and as near to references at 4-6 samples
            made.commit()
            self._check()
            self._filters[shape] = _Filter(made, images)
        return self._filters[shape]

    def _check(self) -> None:
        error = self._device.get_error()
        if error is not None:
            raise ToolError(f"Open Image Denoise failed: {error}; render with --denoiser none")


@attrs.frozen
class _Filter:
    """A filter and the images it works on: colour, albedo, normal, output. They are set once and copied into."""

    filter: Any
    images: tuple[np.ndarray, ...]


def _load_oidn() -> ModuleType:
    try:
        import pyoidn
    except (ImportError, OSError) as error:
        raise ToolError(
            f"the design asks for denoising, but Open Image Denoise cannot be loaded ({error}): "
            "install the package pyoidn, or render with --denoiser none"
        ) from None
    return pyoidn
