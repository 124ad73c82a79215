"""``blender --command simreal ...``: the same command line as everywhere."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import bpy

NAME = "simreal"


def run(arguments: list[str]) -> int:
    """Blender's handler of the command. Returns the exit status."""
    from ..commands import main

    # Blender's own handler of Ctrl-C only sets a flag that nothing here looks at (seen in 4.5 and 5.2).
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return main(arguments, prog=f"blender --command {NAME}")
    except SystemExit as end:  # argparse: --help, or arguments it does not know
        return end.code if isinstance(end.code, int) else 2
    finally:
        signal.signal(signal.SIGINT, previous or signal.SIG_DFL)


def register() -> Callable[[], Any]:
    """Make the command known. Returns what takes it back."""
    handle = bpy.utils.register_cli_command(NAME, run)
    return lambda: bpy.utils.unregister_cli_command(handle)
