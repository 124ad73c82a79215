"""The extension's zip, built as `make extension` does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BUILDER = Path(__file__).resolve().parent.parent / "tools" / "build_extension.py"


def build_archive(out: Path) -> Path:
    """Build the zip for this machine into a folder. Returns it."""
    command = [sys.executable, str(BUILDER), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = out.glob("*.zip")
    return path
