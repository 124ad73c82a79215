"""The advice on a scene's design: read from its folder, and which of it the design has taken already.

Panels ask at every redraw, so the file is read again only when it has changed, and the design is compared again only
once it may have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import bpy
from bpy.app.handlers import persistent

from ..datasets.advice_records import ADVICE_FILE, Advice, AdviceRecord, read_advice
from ..design.design import Design, Split
from ..design.document import overridden
from ..design.errors import DesignError, RunError
from .conversion import design_of
from .places import places
from .touched import forgotten


@attrs.frozen
class ShownAdvice:
    """Advice that was read, or why it cannot be."""

    record: AdviceRecord | None
    problem: str = ""


_read: dict[Path, tuple[int, ShownAdvice]] = {}
_taken: dict[tuple[int, str], tuple[bool, ...]] = {}


def shown_advice(scene: bpy.types.Scene) -> ShownAdvice | None:
    """The advice on the scene's design; None where none was asked for yet."""
    path = places(scene).advice / ADVICE_FILE
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    known = _read.get(path)
    if known is None or known[0] != changed:
        try:
            shown = ShownAdvice(read_advice(path))
        except RunError as error:
            shown = ShownAdvice(None, str(error))
        known = _read[path] = changed, shown
        _taken.clear()
    return known[1]


def chosen_advice(scene: bpy.types.Scene, number: int) -> Advice | None:
    """The advice of that number, from 1 on; None where there is none."""
    shown = shown_advice(scene)
    there = shown is not None and shown.record is not None and 1 <= number <= len(shown.record.advice)
    return shown.record.advice[number - 1] if there and shown is not None and shown.record is not None else None


def is_taken(scene: bpy.types.Scene, number: int) -> bool:
    """Whether the design already is as the advice of that number would have it."""
    shown = shown_advice(scene)
    if shown is None or shown.record is None:
        return False
    key = scene.session_uid, shown.record.date
    if key not in _taken:
        _taken[key] = _compared(scene.simreal, shown.record)
    return _taken[key][number - 1]


def advised(design: Design, overrides: Mapping[str, Any]) -> Design:
    """The design with a change that was advised. DesignError where it does not suit it."""
    return overridden(design, Split("advice", 0, overrides=overrides))


def _compared(state: Any, record: AdviceRecord) -> tuple[bool, ...]:
    try:
        design = design_of(state, every_class=True)
    except DesignError:
        return (False,) * len(record.advice)
    return tuple(bool(one.overrides) and _is_so(design, one.overrides) for one in record.advice)


def _is_so(design: Design, overrides: Mapping[str, Any]) -> bool:
    try:
        return advised(design, overrides) == design
    except DesignError:  # of a design with other libraries, or options, by now
        return False


@persistent
def forget(*_unused: object) -> None:
    """The design may have changed."""
    _taken.clear()


def register() -> Callable[[], None]:
    """Notice changes of designs. Returns what ends it."""
    return forgotten(forget)
