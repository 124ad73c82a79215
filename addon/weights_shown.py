"""What was measured of a scene's weights, and what is suggested: read from its folders, for panels.

Panels ask at every redraw, so a file is read again only when it has changed, and the design is compared with it again
only once that may have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import attrs
import bpy
from bpy.app.handlers import persistent

from ..datasets.effect_records import IMPORTANCE_FILE, Effect, ImportanceRecord, read_importance
from ..datasets.suggestion_records import SUGGESTION_FILE, SuggestionRecord, read_suggestion
from ..design.design import Design, Split
from ..design.document import overridden
from ..design.errors import DesignError, RunError
from ..design.evidence import with_newest
from ..design.identity import design_hash, evidence_lines
from .conversion import design_of
from .places import places
from .touched import forgotten

Record = TypeVar("Record", ImportanceRecord, SuggestionRecord)
Key = tuple[str, str, str]


@attrs.frozen
class Shown(Generic[Record]):
    """A record in a ``file``, or the ``problem`` with it."""

    file: Path
    record: Record | None
    problem: str = ""


@attrs.frozen
class Effects:
    """Effects by (factor, parameter, option), the surest first. ``most_points`` is the scale that they are drawn at."""

    by_place: Mapping[Key, tuple[Effect, ...]]
    most_points: float

    def at(self, factor: str, parameter: str = "", option: str = "") -> tuple[Effect, ...]:
        """Those of one place."""
        return self.by_place.get((factor, parameter, option), ())


@attrs.frozen
class Standing:
    """How the scene's design stands to its records: its hash and classes ("" and none where it is faulty), which of the
    suggested changes it has, and its evidence in words, the newest first."""

    sha256: str = ""
    classes: tuple[str, ...] = ()
    taken: tuple[bool, ...] = ()
    evidence: tuple[str, ...] = ()


_read: dict[Path, tuple[int, Shown[Any]]] = {}
_effects: dict[Path, tuple[ImportanceRecord, Effects]] = {}
_standing: dict[tuple[int, str], Standing] = {}


def newest(folder: Path, name: str) -> Path | None:
    """The file of that name that was written last in the runs of a folder; None where there is none."""
    found = [(file.stat().st_mtime_ns, file) for file in folder.glob(f"*/{name}")]
    return max(found)[1] if found else None


def shown_importance(scene: bpy.types.Scene) -> Shown[ImportanceRecord] | None:
    """The importance that was opened by hand, else the one measured last; None where there is neither."""
    chosen = scene.simreal.weighting.importance
    file = Path(bpy.path.abspath(chosen)) if chosen else newest(places(scene).importance, IMPORTANCE_FILE)
    return None if file is None else _of(file, read_importance)


def shown_suggestion(scene: bpy.types.Scene) -> Shown[SuggestionRecord] | None:
    """The suggestion that was made last; None where none was."""
    file = newest(places(scene).tuning, SUGGESTION_FILE)
    return None if file is None else _of(file, read_suggestion)


def suggestion_of(scene: bpy.types.Scene) -> SuggestionRecord | None:
    """Its record, where it can be read."""
    shown = shown_suggestion(scene)
    return None if shown is None else shown.record


def effects_of(scene: bpy.types.Scene) -> Effects:
    """The effects that are shown; none where there is no importance."""
    shown = shown_importance(scene)
    if shown is None or shown.record is None:
        return Effects({}, 1.0)
    if _effects.get(shown.file, (None,))[0] is not shown.record:
        _effects[shown.file] = shown.record, _sorted(shown.record)
    return _effects[shown.file][1]


def importance_problem(scene: bpy.types.Scene) -> str:
    """Why the importance that is shown is not of the design as it stands; "" where it is."""
    shown = shown_importance(scene)
    if shown is None or shown.record is None:
        return ""
    now = standing_of(scene)
    if now.classes and set(now.classes) != set(shown.record.classes):
        return "Importance was measured for other classes: measure it again"
    return "" if now.sha256 == shown.record.design_sha256 else "The design was changed since importance was measured"


def standing_of(scene: bpy.types.Scene) -> Standing:
    """How the design stands now."""
    shown = shown_suggestion(scene)
    key = scene.session_uid, str(shown.file) if shown is not None else ""
    if key not in _standing:
        _standing[key] = _made(scene.simreal, None if shown is None else shown.record)
    return _standing[key]


def accepted(design: Design, suggestion: SuggestionRecord, number: int) -> Design:
    """The design with a suggested change, from 1 on, or (0) with all, and with the evidence for them all.

    Evidence tells itself whether it is of the design that comes of it. DesignError where a change does not suit it.
    """
    overrides = suggestion.changes[number - 1].overrides if number else suggestion.overrides
    changed = _changed(design, overrides)
    if suggestion.evidence is None:
        return changed
    return attrs.evolve(changed, evidence=with_newest(changed.evidence, suggestion.evidence))


def _changed(design: Design, overrides: Mapping[str, Any]) -> Design:
    return overridden(design, Split("suggestion", 0, overrides=overrides))


def _made(state: Any, suggestion: SuggestionRecord | None) -> Standing:
    try:
        design = design_of(state)
        whole = design_of(state, every_class=True)
    except DesignError:
        return Standing()
    changes = () if suggestion is None else suggestion.changes
    return Standing(
        design_hash(design),
        design.class_names,
        tuple(_is_so(whole, change.overrides) for change in changes),
        tuple(evidence_lines(design)),
    )


def _is_so(design: Design, overrides: Mapping[str, Any]) -> bool:
    try:
        return _changed(design, overrides) == design
    except DesignError:  # of a design with other libraries, or options, by now
        return False


def _sorted(record: ImportanceRecord) -> Effects:
    found: dict[Key, tuple[Effect, ...]] = {}
    for effect in sorted(record.effects, key=_doubt):
        place = effect.factor, effect.parameter, effect.option
        found[place] = (*found.get(place, ()), effect)
    sure = [one for one in record.effects if one.is_found] or record.effects
    return Effects(found, max((abs(one.points) for one in sure), default=0.0) * 1.25 or 1.0)


def _doubt(effect: Effect) -> tuple[bool, float]:
    return not effect.is_found, effect.high - effect.low


def _of(file: Path, read: Callable[[Path], Record]) -> Shown[Record]:
    try:
        changed = file.stat().st_mtime_ns
    except OSError:
        return Shown(file, None, f"{file} is not there: choose another file")
    known = _read.get(file)
    if known is None or known[0] != changed:
        try:
            shown: Shown[Record] = Shown(file, read(file))
        except RunError as error:
            shown = Shown(file, None, str(error))
        known = _read[file] = changed, shown
        _standing.clear()
    return known[1]


@persistent
def forget(*_unused: object) -> None:
    """The design may have changed."""
    _standing.clear()


def register() -> Callable[[], None]:
    """Notice changes of designs. Returns what ends it."""
    return forgotten(forget)
