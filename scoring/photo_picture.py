"""One scored photo as a picture: the photo, framed in green or red, beside bars of the five best classes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ..datasets.lettering import FAINT_INK, GREEN, INK, PAPER, RED, RGB, RULE, fit, font, wrap
from ..datasets.preprocessing import load_rgb
from ..design.errors import AssetError
from .heat import Sight, heated
from .score import Prediction

SIZE = (1200, 760)
MARGIN = 30
SIDE = SIZE[1] - 2 * MARGIN
FRAME = 6
COLUMN = MARGIN + SIDE + 2 * MARGIN
COLUMN_PX = SIZE[0] - COLUMN - MARGIN
BACKDROP: RGB = (238, 240, 243)
BAR: RGB = (33, 102, 172)
OTHER_BAR: RGB = (158, 178, 202)
BAR_PX = 20
STEP_PX = 74


def photo_picture(
    prediction: Prediction, sight: Sight, activation: npt.NDArray[np.float32] | None = None
) -> Image.Image:
    """Draw a prediction, always at ``SIZE``. With ``activation`` (h, w): where the model looked, as heat."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    colour = {True: GREEN, False: RED, None: RULE}[prediction.correct]
    _photo(
        image, draw, prediction, lambda photo: photo if activation is None else heated(photo, activation, sight), colour
    )
    draw.text(
        (COLUMN, MARGIN - 4), fit(prediction.predicted, 40, COLUMN_PX), font=font(40, prediction.predicted), fill=INK
    )
    verdict = _verdict(prediction)
    ink = FAINT_INK if prediction.correct is None else colour
    draw.text((COLUMN, MARGIN + 50), fit(verdict, 21, COLUMN_PX), font=font(21, verdict), fill=ink)
    for rank, (name, confidence) in enumerate(prediction.top5):
        _bar(draw, MARGIN + 122 + rank * STEP_PX, name, confidence, _bar_colour(prediction, rank, name))
    notes = [*wrap(prediction.name, 16, COLUMN_PX, 2)]
    if activation is not None:
        notes.insert(0, f"heat: what speaks for {prediction.predicted}")
    for line, note in enumerate(reversed(notes)):
        draw.text((COLUMN, SIZE[1] - MARGIN - 22 * line), note, font=font(16, note), fill=FAINT_INK, anchor="ls")
    return image


def _photo(
    image: Image.Image,
    draw: ImageDraw.ImageDraw,
    prediction: Prediction,
    finish: Callable[[Image.Image], Image.Image],
    colour: RGB,
) -> None:
    inner = SIDE - 2 * FRAME
    draw.rectangle((MARGIN, MARGIN, MARGIN + SIDE - 1, MARGIN + SIDE - 1), fill=BACKDROP)
    try:
        photo = load_rgb(prediction.path, least_px=inner)
    except AssetError:
        note = "The photo is no longer there"
        draw.text((MARGIN + SIDE / 2, MARGIN + SIDE / 2), note, font=font(22), fill=FAINT_INK, anchor="mm")
        return
    scale = inner / max(photo.size)
    size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    photo = finish(photo.resize(size, Image.Resampling.BILINEAR))
    left, top = MARGIN + (SIDE - size[0]) // 2, MARGIN + (SIDE - size[1]) // 2
    box = (left - FRAME, top - FRAME, left + size[0] + FRAME - 1, top + size[1] + FRAME - 1)
    draw.rectangle(box, outline=colour, width=FRAME)
    image.paste(photo, (left, top))


def _bar(draw: ImageDraw.ImageDraw, y: int, name: str, confidence: float, colour: RGB) -> None:
    percent = f"{100 * confidence:.1f} %"
    label = fit(name, 21, COLUMN_PX - 90)
    draw.text((COLUMN, y), label, font=font(21, name), fill=INK)
    draw.text((COLUMN + COLUMN_PX, y), percent, font=font(21), fill=INK, anchor="ra")
    top = y + 30
    draw.rectangle((COLUMN, top, COLUMN + COLUMN_PX, top + BAR_PX), fill=BACKDROP)
    draw.rectangle((COLUMN, top, COLUMN + round(COLUMN_PX * confidence), top + BAR_PX), fill=colour)


def _bar_colour(prediction: Prediction, rank: int, name: str) -> RGB:
    if name == prediction.true_class:
        return GREEN
    if rank == 0:
        return BAR if prediction.true_class is None else RED
    return OTHER_BAR


def _verdict(prediction: Prediction) -> str:
    if prediction.correct is None:
        return "the true class is not known"
    return "right" if prediction.correct else f"wrong: the photo shows {prediction.true_class}"
