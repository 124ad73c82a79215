"""The command lines that jobs run: Simreal's own verbs, in Blender's Python or in the training Python.

They name programs by words, which become paths when a job starts or is resumed: so a job from yesterday goes on with
the Blender and the training environment of today.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bpy

from ..design.errors import ToolError
from .job_board import runner_python
from .jobs import Order
from .preferences import Settings
from .training_check import program_problem

HEADLESS = Path(__file__).resolve().parent.parent / "headless.py"
PYTHON, TRAINING_PYTHON, SIMREAL, BLENDER = "{python}", "{training python}", "{simreal}", "{blender}"


def in_blenders_python(*arguments: str | Path) -> tuple[str, ...]:
    """A verb run by the Python that Blender comes with: it starts at once, and Ctrl-C reaches it."""
    return _command(PYTHON, arguments)


def rendering(*arguments: str | Path) -> tuple[str, ...]:
    """A verb whose workers are this very Blender."""
    return in_blenders_python(*arguments, *own_blender())


def training(settings: Settings, *arguments: str | Path) -> tuple[str, ...]:
    """A verb run by the training Python. ToolError where the preferences name none that is there."""
    training_program(settings)
    return _command(TRAINING_PYTHON, arguments)


def training_program(settings: Settings) -> str:
    """The training Python. ToolError where the preferences name none that is there."""
    problem = program_problem(settings.training_python)
    if problem:
        raise ToolError(problem)
    return settings.training_python


def own_blender() -> tuple[str, ...]:
    """``--blender PATH`` of the Blender this runs in; nothing in pip's bpy, where the Python itself renders."""
    return () if bpy.app.module else ("--blender", BLENDER)


def programs(order: Order, settings: Settings) -> dict[str, str]:
    """What the words in an order's steps stand for now. ToolError where a program is not there."""
    known = {PYTHON: runner_python(), SIMREAL: str(HEADLESS), BLENDER: bpy.app.binary_path}
    if any(TRAINING_PYTHON in step for step in order.steps):
        known[TRAINING_PYTHON] = training_program(settings)
    return known


def _command(program: str, arguments: Sequence[str | Path]) -> tuple[str, ...]:
    verb, *others = (str(argument) for argument in arguments)
    return (program, SIMREAL, verb, "--messages", *others)  # before the verb's own verbs, if it has any
