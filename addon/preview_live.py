"""The live preview: while it is on, a change of the design has the preview rendered anew after a short pause."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import attrs
import bpy
from bpy.app.handlers import persistent

from ..design.errors import SimrealError
from .hooks import handled, stop_timer
from .preview_requests import current, request, request_contact_sheet
from .redrawing import redraw
from .touched import listen

PAUSE_S = 0.25


@attrs.define
class Live:
    """What the live preview has to do: render the scene of ``scene_uid`` anew ``due`` (time.monotonic).

    ``problem`` is why it could not.
    """

    scene_uid: int = 0
    due: float = 0.0
    problem: str = ""


_lives: list[Live] = []


def live() -> Live:
    """The live preview of the registered add-on."""
    return _lives[0]


def is_on() -> bool:
    """Whether the preview follows changes."""
    return bool(bpy.context.window_manager.simreal.preview.live)


def switched(_group: Any, context: bpy.types.Context) -> None:
    """Live was switched on, or off: when on, it begins with the design as it stands."""
    live().problem = ""
    if is_on():
        changed(context.scene)


def changed(scene: bpy.types.Scene) -> None:
    """A scene's design may have changed. Does next to nothing: it is called for every property."""
    if is_on():
        live().scene_uid = scene.session_uid
        live().due = time.monotonic() + PAUSE_S
        if not bpy.app.timers.is_registered(follow):
            bpy.app.timers.register(follow, first_interval=PAUSE_S)


def follow() -> float | None:
    """The timer: waits until nothing has changed for a while, then has the preview rendered anew."""
    rest = live().due - time.monotonic()
    if rest > 0.0:
        return rest
    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == live().scene_uid), None)
    if is_on() and scene is not None and scene.simreal.title:
        live().problem = ""
        try:
            renew(scene)
        except SimrealError as error:
            live().problem = str(error)
        redraw()
    return None


def renew(scene: bpy.types.Scene) -> None:
    """Render the preview of a scene anew if it is not the one that is shown. Raises DesignError and ToolError."""
    sheet = current()
    if sheet is None or sheet.again is None or sheet.scene_uid != scene.session_uid:
        request_contact_sheet(scene, show=sheet is None)
        return
    order = sheet.again()
    if order != sheet.order or sheet.reason:
        request(order, show=False, again=sheet.again, scene=scene)


@persistent
def on_undo(scene: bpy.types.Scene, _unused: object = None) -> None:
    """Undo and redo change properties without telling them."""
    changed(scene)


def register() -> Callable[[], None]:
    """Follow the design's changes. Returns what ends it."""
    with ExitStack() as stack:
        _lives.append(Live())
        stack.callback(_lives.pop)
        stack.callback(listen(changed))
        stack.callback(handled(on_undo, bpy.app.handlers.undo_post, bpy.app.handlers.redo_post))
        stack.callback(stop_timer, follow)
        return stack.pop_all().close
