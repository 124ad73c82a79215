"""Denoising with one Open Image Denoise filter kept for the whole session.

Cycles sets OIDN up again for every render, which costs 0.35 s an image; a kept filter costs a tenth of that at most.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from ..design.errors import ToolError


class Denoiser:
    """An OIDN filter for images of one size, guided by albedo and normal.

    The images are set once and copied into: setting an image anew has the filter built anew.
    """

    def __init__(self, size_px: int, threads: int) -> None:
        oidn = _load_oidn()
        self._device: Any = oidn.Device()
        self._device.set_int("numThreads", threads)
        self._device.set_bool("setAffinity", False)
        self._device.commit()
        self._filter: Any = oidn.Filter(self._device, oidn.OIDN_FILTER_TYPE_RT)
        names = (oidn.OIDN_IMAGE_COLOR, oidn.OIDN_IMAGE_ALBEDO, oidn.OIDN_IMAGE_NORMAL, oidn.OIDN_IMAGE_OUTPUT)
        self._images = [np.zeros((size_px, size_px, 3), np.float32) for _ in names]
        for name, image in zip(names, self._images, strict=True):
            self._filter.set_image(name, image, oidn.OIDN_FORMAT_FLOAT3)
        self._filter.set_bool("hdr", True)
        self._filter.set_quality(oidn.OIDN_QUALITY_HIGH)
        self._filter.commit()
        self._check()

    def denoise(self, light: np.ndarray, albedo: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """The denoised linear light; all (size, size, 3) float32."""
        for kept, given in zip(self._images, (light, albedo, normal), strict=False):
            np.copyto(kept, given)
        self._filter.execute()
        self._check()
        return self._images[-1].copy()

    def close(self) -> None:
        """Give the filter's memory back."""
        self._filter.release()
        self._device.release()

    def _check(self) -> None:
        error = self._device.get_error()
        if error is not None:
            raise ToolError(f"Open Image Denoise failed: {error}; render with --denoiser none")


def _load_oidn() -> ModuleType:
    try:
        import pyoidn
    except (ImportError, OSError) as error:
        raise ToolError(
            f"the design asks for denoising, but Open Image Denoise cannot be loaded ({error}): "
            "install the package pyoidn, or render with --denoiser none"
        ) from None
    return pyoidn
