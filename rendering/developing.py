"""From linear light to a JPEG file, as a camera does it: exposure, blur, noise, colour, tone curve, compression."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from ..design.distributions import Value
from .backgrounds import blurred

BLUR_REFERENCE_PX = 128
SHOULDER = 0.5
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
MID_GREY = 0.18


def develop(light: np.ndarray, sensor: Mapping[str, Value], key: int) -> bytes:
    """The JPEG of linear light (size, size, 3), float32.

    Noise has a part that grows with the square root of the light (photons) and a constant part (read-out), together
    ``noise`` at mid-grey; ``key`` seeds it.
    """
    size = light.shape[0]
    light = light * np.float32(2.0 ** float(sensor["exposure_ev"]))
    light = blurred(light, float(sensor["blur_px"]) * size / BLUR_REFERENCE_PX)
    luma = (light @ LUMA)[..., None]
    light = np.maximum(luma + (light - luma) * np.float32(sensor["saturation"]), 0.0)
    encoded = tone_curve(light)
    strength = np.float32(sensor["noise"])
    if strength > 0:
        spread = np.sqrt(0.5 + 0.5 * encoded / tone_curve(np.array(MID_GREY, np.float32)))
        encoded = encoded + strength * spread * _normal(key, light.shape)
    pixels = (np.clip(encoded, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=round(float(sensor["jpeg_quality"])), subsampling=0)
    return file.getvalue()


def tone_curve(light: np.ndarray) -> np.ndarray:
    """sRGB's curve (IEC 61966-2-1), with highlights rolled off instead of clipped at 1."""
    rolled = rolled_off(light)
    return np.where(rolled <= 0.0031308, rolled * 12.92, 1.055 * np.maximum(rolled, 1e-8) ** (1 / 2.4) - 0.055)


def rolled_off(light: np.ndarray) -> np.ndarray:
    """Linear light that from ``SHOULDER`` on nears 1 without reaching it."""
    over = np.maximum(light - SHOULDER, 0.0)
    room = 1.0 - SHOULDER
    return np.where(light > SHOULDER, SHOULDER + room * (1.0 - np.exp(-over / room)), light)


def _normal(key: int, shape: tuple[int, ...]) -> np.ndarray:
    """Standard normal noise to 3.4 standard deviations: sums of four 16-bit numbers of raw Philox bits (Irwin-Hall).

    In whole numbers up to the last step, so that every processor and version of NumPy has the same noise.
    """
    bits = np.random.Philox(key=key).random_raw(int(np.prod(shape)))
    sums = bits.view(np.uint16).reshape(-1, 4).sum(axis=1, dtype=np.int32)
    return ((sums - 2 * 65535) / np.float32(65536 / np.sqrt(3.0))).astype(np.float32).reshape(shape)
