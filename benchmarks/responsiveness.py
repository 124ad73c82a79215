"""How late Blender's interface is while jobs run: an operator every 0.1 s, in a windowed Blender on software GL.

    .venv/bin/python benchmarks/responsiveness.py

Drives a real Blender as tests/gui does (SIMREAL_REAL_BLENDER), and prints a row for each phase: nothing going on, a
contact sheet, a render job of 280 images, a training job. While a phase lasts nothing looks at the screen: reading it
takes processors too; the end of a job is told by Blender's log.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.archive import build_archive  # noqa: E402
from tests.gui.designer import Designer  # noqa: E402
from tests.gui.opening import opened  # noqa: E402
from tests.gui.training_python import training_python  # noqa: E402

PROBE = Path(__file__).with_name("responsiveness_probe.py")
IDLE_S, SHEET_S, PATIENCE_S = 20.0, 15.0, 900.0
SETTLING_S = 3.0  # after the last look at the screen


def main() -> None:
    parser = argparse.ArgumentParser(description="Lateness of Blender's interface while jobs run")
    parser.add_argument("--shots", type=Path, default=ROOT / "build" / "responsiveness", help="folder for photographs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls = folder / "calls.txt"
        archive, program = build_archive(folder / "dist"), training_python(folder / "python")
        with opened(folder, archive, given.shots, "--python", str(PROBE), "--", str(calls)) as designer:
            phases = work(designer, program)
        report(phases, np.loadtxt(calls))


def work(designer: Designer, program: Path) -> dict[str, tuple[float, float]]:
    """Go through the phases. Returns when each began and ended, in seconds since the epoch."""
    sidebar = designer.sidebar
    designer.load_preset("Starter")
    sidebar.close("Design")
    sidebar.close("Factors")
    phases = {"idle": during(lambda: time.sleep(IDLE_S))}
    sidebar.press("Contact Sheet")
    phases["contact sheet"] = during(lambda: time.sleep(SHEET_S))
    sidebar.press("Images per Class")
    sidebar.press("Render 280 Images")
    phases["render"] = during(lambda: told(designer, "Render Starter:"))
    sidebar.close("Render")  # it too has something "Advanced"
    designer.choose_training_python(program)
    designer.leave_preferences()
    sidebar.press("Train", under="Advanced")
    phases["train"] = during(lambda: told(designer, "Train on Starter:"))
    designer.screen.shot("trained")
    return phases


def during(wait: Callable[[], None]) -> tuple[float, float]:
    time.sleep(SETTLING_S)
    begin = time.time()
    wait()
    return begin, time.time()


def told(designer: Designer, text: str) -> None:
    """Wait until Blender's log says that a job has ended."""
    deadline = time.monotonic() + PATIENCE_S
    while text not in designer.screen.display.log.read_text(errors="replace"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Blender's log never said '{text}'")
        time.sleep(0.5)


def report(phases: dict[str, tuple[float, float]], calls: np.ndarray) -> None:
    """``calls`` has a row a call: when, in seconds since the epoch, and how many seconds late."""
    print(f"{'phase':14} {'seconds':>7} {'calls':>6}   {'p50':>6} {'p99':>6} {'max':>6}  ms late")
    for name, (begin, end) in phases.items():
        late = 1000 * calls[(calls[:, 0] >= begin) & (calls[:, 0] <= end), 1]
        p50, p99 = np.percentile(late, (50, 99))
        print(f"{name:14} {end - begin:7.0f} {len(late):6}   {p50:6.0f} {p99:6.0f} {late.max():6.0f}")


if __name__ == "__main__":
    main()
