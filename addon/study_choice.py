"""Which study a scene asks for: one that comes with Simreal, or a file of the user's, and at which of its scales.

No bpy here. Panels ask at every redraw, so a file is read again only when it has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from ..design.errors import StudyError
from ..studies.study import Study
from ..studies.study_file import StudyFile, read_study, shipped_studies

_shipped: list[StudyFile] = []
_files: dict[Path, tuple[int, StudyFile | str]] = {}
_studies: dict[tuple[Path, str], tuple[StudyFile, Study]] = {}


@attrs.frozen
class Choice:
    """A study at one of its scales, and the file it is of; ``problem`` says why there is none."""

    file: StudyFile | None = None
    study: Study | None = None
    problem: str = ""

    @property
    def photo_sets(self) -> tuple[str, ...]:
        """The names of its data sets that are real photos, wherever in its grid."""
        if self.study is None:
            return ()
        patches = [self.study.recipe, *(patch for axis in self.study.axes.values() for patch in axis.options.values())]
        data = [(name, one) for patch in patches for name, one in (patch.get("data") or {}).items()]
        return tuple(dict.fromkeys(name for name, one in data if isinstance(one, Mapping) and one.get("photos")))


def shipped() -> tuple[StudyFile, ...]:
    """The studies that come with Simreal."""
    if not _shipped:
        _shipped.extend(shipped_studies())
    return tuple(_shipped)


def choice_of(name: str, file: str, scale: str) -> Choice:
    """The study called ``name`` of those that come with Simreal, or, where that is "", the one in ``file``.

    A scale that it does not have is the one it is run at when none is named.
    """
    found = _shipped_one(name) if name else _in_file(file)
    if isinstance(found, str):
        return Choice(problem=found)
    key = found.path, scale if scale in found.scales else ""
    known = _studies.get(key)
    if known is None or known[0] is not found:
        known = _studies[key] = found, found.at(key[1])
    return Choice(found, known[1])


def _shipped_one(name: str) -> StudyFile | str:
    found = next((one for one in shipped() if one.name == name), None)
    return found or f"Simreal has no study '{name}' any more: choose another"


def _in_file(file: str) -> StudyFile | str:
    """What a file holds, or why that is no study."""
    if not file:
        return "Choose a study's file (.study.json)"
    path = Path(file)
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return f"{path} is not there: choose another study"
    known = _files.get(path)
    if known is None or known[0] != changed:
        known = _files[path] = changed, _attempt(path)
    return known[1]


def _attempt(path: Path) -> StudyFile | str:
    try:
        return read_study(path)
    except StudyError as error:
        return str(error)
