"""How far a study is and what it has measured, as its folder says (``studies.status``). No bpy here.

Panels ask at every redraw, so the file is read again only when it has changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import cattrs

from ..studies.study_folder import FIGURES, STATUS

_known: dict[Path, tuple[int, Status | None]] = {}


@attrs.frozen
class Figure:
    """A measure of a cell over its seeds, in percent, with its 95 % interval. ``paper`` is the publication's figure."""

    mean: float
    low: float
    high: float
    seeds: int
    paper: float | None = None


@attrs.frozen
class CellStatus:
    """A cell of the grid: ``done`` of ``total`` steps. ``problem`` is why one of them failed."""

    label: str
    state: str
    done: int
    total: int
    measures: Mapping[str, Figure]
    problem: str = ""


@attrs.frozen
class Status:
    """A study's ``status.json``. ``now`` says in words what runs."""

    state: str
    total: int
    done: int
    failed: int
    now: tuple[str, ...]
    measures: tuple[str, ...]
    cells: tuple[CellStatus, ...]

    @property
    def is_finished(self) -> bool:
        return self.state == "finished"


def status_of(folder: Path) -> Status | None:
    """How far the study in a folder is; None where there is none (yet)."""
    path = folder / STATUS
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    known = _known.get(folder)
    if known is None or known[0] != changed:
        known = _known[folder] = changed, _read(path)
    return known[1]


def figures_in(folder: Path) -> tuple[Path, ...]:
    """The pictures of a study's report, the main one first."""
    return tuple(sorted((folder / FIGURES).glob("*.png")))


def _read(path: Path) -> Status | None:
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        return cattrs.structure(document, Status)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, cattrs.BaseValidationError):
        return None  # just being replaced, of another version, or edited by hand
