"""From light to pixels: exposure, tone, noise, colour; pure NumPy."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from simreal.rendering.backgrounds import blurred, defocus_px, linear, plain_background
from simreal.rendering.developing import develop, tone_curve

SENSOR = {"exposure_ev": 0.0, "noise": 0.0, "blur_px": 0.0, "saturation": 1.0, "jpeg_quality": 95.0}


def developed(light: np.ndarray, key: int = 1, **sensor: float) -> np.ndarray:
    jpeg = develop(light.astype(np.float32), {**SENSOR, **sensor}, key)
    return np.asarray(Image.open(io.BytesIO(jpeg)), float)


def grey(value: float, size: int = 64) -> np.ndarray:
    return np.full((size, size, 3), value, np.float32)


@given(st.floats(0, 100), st.floats(0, 100))
def test_more_light_is_never_darker(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert tone_curve(np.float32(low)) <= tone_curve(np.float32(high)) <= 1.0


def test_the_tone_curve_is_srgb_below_its_shoulder() -> None:
    encoded = np.linspace(0, 0.7, 50)
    assert np.allclose(tone_curve(linear(encoded)), encoded, atol=1e-5)


def test_a_stop_doubles_the_light() -> None:
    assert np.allclose(developed(grey(0.1), exposure_ev=1.0), developed(grey(0.2)), atol=1)


def test_noise_has_the_strength_that_was_asked_for_and_its_own_seed() -> None:
    still, noisy = developed(grey(0.18)), developed(grey(0.18), noise=0.05, jpeg_quality=100)
    assert (noisy - still).std() / 255 == pytest.approx(0.05, rel=0.15)
    assert np.array_equal(noisy, developed(grey(0.18), noise=0.05, jpeg_quality=100))
    assert not np.array_equal(noisy, developed(grey(0.18), key=2, noise=0.05, jpeg_quality=100))


def test_no_saturation_is_grey() -> None:
    light = np.broadcast_to(np.array([0.6, 0.2, 0.1], np.float32), (32, 32, 3))
    picture = developed(light, saturation=0.0)
    assert picture.std(axis=-1).max() <= 2


def test_blur_keeps_the_light_and_spreads_it() -> None:
    light = np.zeros((65, 65, 3), np.float32)
    light[32, 32] = 1.0
    spread = blurred(light, 3.0)
    assert spread.sum() == pytest.approx(3.0, rel=1e-4)
    assert spread.max() < 0.03
    distance = (np.arange(65) - 32.0) ** 2
    assert (spread[..., 0].sum(axis=0) * distance).sum() == pytest.approx(9.0, rel=0.05)


def test_defocus_follows_the_thin_lens() -> None:
    assert defocus_px(50, 2.0, 5.0, 360) == pytest.approx(50**2 / (2 * 4950) / 36 * 180)
    assert defocus_px(50, 16, 5.0, 128) < 0.1


@pytest.mark.parametrize("kind", ["white", "none", "flat", "gradient"])
def test_plain_backgrounds(kind: str) -> None:
    values = {
        "kind": kind,
        "hue": 0.0,
        "saturation": 1.0,
        "value": 0.5,
        "gradient_value": 0.1,
        "gradient_angle_deg": 270.0,
    }
    picture = plain_background(values, 16)
    assert picture.shape == (16, 16, 3) and np.isfinite(picture).all()
    if kind == "gradient":
        assert picture[0, 0, 0] > picture[-1, 0, 0]
    elif kind == "flat":
        assert picture[0, 0] == pytest.approx([float(linear(np.float32(0.5))), 0, 0])
    else:
        assert picture.std() < 1e-6
