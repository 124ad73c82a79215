"""What tuning changes in pictures: a sheet of renders of a design before and after, of the same numbers and seed."""

from __future__ import annotations

from collections import Counter

from PIL import Image

from ...datasets.contact_sheet import Cell, contact_sheet
from ...datasets.preprocessing import load_rgb
from .pool import Pool

COLUMNS, PAIRS = 8, 2  # of rows
CELL_PX = 128


def change_sheet(before: Pool, after: Pool, names: tuple[str, str]) -> Image.Image | None:
    """The first of each class among the images that are drawn otherwise, then the second; None where all are alike."""
    shown = _changed(before, after)[: COLUMNS * PAIRS]
    if not shown:
        return None
    cells: list[Cell | None] = []
    headings: list[str] = []
    for start in range(0, len(shown), COLUMNS):
        numbers = shown[start : start + COLUMNS]
        for name, pool in zip(names, (before, after), strict=True):
            cells += [Cell(load_rgb(pool.paths[number]), str(pool.rows[number]["class"])) for number in numbers]
            cells += [None] * (COLUMNS - len(numbers))
            headings.append(name)
    return contact_sheet(cells, COLUMNS, CELL_PX, headings=headings)


def _changed(before: Pool, after: Pool) -> list[int]:
    seen: Counter[str] = Counter()
    turns: list[tuple[int, int]] = []
    for number, (old, new) in enumerate(zip(before.rows, after.rows, strict=True)):
        if old != new:
            seen[str(new["class"])] += 1
            turns.append((seen[str(new["class"])], number))
    return [number for _, number in sorted(turns)]
