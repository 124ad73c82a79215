"""Looks for a design's assets, and notes in ``Scene.simreal`` which libraries miss some, for the panel to list.

Looking takes a moment where there are many files, so it is done when a design arrives and when asked, not when drawing.
When a .blend is opened only the folders are looked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from ..design.errors import DesignError
from ..design.missing import EMBEDDED, Missing, missing_libraries
from .conversion import design_of
from .hooks import handled


def look_for_assets(state: Any, *, folders_only: bool = False) -> tuple[Missing, ...]:
    """Look for the assets of the scene's design and note what is missing. DesignError where the design is faulty."""
    missing = missing_libraries(design_of(state, every_class=True), folders_only=folders_only)
    state.missing.clear()
    for one in missing:
        entry = state.missing.add()
        entry.name, entry.text, entry.brief = one.library, one.text, one.brief
        entry.can_be_located = one.library not in EMBEDDED
    return missing


def known_missing(state: Any) -> list[Any]:
    """What was noted as missing, less the libraries that were removed since."""
    return [entry for entry in state.missing if entry.name in state.libraries or not entry.can_be_located]


def missing_words(missing: tuple[Missing, ...]) -> str:
    """What a report says of it: ``2 libraries are missing or not complete: ...``."""
    names = ", ".join(one.library for one in missing)
    what = "a library is" if len(missing) == 1 else f"{len(missing)} libraries are"
    return f"{what} missing or not complete ({names}): locate them in the panel Presets"


@bpy.app.handlers.persistent
def look_in_file(_file: Any = None) -> None:
    """After a .blend is opened: its designs' folders may have moved."""
    for scene in bpy.data.scenes:
        if scene.is_editable and scene.simreal.title:
            try:
                look_for_assets(scene.simreal, folders_only=True)
            except DesignError:  # says so itself wherever the design is used
                scene.simreal.missing.clear()


def register() -> Callable[[], Any]:
    """Look whenever a .blend is opened. Returns what takes that back."""
    return handled(look_in_file, bpy.app.handlers.load_post)
