"""The Blender extension: built, installed as a user would, used, and taken off again, in every Blender there is."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import build_extension
import pytest

from .colour_classifier import COLOURS, RED, picture, run

ROOT = Path(__file__).resolve().parent.parent
BLENDER = ROOT / "tests" / "blender"
BUILDER = ROOT / "tools" / "build_extension.py"
PYTHONS = (
    os.environ["SIMREAL_PYTHONS"].split(os.pathsep)
    if os.environ.get("SIMREAL_PYTHONS")
    else [sys.executable, str(ROOT / ".venv-other" / "bin" / "python")]
)


@pytest.fixture
def scored(tmp_path: Path, colour_model: Path) -> dict[str, Path]:
    """Photos, and what a classifier says of them outside Blender."""
    folder = tmp_path / "outside"
    for name, colour in COLOURS.items():
        picture(folder / "photos" / name / "plain.png", colour)
    picture(folder / "photos" / "blue" / "odd.png", RED)
    assert run("score", colour_model, folder / "photos", "--out", folder / "scores") == 0
    return {
        "model": colour_model,
        "photos": folder / "photos",
        "predictions": folder / "scores" / "predictions.csv",
    }


@pytest.fixture(params=PYTHONS, ids=lambda path: Path(path).parent.parent.name)
def python(request: pytest.FixtureRequest) -> str:
    """A Python with bpy: pip's Blender 4.5 and 5.2."""
    if not Path(request.param).exists():
        pytest.fail(
            f"{request.param} is not there: make an environment with Python 3.13, `pip install -e .[render]`, and "
            f"name the Pythons of both Blenders in SIMREAL_PYTHONS, separated by {os.pathsep!r}"
        )
    return str(request.param)


def check(python: str, script: str, resources: Path, *arguments: object) -> str:
    """Run a script of tests/blender in a Python, with user folders of its own."""
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(resources), "OMP_NUM_THREADS": "1"}
    command = [python, str(BLENDER / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def test_zip_holds_the_packages_and_this_platforms_wheels_only(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        manifest = tomllib.loads(opened.read("blender_manifest.toml").decode())
    tops = {name.partition("/")[0] for name in names}
    assert {"addon", "commands", "datasets", "design", "operators", "panels", "rendering", "scoring"} <= tops
    assert not tops & {"tests", "docs", "benchmarks", "tools", "build", "dist", ".venv", ".git", "Makefile"}
    assert not [name for name in names if "__pycache__" in name]
    assert len(manifest["platforms"]) == 1
    wheels = {Path(wheel).name for wheel in manifest["wheels"]}
    assert wheels == {Path(name).name for name in names if name.endswith(".whl")}
    for python in ("cp311", "cp313", "cp314"):
        found = {wheel.split("-")[0] for wheel in wheels if wheel.split("-")[2] in (python, "py3")}
        assert {"pillow", "onnxruntime", "attrs", "cattrs"} <= found, python


def test_wheels_of_the_machine_are_unpacked_for_headless(archive: Path) -> None:
    for python in ("cp311", "cp313", "cp314"):
        site = ROOT / "build" / "site" / python
        assert all((site / name).is_dir() for name in ("PIL", "attrs", "cattrs", "onnxruntime")), python


def test_every_platform_has_the_same_packages() -> None:
    manifest = tomllib.loads((ROOT / "blender_manifest.toml").read_text())
    for platform in manifest["platforms"]:
        wheels = build_extension.wheels_for(platform, manifest["wheels"])
        pythons = ("cp311",) if platform == "macos-x64" else ("cp311", "cp313", "cp314")
        for python in pythons:
            found = {wheel.split("-")[0] for wheel in wheels if wheel.split("-")[2] in (python, "py3")}
            assert {"pillow", "onnxruntime", "attrs", "cattrs", "pyoidn", "cffi"} <= found, (platform, python)
    assert {Path(wheel).name for wheel in manifest["wheels"]} == {
        wheel
        for platform in manifest["platforms"]
        for wheel in build_extension.wheels_for(platform, manifest["wheels"])
    }


def test_version_and_id_stand_once() -> None:
    manifest = tomllib.loads((ROOT / "blender_manifest.toml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (manifest["id"], manifest["version"]) == (project["name"], project["version"])
    assert all(len(reason) <= 64 and not reason.endswith(".") for reason in manifest["permissions"].values())


def test_wheel_that_no_index_has_is_told() -> None:
    assert build_extension.obtain("attrs-0.0.0-py3-none-any.whl") is False


@pytest.mark.slow
def test_designs_go_into_the_scene_and_come_back(python: str, kit: Path, tmp_path: Path) -> None:
    assert "properties: ok" in check(python, "check_properties.py", tmp_path, kit)


@pytest.mark.slow
def test_every_operator_is_undone_and_redone(python: str, kit: Path, tmp_path: Path) -> None:
    assert "undo: ok" in check(python, "check_undo.py", tmp_path, tmp_path, kit)


@pytest.mark.slow
def test_ten_times_on_and_off_leak_nothing(python: str, scored: dict[str, Path], tmp_path: Path) -> None:
    assert "leaks: none" in check(python, "check_leaks.py", tmp_path, tmp_path, scored["predictions"].parent)


@pytest.mark.slow
def test_installed_extension_works_and_leaves_nothing(
    python: str, archive: Path, scored: dict[str, Path], tmp_path: Path
) -> None:
    assert "installed extension: ok" in check(python, "check_installed.py", tmp_path, archive, *scored.values())
