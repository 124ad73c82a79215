"""The record of advice on a design (``advice.json``): what ``simreal advise`` found, as panels and programs read it.

Written beside its report; sheets of pictures lie in the same folder and are named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any, Literal, TypeAlias

import attrs

from ..design.errors import DesignError
from ..design.strict import strict_converter
from .run_records import read_record, write_record

ADVICE_FILE = "advice.json"
VERSION_KEY = "simreal_advice"

Kind: TypeAlias = Literal["models", "range", "options", "confusion", "unexplained"]
Confidence: TypeAlias = Literal["high", "medium", "low"]


@attrs.frozen
class Measured:
    """A figure that a finding rests on: ``value`` in the words of ``name``, with its 95 % interval where it has one."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


@attrs.frozen
class Advice:
    """One finding, and what to change. ``class_name`` is "" where it is about all classes.

    ``overrides`` change the design in the form of a split's (``{"factors": {...}}``); empty where no button can do it:
    then ``hint`` says what a person can do. ``sheet`` is the picture's file beside the record, ``photos`` the examples
    on it.
    """

    kind: Kind
    class_name: str
    finding: str
    confidence: Confidence
    hint: str
    overrides: Mapping[str, Any] = attrs.field(factory=dict)
    measured: tuple[Measured, ...] = ()
    photos: tuple[str, ...] = ()
    sheet: str = ""


@attrs.frozen
class ClassStanding:
    """How the photos of a class fare: ``correct`` of ``photos``, Wilson's 95 % interval, and what the others are taken
    for, most often first."""

    name: str
    photos: int
    correct: int
    low: float
    high: float
    taken_for: Mapping[str, int]

    @property
    def accuracy(self) -> float:
        return self.correct / self.photos


@attrs.frozen
class AdviceRecord:
    """All that was found. Classes stand worst first; ``photos`` is the number of tuning photos it rests on, and
    ``images`` that of renders they were matched to."""

    design_name: str
    design_sha256: str
    photos_sha256: str
    photos: int
    images: int
    date: str
    simreal: str
    backbone: str
    classifier: str
    correct: int
    classes: tuple[ClassStanding, ...]
    advice: tuple[Advice, ...]
    warnings: tuple[str, ...] = ()

    @property
    def accuracy(self) -> float:
        return self.correct / self.photos


def write_advice(record: AdviceRecord, folder: Path) -> Path:
    """Write ``advice.json`` into a folder, whole or not at all; returns the file."""
    return write_record(folder / ADVICE_FILE, VERSION_KEY, attrs.asdict(record))


def read_advice(path: Path) -> AdviceRecord:
    """The record in a file, or in a folder. RunError names the place of what is wrong with it."""
    path = path / ADVICE_FILE if path.is_dir() else path
    return read_record(path, VERSION_KEY, "simreal advise", _structured)


def _structured(document: Any) -> AdviceRecord:
    record = _CONVERTER.structure(document, AdviceRecord)
    for number, advice in enumerate(record.advice):
        if PurePath(advice.sheet).name != advice.sheet:
            raise DesignError(f"advice[{number}].sheet", "must be the name of a file beside the record")
    return record


_CONVERTER = strict_converter()
