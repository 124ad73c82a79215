"""Scored photos in Blender, on whichever version this Python has: a thousand real photos through real jobs."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PHOTOS = 1000


@pytest.mark.blender
@pytest.mark.slow
def test_photos_are_scored_listed_looked_at_and_found_again(kit: Path, tmp_path: Path) -> None:
    files = sorted((kit / "photos").rglob("*.jpg"))
    for number in range(PHOTOS):
        file = files[number % len(files)]
        link = tmp_path / "photos" / file.parent.name / f"{number}.jpg"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file)
    mug = tmp_path / "photos" / "mug"
    mug.mkdir()
    (mug / "mug.jpg").symlink_to(next((kit / "photos" / "cup").iterdir()))
    (mug / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    classes = ",".join(sorted({file.parent.name for file in files}))
    own = sys.executable if importlib.util.find_spec("onnx") else str(ROOT / ".venv" / "bin" / "python")
    making = [own, "-m", "tests.blender.random_classifier", str(tmp_path / "model.onnx"), classes]
    subprocess.run(making, check=True, cwd=ROOT)
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "user"), "OMP_NUM_THREADS": "1"}
    script = ROOT / "tests" / "blender" / "check_scores.py"
    command = [sys.executable, str(script), str(tmp_path), str(PHOTOS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert "scores: ok" in done.stdout, (done.stdout + done.stderr)[-4000:]
