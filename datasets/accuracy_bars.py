"""Per-class accuracy as a picture: a bar a class, with its 95 % interval and the counts behind it."""

from __future__ import annotations

from PIL import Image, ImageDraw

from .accuracy import Accuracy, PerClass, wilson_interval
from .lettering import FAINT_INK, INK, PAPER, RGB, RULE, fit, font, line_height, width

BAR: RGB = (131, 174, 214)
MEAN: RGB = (204, 96, 56)
TRACK: RGB = (238, 240, 243)
MARGIN = 28
GAP = 12
TRACK_PX = 560
BAR_PX = 22
STEP_PX = 38
TITLE_PX = 24
NOTE_PX = 15
LABEL_PX = 17
LABEL_MAX_PX = 260


def accuracy_bars(accuracy: Accuracy, title: str) -> Image.Image:
    """Draw every class's accuracy, in label order, with a whisker for its Wilson interval; then the mean of all."""
    labels = {name: fit(name, LABEL_PX, LABEL_MAX_PX) for name in accuracy.classes}
    left = MARGIN + max(width(text, LABEL_PX) for text in labels.values()) + GAP
    counts = max(width(_count(share), LABEL_PX) for share in accuracy.per_class.values())
    wide = max(left + TRACK_PX + GAP + counts + MARGIN, MARGIN * 2 + min(900, width(title, TITLE_PX)))
    top = MARGIN + line_height(TITLE_PX) + line_height(NOTE_PX) + 2 * GAP
    below = top + STEP_PX * len(labels)
    image = Image.new("RGB", (wide, below + line_height(NOTE_PX) + GAP + MARGIN), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, MARGIN), fit(title, TITLE_PX, wide - 2 * MARGIN), font=font(TITLE_PX, title), fill=INK)
    draw.text((MARGIN, MARGIN + line_height(TITLE_PX) + 4), _note(accuracy), font=font(NOTE_PX), fill=FAINT_INK)
    for percent in range(0, 101, 20):
        x = left + TRACK_PX * percent / 100
        draw.line((x, top - 4, x, below), fill=RULE)
        draw.text((x, below + 6), f"{percent} %", font=font(NOTE_PX), fill=FAINT_INK, anchor="ma")
    for number, (name, share) in enumerate(accuracy.per_class.items()):
        middle = top + STEP_PX * number + STEP_PX // 2
        draw.text((left - GAP, middle), labels[name], font=font(LABEL_PX, name), fill=INK, anchor="rm")
        _bar(draw, share, left, middle)
        draw.text(
            (left + TRACK_PX + GAP, middle),
            _count(share),
            font=font(LABEL_PX),
            fill=FAINT_INK if share.n else RULE,
            anchor="lm",
        )
    if accuracy.n:
        x = left + TRACK_PX * accuracy.mean_class_accuracy
        draw.line((x, top - 4, x, below), fill=MEAN, width=2)
    return image


def _bar(draw: ImageDraw.ImageDraw, share: PerClass, left: int, middle: int) -> None:
    half = BAR_PX // 2
    draw.rectangle((left, middle - half, left + TRACK_PX, middle + half), fill=TRACK)
    if not share.n:
        return
    draw.rectangle((left, middle - half, left + TRACK_PX * share.accuracy, middle + half), fill=BAR)
    low, high = (left + TRACK_PX * end for end in wilson_interval(share.correct, share.n))
    for x in (low, high):
        draw.line((x, middle - 6, x, middle + 6), fill=INK, width=2)
    draw.line((low, middle, high, middle), fill=INK, width=2)


def _count(share: PerClass) -> str:
    return f"{100 * share.accuracy:.0f} %   {share.correct} of {share.n}" if share.n else "no images"


def _note(accuracy: Accuracy) -> str:
    if not accuracy.n:
        return "no images"
    mean = f"mean of classes {100 * accuracy.mean_class_accuracy:.1f} % (orange line)"
    return f"{accuracy.n} images    {mean}    whiskers: 95 % interval"
