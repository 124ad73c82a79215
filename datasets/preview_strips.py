"""Sheets that say what a factor does and how two designs differ, as orders for the preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..design.comparing import Paired
from ..design.design import Design
from ..design.document import to_document
from ..design.errors import DesignError
from ..design.factors import FACTORS
from ..design.sampling import Sampler
from ..design.sweeps import STEPS, SweepRow, factor_sweep, overview_sweep
from .preview_orders import Document, PreviewGap, PreviewImage, PreviewOrder

PAIRS_IN_A_ROW = 6


@attrs.frozen
class Seen:
    """Which images are looked at: of which split, how many from ``index`` on, with which image settings replaced."""

    split: str
    index: int = 0
    count: int = 1
    image: Mapping[str, Any] = attrs.field(factory=dict)


def strip_order(design: Design, seen: Seen, factor: str = "", steps: int = STEPS) -> PreviewOrder:
    """The first image with one factor swept, a row a parameter; "" is all factors, a row each.

    Raises DesignError where nothing of the factor varies, or there is no such split or factor.
    """
    if factor and factor not in FACTORS:
        raise DesignError("factors", f"there is no factor '{factor}'; there are: {', '.join(FACTORS)}")
    sampler = Sampler(design, seen.split)
    rows = factor_sweep(sampler.design, factor, steps) if factor else overview_sweep(sampler.design, steps)
    subject = FACTORS[factor].label if factor else "All factors, from the lower end (0%) to the upper (100%)"
    images: list[PreviewImage | PreviewGap] = []
    headings: list[str] = []
    for row in rows:
        lines = -(-len(row.cells) // steps)
        headings += [_heading(row), *[""] * (lines - 1)]
        images += [
            PreviewImage(0, seen.split, seen.index, {row.factor: cell.values}, cell.text, seen.image)
            for cell in row.cells
        ]
        images += [PreviewGap()] * (lines * steps - len(row.cells))
    breaks = tuple(row for row, heading in enumerate(headings) if row and heading)
    title = f"{subject}: {seen.split} {seen.index}, {sampler.spec(seen.index).class_name}"
    return PreviewOrder(title, (_given(design),), tuple(images), steps, tuple(headings), breaks)


def compare_order(design: Design, other: Paired, names: tuple[str, str], seen: Seen) -> PreviewOrder:
    """The same images of two designs, each row of the first with the second's under it. ``names`` head the rows."""
    sampler = Sampler(design, seen.split)
    indices = range(seen.index, seen.index + seen.count)
    columns = min(seen.count, PAIRS_IN_A_ROW)
    images: list[PreviewImage | PreviewGap] = []
    headings: list[str] = []
    for start in range(0, seen.count, columns):
        block = [(index, sampler.spec(index).class_name) for index in indices[start : start + columns]]
        gaps = [PreviewGap()] * (columns - len(block))
        for number, name in enumerate(names):
            lacking = other.lacking if number else frozenset()
            images += [
                PreviewGap(f"{name} has no {label}")
                if label in lacking
                else PreviewImage(number, seen.split, index, caption=f"{label}  {index}", image=seen.image)
                for index, label in block
            ]
            images += gaps
            headings.append(name)
    title, breaks = f"{names[0]} / {names[1]}: {seen.split}", tuple(range(2, len(headings), 2))
    return PreviewOrder(title, (_given(design), _given(other.design)), tuple(images), columns, tuple(headings), breaks)


def _heading(row: SweepRow) -> str:
    notes = [f"{len(row.cells)} of {row.of}"] if row.of else []
    notes += [f"with {row.beside}"] if row.beside else []
    return f"{row.label} ({', '.join(notes)})" if notes else row.label


def _given(design: Design) -> tuple[Document, str]:
    return to_document(design), str(design.folder)
