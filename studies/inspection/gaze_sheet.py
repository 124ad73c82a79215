"""A contact sheet of images with where the network looked: the image, then heat for one class or two."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from PIL import Image

from ...datasets.contact_sheet import GREEN, RED, Cell, contact_sheet
from ...datasets.lettering import RGB
from ...scoring.heat import Sight, heated
from ...training.trained import TrainedModel
from .gaze import Gaze
from .measured import softmax

CELL_PX = 168
TILES_ACROSS = 6


@attrs.frozen(eq=False)
class Shown:
    """A group of pictures under a heading, with their true labels (None where nothing is known of them)."""

    heading: str
    pictures: Sequence[Image.Image]
    truth: Sequence[int | None]


def gaze_sheet(groups: Sequence[Shown], gazes: Sequence[Gaze], model: TrainedModel, title: str) -> Image.Image:
    """Draw the groups. Each image stands before its heat for the predicted class and, where the way tells classes
    apart, for the true one (of a right prediction: for the second guess)."""
    tiles = 3 if gazes[0].by_class else 2
    across = TILES_ACROSS // tiles
    cells: list[Cell | None] = []
    headings: list[str] = []
    for group, gaze in zip(groups, gazes, strict=True):
        rows = -(-len(group.pictures) // across)
        headings += [group.heading, *[""] * (rows - 1)]
        for number, picture in enumerate(group.pictures):
            cells += _cells(picture, group.truth[number], gaze, number, model)
        cells += [None] * (rows * across * tiles - len(group.pictures) * tiles)
    return contact_sheet(cells, TILES_ACROSS, CELL_PX, title, headings)


def _cells(picture: Image.Image, truth: int | None, gaze: Gaze, number: int, model: TrainedModel) -> list[Cell]:
    probabilities = softmax(gaze.logits[number : number + 1])[0]
    ranked = [int(label) for label in probabilities.argsort()[::-1]]
    predicted = ranked[0]
    border: RGB | None = None if truth is None else GREEN if truth == predicted else RED
    called = f"{model.classes[predicted]} {100 * probabilities[predicted]:.0f} %"
    if truth is not None and truth != predicted:
        called = f"{model.classes[truth]} -> {called}"
    sight = Sight(model.resize_px, model.crop_px)
    heats = [Cell(heated(picture, gaze.map_of(number, predicted), sight), _for(gaze, model.classes[predicted]))]
    if gaze.by_class:
        other = truth if truth is not None and truth != predicted else ranked[1] if len(ranked) > 1 else predicted
        words = f"for {model.classes[other]} ({100 * probabilities[other]:.0f} %)"
        heats.append(Cell(heated(picture, gaze.map_of(number, other), sight), words))
    return [Cell(picture, called, border), *heats]


def _for(gaze: Gaze, name: str) -> str:
    return f"for {name}" if gaze.by_class else "attention"
