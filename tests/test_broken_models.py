"""A folder in which nearly every model is broken: each is told in a line, and the data set is made of what is whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simreal.design.document import save
from simreal.design.starting import Sources, start_design

from .model_files import export
from .test_models import BROKEN, write

pytestmark = pytest.mark.blender
HEADLESS = Path(__file__).resolve().parent.parent / "headless.py"


def simreal(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HEADLESS), *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_each_broken_model_is_told_and_the_rest_is_rendered(tmp_path: Path) -> None:
    readable = {name: content for name, (content, _) in BROKEN.items() if not name.endswith(".max")}
    assert len(readable) >= 20
    for name, content in readable.items():
        folder = tmp_path / "models" / "tower" / name.replace(".", "_")
        write(folder / name, content)
    export(tmp_path / "models" / "tower" / "whole.glb")
    made = simreal("design", "new", "--models", tmp_path / "models", "--out", tmp_path / "d.simreal.json")
    assert made.returncode == 0, made.stderr

    done = simreal(
        *("preview", tmp_path / "d.simreal.json", "--out", tmp_path / "sheet.png"),
        *("--images", 8 * len(readable), "--resolution", 8, "--samples", 1, "--denoiser", "none"),
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Traceback" not in said
    lines = (made.stdout + made.stderr + said).splitlines()
    for name in readable:
        told = [line for line in lines if f"/{name}" in line.replace(os.sep, "/")]
        assert len(told) == 1, (name, lines)


def test_class_without_a_whole_model_is_refused_by_name(tmp_path: Path) -> None:
    for name in ("cut.glb", "prose.fbx", "nan.obj"):
        write(tmp_path / "models" / "ruin" / name.replace(".", "_") / name, BROKEN[name][0])
    started = start_design(Sources(models=tmp_path / "models"), "ruins", tmp_path)
    save(started.design, tmp_path / "d.simreal.json")
    done = simreal("render", tmp_path / "d.simreal.json", "--out", tmp_path / "data")
    assert done.returncode == 2
    assert "class 'ruin': no model of the class can be read" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()
    assert json.loads((tmp_path / "d.simreal.json").read_text())["classes"][0]["name"] == "ruin"
