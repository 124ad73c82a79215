"""The scene's own design as a study takes it in place of its own: as a file's text, wherever that file is to lie.

A panel asks at every redraw, so what was made of a design is kept until it changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import bpy
from bpy.app.handlers import persistent

from ..design.document import relocated, to_document
from ..design.errors import DesignError
from .conversion import design_of
from .touched import forgotten

_kept: dict[tuple[int, Path, bool], str | DesignError] = {}


def design_text(scene: bpy.types.Scene, folder: Path, *, lenient: bool = False) -> str:
    """The design for a file in ``folder``. DesignError where it is faulty.

    ``lenient``: on Windows, assets on another drive are left to be named anew, in place of an error.
    """
    key = scene.session_uid, folder, lenient
    if key not in _kept:
        _kept[key] = _made(scene, folder, lenient)
    known = _kept[key]
    if isinstance(known, DesignError):
        raise DesignError(known.path, known.problem)
    return known


def _made(scene: bpy.types.Scene, folder: Path, lenient: bool) -> str | DesignError:
    try:
        design = relocated(design_of(scene.simreal), folder, lenient=lenient)
    except DesignError as fault:
        return fault
    return json.dumps(to_document(design), indent=2, ensure_ascii=False) + "\n"


@persistent
def forget(*_unused: object) -> None:
    """A design may have changed."""
    _kept.clear()


def register() -> Callable[[], None]:
    """Notice changes of designs. Returns what ends it."""
    return forgotten(forget)
