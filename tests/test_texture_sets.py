"""Texture sets by the file names of Poly Haven and ambientCG."""

from pathlib import Path

import pytest

from simreal.design.errors import AssetError
from simreal.design.texture_sets import channel_of, pbr_sets


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("rock_05_diff_1k.jpg", ("rock_05", "colour")),
        ("rock_05_nor_gl_1k.exr", ("rock_05", "normal")),
        ("rock_05_nor_dx_4k.png", ("rock_05", "normal_dx")),
        ("rock_05_rough_1k.jpg", ("rock_05", "roughness")),
        ("rock_05_disp_1k.png", ("rock_05", "height")),
        ("rock_05_arm_1k.jpg", ("rock_05", "arm")),
        ("rock_05_ao_1k.jpg", ("rock_05", "occlusion")),
        ("rock_05_metal_1k.jpg", ("rock_05", "metallic")),
        ("Rock023_1K-JPG_Color.jpg", ("Rock023_1K-JPG", "colour")),
        ("Rock023_1K-JPG_NormalGL.jpg", ("Rock023_1K-JPG", "normal")),
        ("Rock023_1K-JPG_NormalDX.jpg", ("Rock023_1K-JPG", "normal_dx")),
        ("Rock023_1K-JPG_Roughness.jpg", ("Rock023_1K-JPG", "roughness")),
        ("Rock023_1K-JPG_Metalness.jpg", ("Rock023_1K-JPG", "metallic")),
        ("Rock023_1K-JPG_Displacement.jpg", ("Rock023_1K-JPG", "height")),
        ("Rock023_1K-JPG_AmbientOcclusion.jpg", ("Rock023_1K-JPG", "occlusion")),
    ],
)
def test_channels_are_known_by_name(file: str, expected: tuple[str, str]) -> None:
    assert channel_of(file) == expected


@pytest.mark.parametrize(
    "file", ["Rock023.png", "diff.jpg", "rock_05_diff_1k.blend", "holiday_photo.jpg", "Rock023_1K.mtlx"]
)
def test_other_files_belong_to_no_set(file: str) -> None:
    assert channel_of(file) is None


def test_sets_are_found_in_subfolders_and_sorted(tmp_path: Path) -> None:
    for name in (
        "stones/rock_05_diff_1k.jpg",
        "stones/rock_05_rough_1k.jpg",
        "stones/rock_05_nor_gl_1k.jpg",
        "Bark001/Bark001_2K-PNG_Color.png",
        "Bark001/Bark001_2K-PNG_Displacement.png",
        "Bark001/Bark001.png",
        "stones/lonely_rough_1k.jpg",
        "notes.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    bark, rock = pbr_sets(tmp_path)
    assert bark.name == "Bark001_2K-PNG"
    assert bark.height == tmp_path / "Bark001" / "Bark001_2K-PNG_Displacement.png"
    assert rock.name == "rock_05"
    assert (rock.colour.name, rock.roughness and rock.roughness.name) == ("rock_05_diff_1k.jpg", "rock_05_rough_1k.jpg")
    assert rock.metallic is None


def test_of_several_resolutions_one_is_taken(tmp_path: Path) -> None:
    for name in ("rock_05_diff_1k.jpg", "rock_05_diff_4k.jpg"):
        (tmp_path / name).touch()
    assert [found.colour.name for found in pbr_sets(tmp_path)] == ["rock_05_diff_1k.jpg"]


def test_a_folder_without_sets_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="no texture set"):
        pbr_sets(tmp_path)
    with pytest.raises(AssetError, match="no texture folder"):
        pbr_sets(tmp_path / "missing")
