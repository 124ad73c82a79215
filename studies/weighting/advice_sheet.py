"""A sheet for a piece of advice: photos, each beside the renders nearest to it of its true class and of the class that
it is taken for."""

from __future__ import annotations

from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from ...datasets.contact_sheet import GREEN, RED, Cell, contact_sheet
from ...datasets.preprocessing import load_rgb
from .compared import Compared
from .findings import Finding

CELL_PX = 128
PHOTOS = 3
RENDERS = 4


def advice_sheet(compared: Compared, finding: Finding) -> Image.Image:
    """Draw the first of the finding's photos: a row each, the photo with a border that says right or wrong."""
    numbers = finding.photos[:PHOTOS]
    others = [_other(compared, finding, number) for number in numbers]
    columns = 1 + RENDERS * (2 if any(other is not None for other in others) else 1)
    cells: list[Cell | None] = []
    headings = []
    for number, other in zip(numbers, others, strict=True):
        row, heading = _row(compared, number, other)
        cells += [*row, *[None] * (columns - len(row))]
        headings.append(heading)
    return contact_sheet(cells, columns, CELL_PX, headings=headings)


def _other(compared: Compared, finding: Finding, number: int) -> int | None:
    """The class that a photo is taken for, if it is another than its own."""
    predicted = int(compared.photos.predicted[number])
    return finding.other if predicted == compared.photos.truth[number] else predicted


def _row(compared: Compared, number: int, other: int | None) -> tuple[list[Cell | None], str]:
    photos = compared.photos
    truth = int(photos.truth[number])
    border = GREEN if photos.hits[number] else RED
    picture = load_rgb(photos.paths[number], CELL_PX)
    cells: list[Cell | None] = [Cell(picture, PurePosixPath(photos.names[number]).name, border)]
    cells += _nearest(compared, number, compared.of_true_class[number].tolist())
    heading = f"Photo of {compared.classes[truth]}, and the nearest renders of it"
    if other is not None:
        cells += _nearest(compared, number, compared.of_class(np.array([number]), other)[0].tolist())
        share = 100 * photos.probabilities[number, other]
        heading += f"; then of {compared.classes[other]}, for which it is taken ({share:.0f} %)"
    return cells, heading


def _nearest(compared: Compared, photo: int, renders: list[int]) -> list[Cell | None]:
    shown: list[Cell | None] = [
        Cell(load_rgb(compared.pool.paths[render]), _caption(compared, photo, render)) for render in renders[:RENDERS]
    ]
    return [*shown, *[None] * (RENDERS - len(shown))]


def _caption(compared: Compared, photo: int, render: int) -> str:
    likeness = float(compared.unit_photos[photo] @ compared.unit_renders[render])
    path = compared.models[render].partition(":")[2]
    return f"{PurePosixPath(path).stem}, {likeness:.2f}"
