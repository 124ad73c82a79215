"""Which preset a scene's design came from, and whether it has been changed since: what the menu of presets is called.

A panel asks at every redraw, so the answer is kept: for a second, or until the design changes.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..design.document import to_document
from ..design.errors import DesignError
from .conversion import design_of
from .touched import forgotten

KEPT_S = 1.0
NONE_LOADED = "Presets"

_kept: dict[int, tuple[float, str]] = {}


def note(state: Any, preset: str) -> None:
    """The design as it stands is this preset's; "" is none's."""
    state.preset, state.preset_digest = preset, digest(state) if preset else ""
    _kept.clear()


def renamed(before: str, after: str) -> None:
    """A preset has another name by now; "" is none, for one that was removed."""
    for scene in bpy.data.scenes:
        if scene.is_editable and scene.simreal.preset == before:
            scene.simreal.preset = after


def preset_label(scene: bpy.types.Scene) -> str:
    """``Starter``, ``Starter (modified)``; ``Presets`` where the design is of no preset."""
    state = scene.simreal
    if not state.title or not state.preset:
        return NONE_LOADED
    made, label = _kept.get(scene.session_uid, (0.0, ""))
    if not label.startswith(state.preset) or time.monotonic() - made > KEPT_S:
        label = state.preset if is_as_loaded(state) else f"{state.preset} (modified)"
        _kept[scene.session_uid] = time.monotonic(), label
    return label


def is_as_loaded(state: Any) -> bool:
    """Whether the design is still what its preset made of it."""
    return bool(state.preset) and digest(state) == state.preset_digest


def digest(state: Any) -> str:
    """A hash of all of the design but where libraries lie; "" where it is faulty."""
    try:
        document = to_document(design_of(state))
    except DesignError:
        return ""
    for library in document["libraries"].values():
        del library["path"]
    return hashlib.sha256(json.dumps(document, ensure_ascii=False).encode()).hexdigest()


@persistent
def forget(*_unused: object) -> None:
    """The design may have changed."""
    _kept.clear()


def register() -> Callable[[], None]:
    """Notice changes of designs. Returns what ends it."""
    return forgotten(forget)
