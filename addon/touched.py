"""Telling that a design was changed: every property of a design has ``touched`` as its ``update``.

Listeners are called for every single property, so they must do next to nothing: note it, and act on a timer. Undo
changes properties without telling (``bpy.app.handlers.undo_post`` does).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import bpy

from .hooks import handled

Listener = Callable[[bpy.types.Scene], None]

_listeners: list[Listener] = []


def touched(group: Any, _context: Any = None) -> None:
    """Tell the listeners that something below ``Scene.simreal`` has changed."""
    for listener in tuple(_listeners):
        listener(group.id_data)


def listen(listener: Listener) -> Callable[[], None]:
    """Have ``listener`` called with the scene whose design changes. Returns what ends it, for unregistering."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def forgotten(forget: Callable[..., None]) -> Callable[[], None]:
    """Have ``forget``, a persistent handler, called whenever a design may have changed: by a property, undo, redo or
    another file. Returns what ends it, for unregistering, and forgets a last time."""
    with ExitStack() as stack:
        stack.callback(forget)
        handlers = bpy.app.handlers
        stack.callback(handled(forget, handlers.undo_post, handlers.redo_post, handlers.load_post))
        stack.callback(listen(forget))
        return stack.pop_all().close
