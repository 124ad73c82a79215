"""Sheets that say what a factor does and how two designs differ, as orders for the preview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..design.comparing import Paired
from ..design.design import Design
from ..design.document import to_document
from ..design.factors import FACTORS
from ..design.sampling import Sampler
from ..design.sweeps import STEPS, SweepRow, factor_sweep, overview_sweep
from .preview_orders import Document, PreviewGap, PreviewImage, PreviewOrder

PAIRS_IN_A_ROW = 6


def strip_order(design: Design, split: str, index: int, factor: str = "", steps: int = STEPS) -> PreviewOrder:
    """Image ``index`` with one factor swept, a row a parameter; "" is all factors, a row each.

    Raises DesignError where nothing of the factor varies, or there is no such split.
    """
    sampler = Sampler(design, split)
    rows = factor_sweep(sampler.design, factor, steps) if factor else overview_sweep(sampler.design, steps)
    subject = FACTORS[factor].label if factor else "All factors, from the lower end (0%) to the upper (100%)"
    images: list[PreviewImage | PreviewGap] = []
    headings: list[str] = []
    for row in rows:
        lines = -(-len(row.cells) // steps)
        headings += [_heading(row), *[""] * (lines - 1)]
        images += [PreviewImage(0, split, index, {row.factor: cell.values}, cell.text) for cell in row.cells]
        images += [PreviewGap()] * (lines * steps - len(row.cells))
    title = f"{subject}: {split} {index}, {sampler.spec(index).class_name}"
    return PreviewOrder(title, (_given(design),), tuple(images), steps, tuple(headings))


def compare_order(
    design: Design, other: Paired, names: tuple[str, str], split: str, indices: Sequence[int]
) -> PreviewOrder:
    """The same images of two designs, each row of the first with the second's under it. ``names`` head the rows."""
    sampler = Sampler(design, split)
    classes = [sampler.spec(index).class_name for index in indices]
    pairs = list(zip(indices, classes, strict=True))
    columns = min(len(pairs), PAIRS_IN_A_ROW)
    images: list[PreviewImage | PreviewGap] = []
    headings: list[str] = []
    for start in range(0, len(pairs), columns):
        block = pairs[start : start + columns]
        gaps = [PreviewGap()] * (columns - len(block))
        firsts = (PreviewImage(0, split, index, caption=f"{name}  {index}") for index, name in block)
        images += [*firsts, *gaps, *_seconds(block, split, other, names[1]), *gaps]
        headings += names
    title = f"{names[0]} / {names[1]}: {split}"
    return PreviewOrder(title, (_given(design), _given(other.design)), tuple(images), columns, tuple(headings))


def _seconds(
    block: Sequence[tuple[int, str]], split: str, other: Paired, second: str
) -> Iterator[PreviewImage | PreviewGap]:
    for index, name in block:
        if name in other.lacking:
            yield PreviewGap(f"{second} has no {name}")
        else:
            yield PreviewImage(1, split, index, caption=f"{name}  {index}")


def _heading(row: SweepRow) -> str:
    return f"{row.label} (with {row.beside})" if row.beside else row.label


def _given(design: Design) -> tuple[Document, str]:
    return to_document(design), str(design.folder)
