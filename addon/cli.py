"""``blender --command simreal ...``: the same command line as everywhere."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from .job_runner import secluded

NAME = "simreal"


def run(arguments: list[str]) -> int:
    """Blender's handler of the command. Returns the exit status."""
    from ..commands import main

    # Blender's own handler of Ctrl-C only sets a flag that nothing here looks at (seen in 4.5 and 5.2).
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    inherited = dict(os.environ)
    try:
        with tempfile.TemporaryDirectory(prefix="simreal-") as folder:
            os.environ.update(secluded(Path(folder)))
            return main(arguments, prog=f"blender --command {NAME}")
    except SystemExit as end:  # argparse: --help, or arguments it does not know
        return end.code if isinstance(end.code, int) else 2
    finally:
        os.environ.clear()
        os.environ.update(inherited)
        signal.signal(signal.SIGINT, previous or signal.SIG_DFL)


def register() -> Callable[[], Any]:
    """Make the command known. Returns what takes it back."""
    handle = bpy.utils.register_cli_command(NAME, run)
    return lambda: bpy.utils.unregister_cli_command(handle)
