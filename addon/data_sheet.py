"""A contact sheet of a rendered data set: a column a class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from ..datasets.contact_sheet import Cell, contact_sheet
from ..design.errors import DataSetError

MOST_CLASSES, MOST_IMAGES = 12, 48
CELL_PX = 112


def write_sheet(data: Path, split: str, path: Path) -> int:
    """Draw the first images of each class of a split. Returns how many. DataSetError where there are none."""
    folders = sorted(folder for folder in (data / split).glob("*") if folder.is_dir())[:MOST_CLASSES]
    rows = MOST_IMAGES // max(1, len(folders))
    columns = [sorted(folder.glob("*.jpg"))[:rows] for folder in folders]
    files = [column[row] if row < len(column) else None for row in range(rows) for column in columns]
    if not any(files):
        raise DataSetError(f"{data}: there is no image of {split} yet")
    names = [folder.name for folder in folders]
    sheet = contact_sheet(
        _cells(files, names), columns=len(folders), cell_px=CELL_PX, title=f"{data.parent.name}: {split}"
    )
    sheet.save(path)
    return sum(file is not None for file in files)


def _cells(files: list[Path | None], names: list[str]) -> Iterator[Cell]:
    for number, file in enumerate(files):
        caption = names[number] if number < len(names) else ""
        if file is None:
            yield Cell(None, caption)
            continue
        with Image.open(file) as image:
            yield Cell(image.convert("RGB"), caption)
