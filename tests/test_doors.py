"""Three doors, one implementation: pip's command, the installed extension's, and headless.py make the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from simreal.datasets.finishing import data_hash

from .gui.display import REAL_BLENDER
from .test_extension import BLENDER, ROOT, python  # noqa: F401 (a fixture)

RENDER = [
    "--split",
    "train",
    "--count",
    "6",
    "--resolution",
    "48",
    "--samples",
    "4",
    "--workers",
    "1",
    "--device",
    "cpu",
]


@pytest.fixture
def design(kit: Path, tmp_path: Path) -> Path:
    """Kit models and maps, and starter models, in one small design."""
    from simreal.commands import main

    path = tmp_path / "doors.simreal.json"
    folders = ["--models", str(kit / "models"), "--environments", str(kit / "hdri"), "--classes", "cup,laptop,chair"]
    assert main(["design", "new", *folders, "--out", str(path)]) == 0
    document = json.loads(path.read_text())
    document["classes"].append({"name": "table", "weight": 1.0, "models": ["starter:table/01"]})
    path.write_text(json.dumps(document))
    return path


def through(command: list[str], out: Path, home: Path) -> str:
    """The data set's hash after rendering through a door, with user folders of its own."""
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(home), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, "--out", str(out), *RENDER], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return data_hash(out)


@pytest.mark.slow
def test_three_doors_make_the_same_bytes(python: str, archive: Path, design: Path, tmp_path: Path) -> None:  # noqa: F811
    doors = {
        "pip": [python, "-m", "simreal.commands", "render", str(design)],
        "headless": [python, str(ROOT / "headless.py"), "render", str(design)],
        "extension": [python, str(BLENDER / "command_door.py"), str(archive), "render", str(design)],
    }
    hashes = {name: through(command, tmp_path / name, tmp_path / f"{name}-home") for name, command in doors.items()}
    assert len(set(hashes.values())) == 1, hashes


@pytest.mark.slow
@pytest.mark.windowed
def test_the_doors_of_a_real_blender_make_the_same_bytes(archive: Path, design: Path, tmp_path: Path) -> None:
    script = (
        "set -e; zip=$1 design=$2 out=$3 headless=$4; shift 4;"
        'blender --command extension install-file --repo user_default --enable "$zip";'
        'blender --command simreal render "$design" --out "$out/command" "$@";'
        "blender -b --python-exit-code 3 --python "
        '"$headless" -- render "$design" --out "$out/headless" "$@"'
    )
    arguments = [str(archive), str(design), str(tmp_path), str(ROOT / "headless.py"), *RENDER]
    done = subprocess.run(
        [REAL_BLENDER, "exec", "bash", "-c", script, "doors", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert data_hash(tmp_path / "command") == data_hash(tmp_path / "headless")
