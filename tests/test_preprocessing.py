"""How a picture becomes a classifier's input: the same everywhere, whatever the file's format."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simreal.datasets.preprocessing import load_rgb, resize_and_crop
from simreal.design.errors import AssetError


def gradient(width: int, height: int) -> Image.Image:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, 255 - x], axis=-1).astype(np.uint8))


@pytest.mark.parametrize("size", [(300, 500), (500, 300), (224, 224), (40, 60), (256, 256), (257, 1000)])
def test_same_pixels_as_torchvision(size):
    v2 = pytest.importorskip("torchvision.transforms.v2")
    image = gradient(*size)
    expected = np.asarray(v2.Compose([v2.Resize(256), v2.CenterCrop(224)])(image))
    np.testing.assert_array_equal(resize_and_crop(image, 256, 224), expected)


@pytest.mark.parametrize("size", [(1, 5000), (5000, 1), (3, 90)])
def test_a_strip_of_any_length_gives_a_square(size):
    assert resize_and_crop(gradient(*size), 64, 56).shape == (56, 56, 3)


@pytest.mark.parametrize(("resize", "crop"), [(64, 65), (64, 0), (0, 0)])
def test_impossible_sizes_are_refused(resize, crop):
    with pytest.raises(ValueError, match="crop_px"):
        resize_and_crop(gradient(10, 10), resize, crop)


def test_exif_orientation_is_applied(tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise to look at it
    gradient(40, 20).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    image = load_rgb(tmp_path / "turned.jpg")
    assert image.size == (20, 40)
    np.testing.assert_allclose(
        np.asarray(image, int), np.asarray(gradient(40, 20).transpose(Image.Transpose.ROTATE_270), int), atol=12
    )


def test_transparent_becomes_white(tmp_path: Path):
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 4, 8))
    image.save(tmp_path / "a.png")
    image.quantize().save(tmp_path / "palette.png")
    image.convert("LA").save(tmp_path / "grey.png")
    image.save(tmp_path / "a.webp", lossless=True)
    for name in ("a.png", "palette.png", "a.webp"):
        pixels = np.asarray(load_rgb(tmp_path / name))
        assert pixels[0, 0].tolist() == [0, 0, 255], name
        assert pixels[0, 7].tolist() == [255, 255, 255], name
    assert np.asarray(load_rgb(tmp_path / "grey.png"))[0, 7].tolist() == [255, 255, 255]


def test_grey_of_8_and_16_bits_agree(tmp_path: Path):
    grey = np.linspace(0, 255, 64).astype(np.uint8).reshape(8, 8)
    Image.fromarray(grey).save(tmp_path / "8.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "16.png")
    assert load_rgb(tmp_path / "8.png").mode == "RGB"
    np.testing.assert_array_equal(np.asarray(load_rgb(tmp_path / "8.png")), np.asarray(load_rgb(tmp_path / "16.png")))


def test_cmyk_jpeg_is_read(tmp_path: Path):
    gradient(16, 16).convert("CMYK").save(tmp_path / "print.jpg")
    assert load_rgb(tmp_path / "print.jpg").mode == "RGB"


@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_damaged_files_are_named(tmp_path: Path, extension: str):
    whole = tmp_path / f"whole.{extension}"
    gradient(200, 200).save(whole)
    data = whole.read_bytes()
    for name, content in {"half": data[: len(data) // 2], "empty": b"", "text": b"not a picture"}.items():
        damaged = tmp_path / f"{name}.{extension}"
        damaged.write_bytes(content)
        with pytest.raises(AssetError, match=damaged.name):
            load_rgb(damaged)


def test_missing_and_folder_are_named(tmp_path: Path):
    with pytest.raises(AssetError, match=r"nothing\.jpg: no such picture"):
        load_rgb(tmp_path / "nothing.jpg")
    with pytest.raises(AssetError, match="not a readable picture"):
        load_rgb(tmp_path)
