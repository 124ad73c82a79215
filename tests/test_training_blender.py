"""The training environment and the Train panel in Blender, on whichever version this Python has."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .shapes import rendered
from .tiny_wheels import tiny_wheels

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.blender
@pytest.mark.slow
def test_an_environment_is_created_from_blender_and_a_classifier_trained(tmp_path: Path) -> None:
    own = sys.executable if importlib.util.find_spec("torch") else str(ROOT / ".venv" / "bin" / "python")
    data = rendered(tmp_path / "data", {"train": 24, "test_iid": 6})
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment |= {
        "BLENDER_USER_RESOURCES": str(tmp_path / "user"),
        "OMP_NUM_THREADS": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tiny_wheels(tmp_path / "wheels")),
    }
    command = [sys.executable, str(ROOT / "tests" / "blender" / "check_training.py"), str(data), own]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert "training: ok" in done.stdout, (done.stdout + done.stderr)[-4000:]
