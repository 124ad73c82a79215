"""Telling what came of a source of classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..addon.class_sources import Taken

MOST_WARNINGS = 20


def tell(operator: Any, taken: Taken) -> set[str]:
    """Report what was added and what was left out. Returns the operator's result."""
    operator.report({"INFO"}, taken.added.text)
    warn(operator, taken.warnings)
    return {"FINISHED"}


def warn(operator: Any, warnings: Iterable[str]) -> None:
    """Report warnings, the first of very many."""
    all_of_them = tuple(warnings)
    for text in all_of_them[:MOST_WARNINGS]:
        operator.report({"WARNING"}, text)
    if len(all_of_them) > MOST_WARNINGS:
        operator.report({"WARNING"}, f"... and {len(all_of_them) - MOST_WARNINGS} more")
