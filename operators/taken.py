"""Telling what came of a source of classes, or of a design that took another's place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..addon.class_sources import Taken
from ..addon.missing_assets import missing_words
from ..design.missing import Missing

MOST_WARNINGS = 20


def tell(operator: Any, taken: Taken) -> set[str]:
    """Report what was added and what was left out. Returns the operator's result."""
    operator.report({"INFO"}, taken.added.text)
    warn(operator, taken.warnings)
    return {"FINISHED"}


def tell_missing(operator: Any, what: str, missing: tuple[Missing, ...]) -> set[str]:
    """Report ``what`` was done, and which libraries lack something here. Returns the operator's result."""
    if missing:
        operator.report({"WARNING"}, f"{what}; {missing_words(missing)}")
    else:
        operator.report({"INFO"}, what)
    return {"FINISHED"}


def warn(operator: Any, warnings: Iterable[str]) -> None:
    """Report warnings, the first of very many."""
    all_of_them = tuple(warnings)
    for text in all_of_them[:MOST_WARNINGS]:
        operator.report({"WARNING"}, text)
    if len(all_of_them) > MOST_WARNINGS:
        operator.report({"WARNING"}, f"... and {len(all_of_them) - MOST_WARNINGS} more")
