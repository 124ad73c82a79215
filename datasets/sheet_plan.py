"""Where the cells of a contact sheet stand: worked out before anything is drawn, so that a sheet can be made to fit."""

from __future__ import annotations

from collections.abc import Container

import attrs

from .lettering import line_height, width, wrap

MARGIN = 20
GAP = 12
STRAND_GAP = 28
TITLE_PX = 22
TITLE_LEAST_PX = 480  # so much of a long title is written, however narrow the sheet
HEADING_PX = 15
HEADING_STEP = 24
CAPTION_LINES = 2
CAPTION_GAP = 4


@attrs.frozen
class SheetContents:
    """What is on a sheet: captions of cells, set in rows of ``columns``.

    ``headings`` are written over the rows, "" for none. Where ``gaps`` says so nothing comes, and the caption stands in
    the middle. ``breaks`` are rows (never the first) at which a new strand begins, beside the one before: as columns
    in a newspaper.
    """

    captions: tuple[str, ...]
    columns: int
    title: str = ""
    headings: tuple[str, ...] = ()
    gaps: Container[int] = ()
    breaks: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        return -(-len(self.captions) // self.columns)

    @property
    def cells_across(self) -> int:
        """Cells beside each other in one strand. Fewer captions than columns make it narrower."""
        return max(1, min(self.columns, len(self.captions)))


@attrs.frozen
class SheetPlan:
    """Sizes in pixels. ``corners`` are the upper left ones of the cells, ``headings`` those of the rows' headings.

    ``captions`` are the lines under each cell.
    """

    contents: SheetContents
    cell_px: int
    caption_px: int
    size: tuple[int, int]
    corners: tuple[tuple[int, int], ...]
    headings: tuple[tuple[int, int], ...]
    captions: tuple[tuple[str, ...], ...]

    @property
    def strand_px(self) -> int:
        """How wide a strand is."""
        return self.contents.cells_across * (self.cell_px + GAP) - GAP


def planned(contents: SheetContents, cell_px: int) -> SheetPlan:
    """The plan of a sheet with cells of ``cell_px``. ValueError for sizes that make no sense."""
    if contents.columns < 1 or cell_px < 8:
        raise ValueError(
            f"a contact sheet needs at least 1 column and 8 px a cell, not {contents.columns} and {cell_px}"
        )
    caption_px = max(12, min(15, round(cell_px * 0.085)))
    captions = tuple(
        () if number in contents.gaps or not caption else tuple(wrap(caption, caption_px, cell_px, CAPTION_LINES))
        for number, caption in enumerate(contents.captions)
    )
    strand_px = contents.cells_across * (cell_px + GAP) - GAP
    strands = len(contents.breaks) + 1
    wide = 2 * MARGIN + strands * (strand_px + STRAND_GAP) - STRAND_GAP
    wide = max(wide, min(width(contents.title, TITLE_PX) + 2 * MARGIN, TITLE_LEAST_PX))
    top = MARGIN + (line_height(TITLE_PX) + GAP if contents.title else 0)
    corners: list[tuple[int, int]] = []
    headings: list[tuple[int, int]] = []
    left, bottom, lowest = MARGIN, top, top
    for row, start in enumerate(range(0, len(captions), contents.columns)):
        starts_strand = row == 0 or row in contents.breaks
        if row and starts_strand:
            left, bottom = left + strand_px + STRAND_GAP, top
        has_heading = row < len(contents.headings) and bool(contents.headings[row])
        begin = bottom + (0 if starts_strand else GAP) + (HEADING_STEP if has_heading else 0)
        headings.append((left, begin - HEADING_STEP))
        inside = captions[start : start + contents.columns]
        corners += [(left + number * (cell_px + GAP), begin) for number in range(len(inside))]
        bottom = begin + cell_px + CAPTION_GAP + line_height(caption_px) * max(len(lines) for lines in inside)
        lowest = max(lowest, bottom)
    size = wide, lowest + MARGIN
    return SheetPlan(contents, cell_px, caption_px, size, tuple(corners), tuple(headings), captions)


def fitted(contents: SheetContents, room: tuple[int, int], most_px: int) -> SheetPlan:
    """The plan with the largest cells, up to ``most_px``, that fits a room (width, height); else with cells of 8 px."""
    strands = len(contents.breaks) + 1
    across = (room[0] - 2 * MARGIN + STRAND_GAP) // strands - STRAND_GAP + GAP
    cell = max(8, min(most_px, across // contents.cells_across - GAP))
    plan = planned(contents, cell)
    while cell > 8 and (plan.size[1] > room[1] or plan.size[0] > room[0]):
        excess = plan.size[1] - room[1]
        cell = max(8, cell - max(1, excess // max(contents.rows, 1)))
        plan = planned(contents, cell)
    return plan
