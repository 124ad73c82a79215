"""How a render worker is started on this machine, and how many of them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from ..design.errors import ToolError
from .seats import Seat

HEADLESS = Path(__file__).resolve().parent.parent / "headless.py"
WORKER_BYTES = 1_200_000_000
GPU_FILES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dri")


def worker_command(job: Path, seat: Seat, blender: Path | None = None) -> tuple[str, ...]:
    """The command line of a render worker on a seat. ToolError if there is nothing here that renders."""
    return rendering_command(("worker", *seat.options(), str(job)), blender)


def rendering_command(verb: Sequence[str], blender: Path | None = None) -> tuple[str, ...]:
    """The command line that runs one of Simreal's verbs, with its arguments, where bpy is.

    Of these the first there is: the ``blender`` named, the Blender this runs in, this Python if it can import bpy,
    ``blender`` on PATH. ToolError if there is none.
    """
    program = str(blender) if blender else _own_blender()
    if blender and shutil.which(program) is None:
        raise ToolError(f"{blender}: there is no such program; --blender must name Blender's executable")
    if not program and importlib.util.find_spec("bpy"):
        return (sys.executable, str(HEADLESS), *verb)
    program = program or shutil.which("blender") or ""
    if not program:
        raise ToolError(
            'rendering needs Blender: `pip install "simreal[render]"`, or install Blender 4.5 or newer, '
            "or say where it is with --blender PATH"
        )
    options = ("--background", "--factory-startup", "--python-exit-code", "1", "--python", str(HEADLESS))
    return (program, *options, "--", *verb)


def gpu_possible() -> bool:
    """Whether Cycles could find a GPU here: False only where the system shows there is none."""
    return not sys.platform.startswith("linux") or any(Path(file).exists() for file in GPU_FILES)


def available_cores() -> int:
    """CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_bytes() -> int:
    """Memory that can be used without swapping; where the system does not tell, half of what is built in, or 8 GB."""
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return 8_000_000_000


def _own_blender() -> str:
    """The Blender this code runs inside, "" in an ordinary Python (also in one that has imported pip's bpy)."""
    bpy = sys.modules.get("bpy")
    return str(bpy.app.binary_path) if bpy is not None and not bpy.app.module else ""
