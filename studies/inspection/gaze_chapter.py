"""The chapter on where the network looks: on images that were chosen, or on its surest hits and mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from ...datasets.preprocessing import load_rgb
from ...design.errors import RunError
from ...training.trained import TrainedModel
from ..page import Picture, Section, Text
from .chapters import Chapter, kept_picture
from .gaze import EXPLAINED, ROLLOUT, Gaze, gaze_at
from .gaze_sheet import Shown, gaze_sheet
from .measured import Measured, softmax
from .picks import picks

TITLE = "Where it looks"


def gaze_chapter(
    model: TrainedModel, found: Measured, images: Sequence[Path], *, each: int, device: torch.device, out: Path
) -> Chapter:
    """Maps of the ``images``, or without them of ``each`` picks of every kind among those ``found``.

    A network whose places cannot be told is said to be one, unless images were asked for: then RunError.
    """
    if images:
        groups = [_given(model, images)]
        names = [[str(path) for path in images]]
    else:
        chosen = picks(found, each)
        files, called = found.domain.samples.files, found.domain.samples.names
        groups = [
            Shown(
                f"{pick.title}: {found.domain.name}",
                [load_rgb(files[int(n)]) for n in pick.positions],
                [int(found.truth[n]) for n in pick.positions],
            )
            for pick in chosen
        ]
        names = [[called[int(n)] for n in pick.positions] for pick in chosen]
    try:
        gazes = [gaze_at(model, group.pictures, device) for group in groups]
    except RunError as error:
        if images:
            raise
        return Chapter("sight", Section(TITLE, [Text(f"{error}.")]), None)
    way = gazes[0].way
    words = EXPLAINED[way]
    words += " Heat goes from each map's least place to its greatest: two maps do not compare in strength."
    if way == ROLLOUT:
        words += " Attention that is spread evenly says nothing, however it is coloured."
    sheet = gaze_sheet(groups, gazes, model, f"Where {model.backbone} looks: {way}")
    parts: list[Text | Picture] = [
        Text(words),
        kept_picture(out / "sight.png", sheet, f"Images with {way}; green frame: right, red: wrong"),
    ]
    numbers: dict[str, Any] = {
        "way": way,
        "groups": [
            {"title": group.heading, "images": _rows(model, group, gaze, called)}
            for group, gaze, called in zip(groups, gazes, names, strict=True)
        ],
    }
    return Chapter("sight", Section(TITLE, parts), numbers)


def _given(model: TrainedModel, images: Sequence[Path]) -> Shown:
    """The pictures of these files; what they show is known where their folder is called like a class."""
    pictures: list[Image.Image] = [load_rgb(path) for path in images]
    folders = [path.resolve().parent.name for path in images]
    truth = [model.classes.index(name) if name in model.classes else None for name in folders]
    return Shown("Chosen images", pictures, truth)


def _rows(model: TrainedModel, group: Shown, gaze: Gaze, names: Sequence[str]) -> list[dict[str, Any]]:
    probabilities = softmax(gaze.logits)
    return [
        {
            "file": name,
            "truth": None if truth is None else model.classes[truth],
            "predicted": model.classes[int(shares.argmax())],
            "confidence": round(float(shares.max()), 4),
        }
        for name, truth, shares in zip(names, group.truth, probabilities, strict=True)
    ]
