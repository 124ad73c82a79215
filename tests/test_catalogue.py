"""Scanning libraries: what a folder of models, environment maps or photos is understood as, and what is left out."""

import os
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from simreal.design.catalogue import (
    blend_models,
    join_fragment,
    scan_environments,
    scan_models,
    scan_photos,
    split_fragment,
)
from simreal.design.environments_catalogue import BUILTIN_ENVIRONMENTS, builtin_environment
from simreal.design.errors import AssetError
from simreal.design.shapenet import SYNSETS, synset_name

HDR = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 2\n" + bytes(8)


def files(root: Path, *paths: str, content: bytes = b"x") -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def reasons(catalogue) -> dict[str, str]:
    return {one.path: one.reason for one in catalogue.skipped}


def test_classes_hold_files_folders_and_deep_folders(tmp_path: Path) -> None:
    files(tmp_path, "cup/mug.obj", "cup/mug.mtl", "cup/espresso/espresso.glb", "lamp/desk/source/v2/lamp.fbx")
    catalogue = scan_models(tmp_path)
    assert catalogue.classes == {
        "cup": ("cup/espresso/espresso.glb", "cup/mug.obj"),
        "lamp": ("lamp/desk/source/v2/lamp.fbx",),
    }
    assert catalogue.skipped == ()


def test_kit(kit: Path) -> None:
    catalogue = scan_models(kit / "models")
    assert sum(len(models) for models in catalogue.classes.values()) == 66
    assert list(catalogue.classes) == sorted(path.name for path in (kit / "models").iterdir())
    assert catalogue.classes["laptop"] == ("laptop/apple-ibook-2001/apple-ibook-2001.obj", "laptop/laptop/laptop.obj")
    assert len(scan_environments(kit / "hdri").files) == 18
    assert len(scan_photos(kit / "photos").files) == 300


def test_main_file_of_a_model_folder(tmp_path: Path) -> None:
    """The best format; then the file named like the folder; then the largest."""
    files(tmp_path, "car/a/a.obj", "car/a/other.glb", "car/b/B.obj", "car/b/huge.obj", "car/c/p.obj")
    files(tmp_path, "car/b/huge.obj", "car/c/q.obj", content=b"much larger")
    assert scan_models(tmp_path).classes["car"] == ("car/a/other.glb", "car/b/B.obj", "car/c/q.obj")


def test_one_model_in_two_formats_counts_once(tmp_path: Path) -> None:
    catalogue = scan_models(files(tmp_path, "chair/x.obj", "chair/x.glb", "chair/y.stl"))
    assert catalogue.classes["chair"] == ("chair/x.glb", "chair/y.stl")
    assert reasons(catalogue) == {"chair/x.obj": "another format of x.glb"}


def test_shapenet_synsets_become_names(tmp_path: Path) -> None:
    files(tmp_path, "02691156/10155655/models/model_normalized.obj", "02691156/10155655/images/texture0.jpg")
    files(tmp_path, "03790512/f00/models/model_normalized.obj", "99999999/f01/models/model_normalized.obj")
    files(tmp_path, "02691156/broken/images/texture0.jpg", "taxonomy.json")
    assert scan_models(tmp_path).classes == {
        "99999999": ("99999999/f01/models/model_normalized.obj",),
        "airplane": ("02691156/10155655/models/model_normalized.obj",),
        "motorcycle": ("03790512/f00/models/model_normalized.obj",),
    }
    assert len(SYNSETS) == 55
    assert len(set(SYNSETS.values())) == 55
    assert synset_name("12345678") == "12345678"


def test_flat_folder_is_one_class(tmp_path: Path) -> None:
    files(tmp_path / "teapots", "a.glb", "b.stl", "textures/wood.png")
    assert scan_models(tmp_path / "teapots").classes == {"teapots": ("a.glb", "b.stl")}


def test_unusable_files_are_listed_not_fatal(tmp_path: Path) -> None:
    files(tmp_path, "cup/good.obj", "cup/._good.obj", "cup/old.3ds", ".git/x.obj", "stray.obj", "cup/none/notes.xyz")
    files(tmp_path, "cup/zero.glb", "bowl/zero.obj", content=b"")
    files(tmp_path, "cup/big.stl", content=bytes(2000))
    catalogue = scan_models(tmp_path, max_bytes=1500)
    assert catalogue.classes == {"cup": ("cup/good.obj",)}
    assert reasons(catalogue) == {
        ".git": "hidden folder",
        "bowl": "no usable model in this class",
        "bowl/zero.obj": "empty file",
        "cup/._good.obj": "hidden file",
        "cup/big.stl": "0 MB, more than the limit of 0 MB",
        "cup/none/notes.xyz": "the format .xyz is not supported",
        "cup/old.3ds": "the format .3ds is not supported",
        "cup/zero.glb": "empty file",
        "stray.obj": "lies outside the class folders",
    }


def test_symbolic_links(tmp_path: Path) -> None:
    """Links are followed, but not in circles, and broken ones are listed."""
    files(tmp_path / "elsewhere", "mug/mug.obj")
    library = files(tmp_path / "library", "cup/a.obj")
    (library / "cup" / "linked").symlink_to(tmp_path / "elsewhere" / "mug")
    (library / "cup" / "loop").symlink_to(library)
    (library / "cup" / "broken").symlink_to(tmp_path / "gone")
    catalogue = scan_models(library)
    assert catalogue.classes == {"cup": ("cup/a.obj", "cup/linked/mug.obj")}
    assert reasons(catalogue) == {
        "cup/broken": "cannot be read (No such file or directory)",
        "cup/loop": "a symbolic link to a folder it lies in",
    }


def test_unreadable_folder_is_listed() -> None:
    nobody = 65534
    with tempfile.TemporaryDirectory() as name:  # not tmp_path, whose parents are closed to others than who runs pytest
        library = Path(name)
        files(library, "cup/a.obj", "cup/locked/b.obj")
        locked = library / "cup" / "locked"
        library.chmod(0o755)
        locked.chmod(0)
        root = os.geteuid() == 0
        try:
            if root:  # who may read everything
                os.seteuid(nobody)
            assert reasons(scan_models(library)) == {"cup/locked": "cannot be read (Permission denied)"}
        finally:
            if root:
                os.seteuid(0)
            locked.chmod(0o700)


def test_nothing_usable_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="there is no such folder"):
        scan_models(tmp_path / "missing")
    with pytest.raises(AssetError, match=r"no model found; it should have a folder per class with \.blend"):
        scan_models(tmp_path)
    files(tmp_path, "cup/a.obj", content=b"")
    with pytest.raises(AssetError, match=r"no model found; skipped cup: .*; cup/a\.obj: empty file"):
        scan_models(tmp_path)
    with pytest.raises(AssetError, match="is a file, not a folder"):
        scan_models(tmp_path / "cup" / "a.obj")
    with pytest.raises(AssetError, match="there is no layout 'pile'"):
        scan_models(tmp_path, "pile")  # type: ignore[arg-type]


def test_models_inside_a_blend() -> None:
    catalogue = blend_models("lib/props.blend", {"cups": ("Mug", "Espresso"), "lamps": ()})
    assert catalogue.classes == {"cups": ("lib/props.blend#cups/Espresso", "lib/props.blend#cups/Mug")}
    assert split_fragment("lib/props.blend#cups/Mug") == ("lib/props.blend", "cups/Mug")
    assert split_fragment("odd#name/cup.obj") == ("odd#name/cup.obj", None)
    assert split_fragment(join_fragment("a.blend", "b#c/d")) == ("a.blend", "b#c/d")


def test_environments(tmp_path: Path) -> None:
    files(tmp_path, "b.hdr", "deep/a.HDR", content=HDR)
    files(tmp_path, "zero.hdr", content=b"")
    files(tmp_path, "fake.exr", "notes.txt")
    Image.new("RGB", (1024, 512)).save(tmp_path / "pano.jpg")
    Image.new("RGB", (1024, 768)).save(tmp_path / "photo.jpg")
    catalogue = scan_environments(tmp_path)
    assert catalogue.files == ("b.hdr", "deep/a.HDR")
    assert reasons(catalogue) == {"fake.exr": "is not an OpenEXR file", "zero.hdr": "empty file"}
    assert scan_environments(tmp_path, include_photos=True).files == ("b.hdr", "deep/a.HDR", "pano.jpg")


def test_only_an_empty_environment_map(tmp_path: Path) -> None:
    files(tmp_path, "zero.hdr", content=b"")
    with pytest.raises(AssetError, match=r"no environment map .* skipped zero.hdr: empty file"):
        scan_environments(tmp_path)


def test_builtin_environments(tmp_path: Path) -> None:
    assert "builtin:city.exr" in BUILTIN_ENVIRONMENTS
    with pytest.raises(AssetError, match="no such built-in environment map"):
        builtin_environment("builtin:moon.exr", tmp_path)
    with pytest.raises(AssetError, match="this Blender has no"):
        builtin_environment("builtin:city.exr", tmp_path)
    files(tmp_path, "city.exr")
    assert builtin_environment("builtin:city.exr", tmp_path) == tmp_path / "city.exr"
