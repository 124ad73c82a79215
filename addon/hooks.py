"""Functions that Blender calls: taken back without a trace when the add-on is disabled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy


def handled(handler: Callable[..., Any], *lists: list[Any]) -> Callable[[], None]:
    """Put a handler into lists of ``bpy.app.handlers``. Returns what takes it out of them."""
    for handlers in lists:
        handlers.append(handler)

    def take_out() -> None:
        for handlers in lists:
            handlers.remove(handler)

    return take_out


def stop_timer(timer: Callable[[], float | None]) -> None:
    """Have Blender not call a timer any more, if it does."""
    if bpy.app.timers.is_registered(timer):
        bpy.app.timers.unregister(timer)
