"""The study that a scene asks for: where it is kept, how far it is, and its cells as the panel lists them."""

from __future__ import annotations

from pathlib import Path

import bpy

from .places import places
from .study_properties import chosen
from .study_status import CellStatus, Status, status_of


def study_folder(scene: bpy.types.Scene) -> Path | None:
    """The study's folder; None where there is no such study."""
    study, own = chosen(scene.simreal.studies).study, scene.simreal.studies.use_design
    return None if study is None else places(scene).study(study.name, study.scale, own)


def study_status(scene: bpy.types.Scene) -> Status | None:
    """How far the study is; None where it was never run."""
    folder = study_folder(scene)
    return None if folder is None else status_of(folder)


def keep_cells() -> bool:
    """Bring the list up to date with the scene in front. Returns whether what it shows has changed."""
    state = bpy.context.window_manager.simreal.studies
    status = study_status(bpy.context.scene)
    count = len(status.cells) if status else 0
    if len(state.rows) == count:
        return False
    state.rows.clear()
    for number in range(count):
        state.rows.add().number = number
    state.active = min(state.active, max(count - 1, 0))
    return True


def chosen_cell(status: Status) -> CellStatus | None:
    """The cell whose line is chosen."""
    active = bpy.context.window_manager.simreal.studies.active
    return status.cells[active] if 0 <= active < len(status.cells) else None
