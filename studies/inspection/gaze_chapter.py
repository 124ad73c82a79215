"""The chapter on where the network looks: on images that were chosen, or on its surest hits and mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import torch

from ...datasets.preprocessing import load_rgb
from ...design.errors import RunError
from ...training.trained import TrainedModel
from ..page import Part, Section, Text
from .chapters import Chapter, kept_picture
from .gaze import EXPLAINED, ROLLOUT, Gaze, gaze_at
from .gaze_sheet import Shown, gaze_sheet
from .measured import Measured, softmax
from .picks import picks

TITLE = "Where it looks"


@attrs.frozen(eq=False)
class Looked:
    """A group of images, called by ``names``, and where the network looks on them."""

    shown: Shown
    names: Sequence[str]
    gaze: Gaze


def chosen_images(model: TrainedModel, images: Sequence[Path], device: torch.device) -> list[Looked]:
    """Where it looks on these files; what they show is known where their folder is called like a class.

    Raises AssetError for what is no picture, and RunError where the network's places cannot be told.
    """
    if not images:
        return []
    pictures = [load_rgb(path) for path in images]
    folders = [path.resolve().parent.name for path in images]
    truth = [model.classes.index(name) if name in model.classes else None for name in folders]
    shown = Shown("Chosen images", pictures, truth)
    return [Looked(shown, [str(path) for path in images], gaze_at(model, pictures, device))]


def picked_images(model: TrainedModel, found: Measured, each: int, device: torch.device) -> list[Looked]:
    """Where it looks on ``each`` picks of every kind among those ``found``. RunError as with ``chosen_images``."""
    files, called = found.domain.samples.files, found.domain.samples.names
    looked = []
    for pick in picks(found, each):
        pictures = [load_rgb(files[int(n)]) for n in pick.positions]
        truth = [int(found.truth[n]) for n in pick.positions]
        shown = Shown(f"{pick.title}: {found.domain.name}", pictures, truth)
        looked.append(Looked(shown, [called[int(n)] for n in pick.positions], gaze_at(model, pictures, device)))
    return looked


def gaze_chapter(model: TrainedModel, looked: Sequence[Looked], out: Path) -> Chapter:
    """The groups of images, with maps of where the network looks."""
    way = looked[0].gaze.way
    words = EXPLAINED[way]
    words += " Heat goes from each map's least place to its greatest: two maps do not compare in strength."
    if way == ROLLOUT:
        words += " Attention that is spread evenly says nothing, however it is coloured."
    title = f"Where {model.backbone} looks: {way}"
    sheet = gaze_sheet([each.shown for each in looked], [each.gaze for each in looked], model, title)
    caption = f"Images with {way}; green frame: right, red: wrong"
    parts: list[Part] = [Text(words), kept_picture(out / "sight.png", sheet, caption)]
    groups = [{"title": each.shown.heading, "images": _rows(model, each)} for each in looked]
    return Chapter("sight", Section(TITLE, parts), {"way": way, "groups": groups})


def blind_chapter(problem: RunError) -> Chapter:
    """In its place, why nothing can be shown."""
    return Chapter("sight", Section(TITLE, [Text(f"{problem}.")]), None)


def _rows(model: TrainedModel, looked: Looked) -> list[dict[str, Any]]:
    probabilities = softmax(looked.gaze.logits)
    return [
        {
            "file": name,
            "truth": None if truth is None else model.classes[truth],
            "predicted": model.classes[int(shares.argmax())],
            "confidence": round(float(shares.max()), 4),
        }
        for name, truth, shares in zip(looked.names, looked.shown.truth, probabilities, strict=True)
    ]
