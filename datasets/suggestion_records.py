"""The record of suggested weights (``suggestion.json``): what ``simreal tune`` would change of a design, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ..design.errors import DesignError, RunError
from ..design.evidence import Evidence, check_evidence
from ..design.strict import strict_converter
from .effect_records import Effect, check_effect
from .run_records import read_record, write_record

SUGGESTION_FILE = "suggestion.json"
VERSION_KEY = "simreal_suggestion"


@attrs.frozen(kw_only=True)
class SuggestedChange:
    """One change, that can be made without the others: of a factor's weight, of how a ``parameter`` is drawn, or of one
    ``option`` of it. ``before`` and ``after`` are for people (``0.6``, ``0 .. 30 deg``); ``overrides`` make it.

    ``effect`` is what leaving it out would cost, where that was measured. ``alike`` is by how many standard errors
    photos look more like renders with it than without, where that is clear.
    """

    factor: str
    parameter: str = ""
    option: str = ""
    before: str
    after: str
    overrides: Mapping[str, Any]
    effect: Effect | None = None
    alike: float | None = None


@attrs.frozen(kw_only=True)
class SuggestionRecord:
    """What is suggested of a design: ``overrides`` (in the form of a split's: ``{"factors": {...}}``) make all changes.

    ``design_sha256`` is the hash of the design it was made for, ``classes`` are that design's. There is no ``evidence``
    where photos without labels cannot tell what the changes are worth.
    """

    design_name: str
    design_sha256: str
    classes: tuple[str, ...]
    overrides: Mapping[str, Any]
    changes: tuple[SuggestedChange, ...]
    evidence: Evidence | None
    warnings: tuple[str, ...] = ()


def write_suggestion(record: SuggestionRecord, folder: Path) -> Path:
    """Write ``suggestion.json``, whole or not at all; returns the file. RunError where a number is none."""
    path = folder / SUGGESTION_FILE
    try:
        _check(record)
    except DesignError as fault:
        raise RunError(f"{path}: {fault}") from None
    return write_record(path, VERSION_KEY, attrs.asdict(record))


def read_suggestion(path: Path) -> SuggestionRecord:
    """The record in a file, or in a folder. RunError names the place of what is wrong with it."""
    path = path / SUGGESTION_FILE if path.is_dir() else path
    return read_record(path, VERSION_KEY, "simreal tune", _structured)


def _structured(document: Any) -> SuggestionRecord:
    record = _CONVERTER.structure(document, SuggestionRecord)
    _check(record)
    return record


def _check(record: SuggestionRecord) -> None:
    """Its numbers, and that it changes factors only: what else overrides can change is not for a tuner to say."""
    if record.evidence is not None:
        check_evidence("evidence", record.evidence)
    _check_overrides("overrides", record.overrides)
    for number, change in enumerate(record.changes):
        _check_overrides(f"changes[{number}].overrides", change.overrides)
        if change.effect is not None:
            check_effect(f"changes[{number}].effect", change.effect)
        if change.alike is not None and not math.isfinite(change.alike):
            raise DesignError(f"changes[{number}].alike", f"must be a finite number, is {change.alike}")


def _check_overrides(path: str, overrides: Mapping[str, Any]) -> None:
    for key in overrides:
        if key != "factors":
            raise DesignError(f"{path}.{key}", "may change factors only")


_CONVERTER = strict_converter()
