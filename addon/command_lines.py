"""The command lines that jobs run: Simreal's own verbs, in Blender's Python or in the training Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bpy

from ..design.errors import ToolError
from .jobs import runner_python
from .preferences import Settings

HEADLESS = Path(__file__).resolve().parent.parent / "headless.py"


def in_blenders_python(*arguments: str | Path) -> tuple[str, ...]:
    """A verb run by the Python that Blender comes with: it starts at once, and Ctrl-C reaches it."""
    return _command(runner_python(), arguments)


def rendering(*arguments: str | Path) -> tuple[str, ...]:
    """A verb whose workers are this very Blender."""
    return in_blenders_python(*arguments, *own_blender())


def training(settings: Settings, *arguments: str | Path) -> tuple[str, ...]:
    """A verb run by the training Python. ToolError where the preferences name none that is there."""
    program = settings.training_python
    if not program:
        raise ToolError("training needs a Python with PyTorch: name it in Preferences > Add-ons > Simreal")
    if not Path(program).is_file():
        raise ToolError(f"{program}: there is no such training Python; name another in Preferences > Add-ons > Simreal")
    return _command(program, arguments)


def own_blender() -> tuple[str, ...]:
    """``--blender PATH`` of the Blender this runs in; nothing in pip's bpy, where the Python itself renders."""
    return () if bpy.app.module else ("--blender", bpy.app.binary_path)


def _command(program: str, arguments: Sequence[str | Path]) -> tuple[str, ...]:
    return (program, str(HEADLESS), *(str(argument) for argument in arguments), "--messages")
