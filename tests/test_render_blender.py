"""``simreal render`` with real Blender: the same bytes whatever happens, and inputs that cannot be rendered."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simreal.commands import main
from simreal.datasets.finishing import data_hash
from simreal.datasets.reading import open_data_set

ROOT = Path(__file__).resolve().parent.parent
SMALL = ("--resolution", "32", "--samples", "1")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.blender,
]


@pytest.fixture(scope="module")
def design(kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of the kit."""
    file = tmp_path_factory.mktemp("design") / "two.simreal.json"
    sources = ["--models", str(kit / "models"), "--environments", str(kit / "hdri"), "--classes", "cup,laptop"]
    assert main(["design", "new", *sources, "--out", str(file), "--per-class", "20"]) == 0
    return file


@pytest.fixture(scope="module")
def reference(design: Path) -> Path:
    """The data set of one undisturbed worker."""
    data = design.parent / "reference"
    assert main(["render", str(design), "--out", str(data), *SMALL, "--workers", "1"]) == 0
    return data


def command(design: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, str(ROOT / "headless.py"), "render", str(design), "--out", str(out), *SMALL, *more]


def workers(out: Path) -> list[int]:
    """Process ids of a data set's render workers."""
    job = str(out.resolve() / ".simreal" / "job.json")
    found = subprocess.run(["pgrep", "-f", job], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def commits(out: Path) -> int:
    return len(list(out.glob(".simreal/*/*.jsonl")))


def until(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def test_rows_tell_what_is_seen(reference: Path):
    data = open_data_set(reference)
    assert data.classes == ("cup", "laptop")
    rows = data.rows("train")
    assert len(rows) == 40
    assert {row["class"] for row in rows[:2]} == {"cup", "laptop"}, "classes are balanced in blocks"
    for row in rows:
        assert row["model"].startswith(f"models:{row['class']}/")
        assert row["bbox"] is not None, "the object is at least partly visible"
        assert 0 < row["coverage"] < 1
    assert all(row["background.kind"] == "none" for row in data.rows("test_iid_wo_bg"))


def test_two_workers_and_the_headless_door_make_the_same_bytes(design: Path, reference: Path):
    out = design.parent / "headless"
    subprocess.run(command(design, out, "--workers", "2"), check=True, capture_output=True)
    assert data_hash(out) == data_hash(reference)


def test_the_same_bytes_after_workers_and_parent_are_killed(design: Path, reference: Path):
    out = design.parent / "killed"
    process = subprocess.Popen(command(design, out, "--workers", "1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: commits(out) >= 1)
    os.kill(workers(out)[0], signal.SIGKILL)
    until(lambda: commits(out) >= 2)
    process.kill()
    process.communicate(timeout=30)
    until(lambda: not workers(out))
    assert main(["render", str(design), "--out", str(out), *SMALL]) == 0
    assert data_hash(out) == data_hash(reference)


def refused(capsys: pytest.CaptureFixture, design: Path, *more: str) -> str:
    """The one line of an error; the data set's folder must not be there afterwards."""
    out = design.parent / "never"
    assert main(["render", str(design), "--out", str(out), *SMALL, *more]) == 2
    assert not out.exists()
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("simreal: ")]
    assert len(lines) == 1
    return lines[0]


@pytest.fixture
def own(kit: Path, tmp_path: Path) -> Path:
    """A design over copies of a few of the kit's files, which a test may damage."""
    for name in ("cup/coffee-mug", "laptop/laptop"):
        shutil.copytree(kit / "models" / name, tmp_path / "models" / name)
    (tmp_path / "hdri").mkdir()
    for name in ("city", "sky"):
        shutil.copy(kit / "hdri" / f"{name}.exr", tmp_path / "hdri")
    file = tmp_path / "own.simreal.json"
    sources = ["--models", str(tmp_path / "models"), "--environments", str(tmp_path / "hdri")]
    assert main(["design", "new", *sources, "--out", str(file), "--per-class", "2"]) == 0
    return file


def test_a_class_without_a_readable_model(own: Path, capsys: pytest.CaptureFixture):
    model = next((own.parent / "models" / "cup").rglob("*.obj"))
    model.write_bytes(b"v 1 2")
    line = refused(capsys, own)
    assert "class 'cup'" in line
    assert model.name in line


def test_an_empty_environment_map(own: Path, capsys: pytest.CaptureFixture):
    (own.parent / "hdri" / "sky.exr").write_bytes(b"")
    assert "sky.exr" in refused(capsys, own)


def test_a_missing_folder(own: Path, capsys: pytest.CaptureFixture):
    shutil.rmtree(own.parent / "models")
    assert f"there is no folder {own.parent / 'models'}" in refused(capsys, own)


def test_a_damaged_model_among_others_is_replaced(own: Path, capsys: pytest.CaptureFixture):
    document = json.loads(own.read_text())
    (own.parent / "models" / "cup" / "bad.glb").write_bytes(b"glTF\x02\0\0\0")
    document["classes"][0]["models"].append("models:cup/bad.glb")
    own.write_text(json.dumps(document))
    out = own.parent / "data"
    assert main(["render", str(own), "--out", str(out), *SMALL]) == 0
    assert "bad.glb" in capsys.readouterr().err
    rows = open_data_set(out).rows("train")
    assert {row["model"] for row in rows if row["class"] == "cup"} == {"models:cup/coffee-mug/coffee-mug.obj"}


def test_a_gpu_that_is_not_there(own: Path, capsys: pytest.CaptureFixture):
    if Path("/dev/nvidiactl").exists():
        pytest.skip("there is one")
    assert "Cycles finds no optix device here" in refused(capsys, own, "--device", "optix")


def test_the_collections_of_a_blend_are_classes(tmp_path: Path):
    make = """
import bpy, sys
bpy.ops.wm.read_factory_settings(use_empty=True)
for name, add in (("ball", bpy.ops.mesh.primitive_uv_sphere_add), ("box", bpy.ops.mesh.primitive_cube_add)):
    collection = bpy.data.collections.new(name)
    for number in range(2):
        add()
        bpy.context.object.name = f"{name} {number}"
        collection.objects.link(bpy.context.object)
    bpy.context.scene.collection.children.link(collection)
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[1])
"""
    blend, file, out = tmp_path / "library.blend", tmp_path / "library.simreal.json", tmp_path / "data"
    subprocess.run([sys.executable, "-c", make, str(blend)], check=True, capture_output=True)
    new = [sys.executable, str(ROOT / "headless.py"), "design", "new", "--models", str(blend), "--out", str(file)]
    subprocess.run([*new, "--per-class", "2"], check=True, capture_output=True)
    assert main(["render", str(file), "--out", str(out), *SMALL]) == 0
    rows = open_data_set(out).rows("train")
    assert {row["class"] for row in rows} == {"ball", "box"}
    assert "models:library.blend#ball/ball 0" in {row["model"] for row in rows}
