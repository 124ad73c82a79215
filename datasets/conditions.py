"""Conditions on the columns of metadata, as people type them: ``object_scale.scale<2``, ``class=cup``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import attrs

from ..design.errors import DataSetError

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_FORM = re.compile(r"\s*([\w.]+)\s*(<=|>=|!=|==|<|>|=)\s*(.+?)\s*")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "none": None}


@attrs.frozen
class Condition:
    """What a column of a row must be."""

    column: str
    comparison: str
    value: str | float | bool | None

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether a row meets it. A value that cannot be compared does not."""
        found = row[self.column]
        value = str(self.value) if isinstance(found, str) and not isinstance(self.value, str) else self.value
        try:
            return _COMPARISONS[self.comparison](found, value)
        except TypeError:
            return False


def parse_condition(text: str, columns: Collection[str]) -> Condition:
    """A condition on one of ``columns``. DataSetError where it is none."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise DataSetError(f"'{text}' is no condition; write it as object_scale.scale<2 or class=cup")
    column, comparison, value = match.groups()
    if column not in columns:
        raise DataSetError(f"'{text}': there is no column '{column}'; there are: {', '.join(columns)}")
    return Condition(column, comparison, _value(value))


def _value(text: str) -> str | float | bool | None:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return float(text)
    except ValueError:
        return text.strip("'\"")
