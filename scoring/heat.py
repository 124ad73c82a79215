"""Where a classifier looked, laid over the photo as heat."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt
from PIL import Image

STRENGTH = 0.8
STEEPNESS = 1.4
RAMP = np.array([(255, 236, 140), (255, 176, 46), (240, 74, 34), (150, 10, 40)], dtype=np.float32)
OUTSIDE = 0.45


@attrs.frozen
class Sight:
    """What a model sees of a photo: the central ``crop_px`` of its shorter side at ``resize_px``."""

    resize_px: int
    crop_px: int

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """The square that is seen of a photo of that size: left, top, right, bottom."""
        side = max(1, round(min(width, height) * self.crop_px / self.resize_px))
        left, top = (width - side) // 2, (height - side) // 2
        return left, top, left + side, top + side


def heated(photo: Image.Image, activation: npt.NDArray[np.float32], sight: Sight) -> Image.Image:
    """The photo with heat where ``activation`` (h, w) is high; what the model did not see of it is darkened.

    The map's least value shows as no heat and its greatest as full heat: heats of two photos do not compare.
    """
    box = sight.box(photo.width, photo.height)
    heat = _enlarged(activation, box[2] - box[0])
    seen = np.asarray(photo.crop(box), dtype=np.float32)
    alpha = (STRENGTH * heat**STEEPNESS)[..., None]  # above 1: little heat leaves the photo clear
    mixed = seen * (1 - alpha) + _colours(heat) * alpha
    out = photo.point(lambda value: round(value * OUTSIDE))
    out.paste(Image.fromarray(mixed.round().astype(np.uint8)), box[:2])
    return out


def _enlarged(activation: npt.NDArray[np.float32], side: int) -> npt.NDArray[np.float32]:
    """The map as (side, side) values in 0..1."""
    low, high = float(activation.min()), float(activation.max())
    share = (activation - low) / (high - low) if high > low else np.zeros_like(activation)
    large = Image.fromarray(share.astype(np.float32)).resize((side, side), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(large, dtype=np.float32), 0.0, 1.0)


def _colours(heat: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    table = np.stack([np.interp(np.linspace(0, len(RAMP) - 1, 256), range(len(RAMP)), row) for row in RAMP.T], axis=1)
    colours: npt.NDArray[np.float32] = table.astype(np.float32)[(heat * 255).astype(np.uint8)]
    return colours
