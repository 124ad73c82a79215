"""The confusion matrix as a picture: a row a true class, its cells shaded by their share of the row."""

from __future__ import annotations

from PIL import Image, ImageDraw

from .accuracy import Accuracy
from .lettering import FAINT_INK, INK, PAPER, RGB, RULE, fit, font, line_height, upright, width

EMPTY: RGB = (247, 248, 250)
RIGHT: RGB = (33, 102, 172)
WRONG: RGB = (204, 96, 56)
MARGIN = 28
GAP = 8
LABEL_MAX_PX = 220
TITLE_PX = 24
NOTE_PX = 15


def confusion_picture(accuracy: Accuracy, title: str) -> Image.Image:
    """Draw ``accuracy.confusion`` (K, K): blue where right, orange where wrong. Rows of unseen classes stay empty."""
    names = accuracy.classes
    cell = _cell_px(len(names))
    label_px = max(12, min(17, round(cell * 0.36)))
    shown = [fit(name, label_px, LABEL_MAX_PX) for name in names]
    longest = max((width(name, label_px) for name in shown), default=0)
    lying = longest <= cell - GAP
    grid = cell * len(names)

    left = MARGIN + line_height(NOTE_PX) + GAP + longest + GAP
    counts = max(width(text, label_px) for text in ["images", *(str(share.n) for share in accuracy.per_class.values())])
    heading = f"Predicted class ({_percent_note(len(names))})"
    wide = max(left + grid + GAP + counts, left + width(heading, NOTE_PX))
    notes = _note(accuracy)
    wide = max(wide, MARGIN + width(notes, NOTE_PX), min(MARGIN + width(title, TITLE_PX), 2 * wide)) + MARGIN
    top = MARGIN + line_height(TITLE_PX) + line_height(NOTE_PX) + 2 * GAP + line_height(label_px)
    label_height = line_height(label_px) if lying else longest
    below = top + grid + GAP + label_height + GAP
    image = Image.new("RGB", (wide, below + line_height(NOTE_PX) + MARGIN), PAPER)
    draw = ImageDraw.Draw(image)

    draw.text((MARGIN, MARGIN), fit(title, TITLE_PX, wide - 2 * MARGIN), font=font(TITLE_PX, title), fill=INK)
    draw.text((MARGIN, MARGIN + line_height(TITLE_PX) + 4), notes, font=font(NOTE_PX), fill=FAINT_INK)
    draw.text((left + grid + GAP, top - GAP), "images", font=font(label_px), fill=FAINT_INK, anchor="ls")
    for index, name in enumerate(shown):
        middle = top + index * cell + cell // 2
        draw.text((left - GAP, middle), name, font=font(label_px, name), fill=INK, anchor="rm")
        count = str(accuracy.per_class[names[index]].n)
        draw.text((left + grid + GAP, middle), count, font=font(label_px), fill=FAINT_INK, anchor="lm")
        across = left + index * cell + cell // 2
        if lying:
            draw.text((across, top + grid + GAP), name, font=font(label_px, name), fill=INK, anchor="ma")
        else:
            upright(image, (across, top + grid + GAP), name, label_px, INK)
    _cells(draw, accuracy, left, top, cell)
    axis = "True class"
    upright(
        image, (MARGIN + line_height(NOTE_PX) // 2, top + max(0, grid - width(axis, NOTE_PX)) // 2), axis, NOTE_PX, INK
    )
    draw.text((left, below), heading, font=font(NOTE_PX), fill=INK)
    return image


def _cells(draw: ImageDraw.ImageDraw, accuracy: Accuracy, left: int, top: int, cell: int) -> None:
    text_px = max(11, min(19, round(cell * 0.38)))
    for row, counts in enumerate(accuracy.confusion.tolist()):
        total = sum(counts)
        for column, count in enumerate(counts):
            x, y = left + column * cell, top + row * cell
            share = count / total if total else 0.0
            colour = _shade(RIGHT if row == column else WRONG, share)
            outline = FAINT_INK if row == column and not count else None
            draw.rectangle((x + 1, y + 1, x + cell - 2, y + cell - 2), fill=colour, outline=outline if total else RULE)
            if count:
                ink = PAPER if sum(colour) < 480 else INK
                draw.text((x + cell / 2, y + cell / 2), _percent(share), font=font(text_px), fill=ink, anchor="mm")


def _shade(full: RGB, share: float) -> RGB:
    strength = share**0.7 if share else 0.0  # small shares stay visible
    red, green, blue = (round(a + (b - a) * strength) for a, b in zip(EMPTY, full, strict=True))
    return red, green, blue


def _percent(share: float) -> str:
    percent = round(100 * share)
    return "<1" if percent == 0 else ">99" if percent == 100 and share < 1 else str(percent)


def _percent_note(count: int) -> str:
    return "% of the row" if count < 4 else "numbers are % of the true class, the row"


def _note(accuracy: Accuracy) -> str:
    if not accuracy.n:
        return "no images"
    return (
        f"{accuracy.n} images    top-1 {100 * accuracy.top1:.1f} %    "
        f"mean of classes {100 * accuracy.mean_class_accuracy:.1f} %"
    )


def _cell_px(count: int) -> int:
    return max(30, min(72, 1000 // max(count, 1)))
