"""How an operator ends: errors as reports, and polls that say why a button is disabled."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import bpy

from ..addon.viewport import is_shown
from ..design.errors import SimrealError

SHOWN = "This scene shows an image of a design: leave it first"
Execute = Callable[[Any, bpy.types.Context], set[str]]


def reporting_errors(execute: Execute) -> Execute:
    """An ``execute`` whose SimrealErrors become error reports."""

    @functools.wraps(execute)
    def wrapper(self: Any, context: bpy.types.Context) -> set[str]:
        try:
            return execute(self, context)
        except SimrealError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}

    return wrapper


def can(cls: Any, problem: str) -> bool:
    """The answer of a poll: whether there is no problem; a problem is shown on the disabled button."""
    if problem:
        cls.poll_message_set(problem)
    return not problem


def design_problem(context: bpy.types.Context) -> str:
    """Why there is no design to work with; "" where there is one."""
    state = context.scene.simreal
    if is_shown(context.scene):
        return SHOWN
    if not state.title:
        return "There is no design yet: make one in the panel Design"
    if not any(entry.enabled for entry in state.classes):
        return "No class is switched on"
    return ""


def scene_problem(context: bpy.types.Context) -> str:
    """Why this scene's design cannot be changed; "" where it can."""
    if is_shown(context.scene):
        return SHOWN
    return "" if context.scene.is_editable else "This scene is linked from another file"
