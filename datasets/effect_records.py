"""The record of what factors matter (``importance.json``): what ``simreal importance`` measured, as panels read it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal, TypeAlias

import attrs

from ..design.errors import DesignError, RunError
from ..design.strict import strict_converter
from .run_records import read_record, write_record

IMPORTANCE_FILE = "importance.json"
VERSION_KEY = "simreal_importance"

Source: TypeAlias = Literal["images", "experiment", "test_sets"]
SOURCES: dict[str, str] = {
    "images": "images that existed, weighted anew",
    "experiment": "an experiment rendered for it",
    "test_sets": "test sets in which one factor varies",
}


@attrs.frozen(kw_only=True)
class Effect:
    """What a change of the design is worth: ``points`` of accuracy on photos, with the 95 % interval.

    It is about a factor's weight; with ``parameter``, about how that is drawn; with ``option`` too, about one option of
    it. ``change`` says it for people: ``weight 0.6 -> 1.0``. ``images`` and ``photos`` are what it rests on. ``alike``
    is by how many standard errors photos look more like renders with it than without, where that is clear.
    """

    factor: str
    parameter: str = ""
    option: str = ""
    change: str
    points: float
    low: float
    high: float
    source: Source
    images: int
    photos: int
    alike: float | None = None

    @property
    def is_found(self) -> bool:
        """Whether the whole interval lies on one side of 0."""
        return self.low > 0.0 or self.high < 0.0


@attrs.frozen(kw_only=True)
class ImportanceRecord:
    """All effects, each source's in one form. ``measure`` is what is counted (``top1``) on so many ``photos``.

    ``classes`` are those of the design, and ``design_sha256`` is its hash (``design.identity``): so that whoever reads
    it can tell whether it is about the design at hand. ``date`` is ISO 8601 in UTC.
    """

    design_name: str
    design_sha256: str
    classes: tuple[str, ...]
    photos_sha256: str
    photos: int
    date: str
    measure: str
    backbone: str
    effects: tuple[Effect, ...]
    warnings: tuple[str, ...] = ()


def check_effect(path: str, effect: Effect) -> None:
    """Raise DesignError at the first fault."""
    for name in ("points", "low", "high", "alike"):
        value = getattr(effect, name)
        if value is not None and not math.isfinite(value):
            raise DesignError(f"{path}.{name}", f"must be a finite number, is {value}")
    if effect.low > effect.high:
        raise DesignError(f"{path}.low", f"must be <= high ({effect.high:g}), is {effect.low:g}")
    if effect.option and not effect.parameter:
        raise DesignError(f"{path}.option", "is of no parameter")


def write_importance(record: ImportanceRecord, folder: Path) -> Path:
    """Write ``importance.json``, whole or not at all; returns the file. RunError where a number is none."""
    path = folder / IMPORTANCE_FILE
    try:
        _check(record)
    except DesignError as fault:
        raise RunError(f"{path}: {fault}") from None
    return write_record(path, VERSION_KEY, attrs.asdict(record))


def read_importance(path: Path) -> ImportanceRecord:
    """The record in a file, or in a folder. RunError names the place of what is wrong with it."""
    path = path / IMPORTANCE_FILE if path.is_dir() else path
    return read_record(path, VERSION_KEY, "simreal importance", _structured)


def _structured(document: Any) -> ImportanceRecord:
    record = _CONVERTER.structure(document, ImportanceRecord)
    _check(record)
    return record


def _check(record: ImportanceRecord) -> None:
    for number, effect in enumerate(record.effects):
        check_effect(f"effects[{number}]", effect)


_CONVERTER = strict_converter()
