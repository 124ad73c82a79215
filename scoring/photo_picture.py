"""One scored photo as a picture: the photo, framed in green or red, with bars of the five best classes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ..datasets.lettering import FAINT_INK, GREEN, INK, PAPER, RED, RGB, RULE, fit, font, wrap
from ..datasets.preprocessing import load_rgb
from ..design.errors import AssetError
from .heat import Sight, heated
from .photo_arrangement import HEAD_PX, SIZE, STEP_PX, Arrangement, arranged
from .score import Prediction

FRAME_PX, BAR_PX = 6, 20
BACKDROP: RGB = (238, 240, 243)
BAR: RGB = (33, 102, 172)
OTHER_BAR: RGB = (158, 178, 202)


def photo_picture(
    prediction: Prediction,
    sight: Sight,
    activation: npt.NDArray[np.float32] | None = None,
    size: tuple[int, int] = SIZE,
) -> Image.Image:
    """Draw a prediction in a picture of ``size``. With ``activation`` (h, w): where the model looked, as heat."""
    place = arranged(size)
    image = Image.new("RGB", place.size, PAPER)
    draw = ImageDraw.Draw(image)
    _photo(image, place, prediction, sight, activation)
    _heading(draw, place, prediction)
    for rank in range(len(prediction.top5)):
        _bar(draw, place, prediction, rank)
    note_px = place.px(16, 12)
    notes = [*wrap(prediction.name, note_px, place.column_px, 2)]
    if activation is not None:
        notes.insert(0, fit(f"heat: what speaks for {prediction.predicted}", note_px, place.column_px))
    for line, note in enumerate(reversed(notes)):
        at = (place.column[0], place.bottom - round(1.35 * note_px) * line)
        draw.text(at, note, font=font(note_px, note), fill=FAINT_INK, anchor="ls")
    return image


def _photo(
    image: Image.Image,
    place: Arrangement,
    prediction: Prediction,
    sight: Sight,
    activation: npt.NDArray[np.float32] | None,
) -> None:
    draw = ImageDraw.Draw(image)
    (wide, high), (left, top, right, bottom) = place.photo_size, place.photo
    draw.rectangle((left, top, right - 1, bottom - 1), fill=BACKDROP)
    frame = place.px(FRAME_PX, 4)
    try:
        photo = load_rgb(prediction.path, least_px=max(wide, high))
    except AssetError:
        text_px = place.px(22, 13)
        note, middle = fit("The photo is no longer there", text_px, wide), ((left + right) / 2, (top + bottom) / 2)
        draw.text(middle, note, font=font(text_px), fill=FAINT_INK, anchor="mm")
        return
    scale = min((wide - 2 * frame) / photo.width, (high - 2 * frame) / photo.height)
    size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    photo = photo.resize(size, Image.Resampling.BILINEAR)
    corner = left + (wide - size[0]) // 2, top + (high - size[1]) // 2
    end = corner[0] + size[0] + frame - 1, corner[1] + size[1] + frame - 1
    draw.rectangle((corner[0] - frame, corner[1] - frame, *end), outline=_verdict_colour(prediction), width=frame)
    image.paste(photo if activation is None else heated(photo, activation, sight), corner)


def _heading(draw: ImageDraw.ImageDraw, place: Arrangement, prediction: Prediction) -> None:
    (left, top), big, small = place.column, place.px(40), place.px(21, 13)
    predicted = fit(prediction.predicted, big, place.column_px)
    draw.text((left, top - place.px(8)), predicted, font=font(big, predicted), fill=INK)
    verdict = fit(_verdict(prediction), small, place.column_px)
    ink = FAINT_INK if prediction.correct is None else _verdict_colour(prediction)
    draw.text((left, top + place.px(44)), verdict, font=font(small, verdict), fill=ink)


def _bar(draw: ImageDraw.ImageDraw, place: Arrangement, prediction: Prediction, rank: int) -> None:
    name, confidence = prediction.top5[rank]
    (left, top), right, text_px = place.column, place.column[0] + place.column_px, place.px(21, 13)
    top += place.px(HEAD_PX + rank * STEP_PX)
    draw.text((left, top), fit(name, text_px, place.column_px - 5 * text_px), font=font(text_px, name), fill=INK)
    draw.text((right, top), f"{100 * confidence:.1f} %", font=font(text_px), fill=INK, anchor="ra")
    top += round(1.35 * text_px)
    bottom = top + place.px(BAR_PX)
    draw.rectangle((left, top, right, bottom), fill=BACKDROP)
    colour = _bar_colour(prediction, rank, name)
    draw.rectangle((left, top, left + round(place.column_px * confidence), bottom), fill=colour)


def _bar_colour(prediction: Prediction, rank: int, name: str) -> RGB:
    if name == prediction.true_class:
        return GREEN
    if rank == 0:
        return BAR if prediction.true_class is None else RED
    return OTHER_BAR


def _verdict_colour(prediction: Prediction) -> RGB:
    return {True: GREEN, False: RED, None: RULE}[prediction.correct]


def _verdict(prediction: Prediction) -> str:
    if prediction.correct is None:
        return "the true class is not known"
    return "right" if prediction.correct else f"wrong: the photo shows {prediction.true_class}"
