"""A contact sheet of a rendered data set: a column a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..datasets.contact_sheet import Cell, contact_sheet
from ..datasets.pictures import PictureFile
from ..datasets.preprocessing import load_rgb
from ..datasets.reading import open_data_set
from ..datasets.storage import read_storage
from ..design.errors import DataSetError

MOST_CLASSES, MOST_IMAGES = 12, 48
CELL_PX = 112


def write_sheet(data: Path, split: str, path: Path) -> int:
    """Draw the first images of each class of a split. Returns how many.

    DataSetError where there are none, or, in tars, where the split is not finished. AssetError where one is damaged.
    """
    first = _first_in_folders if read_storage(data).layout == "folders" else _first_in_tars
    columns = first(data, split)
    if not any(columns.values()):
        raise DataSetError(f"{data}: there is no image of {split} yet")
    title = f"{data.parent.name}: {split}"
    contact_sheet(_cells(columns), columns=len(columns), cell_px=CELL_PX, title=title).save(path)
    return sum(map(len, columns.values()))


def _first_in_folders(data: Path, split: str) -> Mapping[str, Sequence[PictureFile]]:
    """Of every class, also while it is rendered."""
    folders = sorted(folder for folder in (data / split).glob("*") if folder.is_dir())[:MOST_CLASSES]
    rows = MOST_IMAGES // max(1, len(folders))
    return {folder.name: sorted(folder.glob("*.jpg"))[:rows] for folder in folders}


def _first_in_tars(data: Path, split: str) -> Mapping[str, Sequence[PictureFile]]:
    found = open_data_set(data)
    images = found.images(split)
    names = sorted(found.classes)[:MOST_CLASSES]
    rows = MOST_IMAGES // max(1, len(names))
    numbers = {name: np.flatnonzero(images.labels == found.classes.index(name))[:rows] for name in names}
    return {name: [images.pictures[int(number)] for number in chosen] for name, chosen in numbers.items()}


def _cells(columns: Mapping[str, Sequence[PictureFile]]) -> Iterator[Cell]:
    for row in range(max(map(len, columns.values()))):
        for name, files in columns.items():
            caption = name if row == 0 else ""
            yield Cell(load_rgb(files[row]), caption) if row < len(files) else Cell(None, caption)
