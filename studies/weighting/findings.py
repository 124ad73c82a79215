"""A finding before it is written down: its example photos are numbers still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ...datasets.advice_records import Confidence, Kind, Measured


@attrs.frozen
class Finding:
    """See ``datasets.advice_records.Advice``. ``label`` is None where it is about all classes; ``photos`` are numbers,
    the best examples first; ``other`` is the label of the class they are taken for, where it is about that."""

    kind: Kind
    label: int | None
    text: str
    confidence: Confidence
    hint: str
    overrides: Mapping[str, Any] = attrs.field(factory=dict)
    measured: tuple[Measured, ...] = ()
    photos: tuple[int, ...] = ()
    other: int | None = None


def change_of(factor: str, parameter: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Overrides that change one parameter."""
    return {"factors": {factor: {parameter: dict(changes)}}}


def shares_text(share: float, interval: tuple[float, float]) -> str:
    """``62 % [41, 80]``."""
    return f"{100 * share:.0f} % [{100 * interval[0]:.0f}, {100 * interval[1]:.0f}]"
