"""Statistics of a split as a picture: a small histogram for every parameter, over a bar for how often it was drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from PIL import Image, ImageDraw

from .lettering import FAINT_INK, INK, PAPER, RGB, RULE, fit, font, line_height
from .statistics import Histogram, SplitStatistics

BAR: RGB = (131, 174, 214)
MARGIN = 28
CELL_PX = (250, 128)
GAP = 22
COLUMNS = 4
PLOT_PX = 74
TITLE_PX = 24
LABEL_PX = 15
NOTE_PX = 12
SHOWN_CHOICES = 20


def statistics_picture(split: SplitStatistics, title: str) -> Image.Image:
    """Draw all parameters of a split, the images a class and the coverage."""
    cells = list(_cells(split))
    rows = -(-len(cells) // COLUMNS)
    top = MARGIN + line_height(TITLE_PX) + line_height(LABEL_PX) + GAP
    size = (
        2 * MARGIN + COLUMNS * CELL_PX[0] + (COLUMNS - 1) * GAP,
        top + rows * (CELL_PX[1] + GAP) - GAP + MARGIN,
    )
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, MARGIN), fit(title, TITLE_PX, size[0] - 2 * MARGIN), font=font(TITLE_PX, title), fill=INK)
    note = (
        f"{split.images} images    object cut by the edge: {split.boxes_cut:.1%}    not seen: {split.unseen:.1%}    "
        "histograms are of the images that drew the factor"
    )
    draw.text((MARGIN, MARGIN + line_height(TITLE_PX) + 4), note, font=font(LABEL_PX), fill=FAINT_INK)
    for number, (name, counts, words) in enumerate(cells):
        row, column = divmod(number, COLUMNS)
        x, y = MARGIN + column * (CELL_PX[0] + GAP), top + row * (CELL_PX[1] + GAP)
        _cell(draw, (x, y), name, counts, words)
    return image


def _cells(split: SplitStatistics) -> Iterator[tuple[str, Sequence[int], tuple[str, str, str]]]:
    """What is drawn: name, bars, and the words below the first bar, the middle and the last bar."""
    names = list(split.classes)
    yield "class", list(split.classes.values()), (names[0], "", names[-1])
    for name, histogram in split.shares.items():
        if sum(histogram.counts):
            yield name, histogram.counts, _ends(histogram, "")
    for factor, found in split.factors.items():
        share = f"{found.drawn:.0%} drawn"
        for name, histogram in found.numbers.items():
            if sum(histogram.counts):
                yield f"{factor}.{name}", histogram.counts, _ends(histogram, share)
        for name, choices in found.choices.items():
            if shown := list(choices.items())[:SHOWN_CHOICES]:
                ends = _word(shown[0][0]), share, _word(shown[-1][0])
                yield f"{factor}.{name}", [count for _, count in shown], ends


def _ends(histogram: Histogram, middle: str) -> tuple[str, str, str]:
    return f"{histogram.edges[0]:.4g}", middle, f"{histogram.edges[-1]:.4g}"


def _word(option: str) -> str:
    """Of an asset the file's name alone."""
    return PurePosixPath(option.rpartition(":")[2]).stem or "none"


def _cell(
    draw: ImageDraw.ImageDraw, place: tuple[int, int], name: str, counts: Sequence[int], words: tuple[str, str, str]
) -> None:
    (x, y), wide = place, CELL_PX[0]
    draw.text((x, y), fit(name, LABEL_PX, wide), font=font(LABEL_PX, name), fill=INK)
    bottom = y + line_height(LABEL_PX) + 4 + PLOT_PX
    most, step = max([*counts, 1]), wide / max(len(counts), 1)
    for number, count in enumerate(counts):
        if count:
            height = max(1.0, PLOT_PX * count / most)
            left = x + number * step
            draw.rectangle((left, bottom - height, max(left, left + step - 2), bottom), fill=BAR)
    draw.line((x, bottom + 1, x + wide, bottom + 1), fill=RULE)
    for word, at, anchor in zip(words, (x, x + wide // 2, x + wide), ("la", "ma", "ra"), strict=True):
        if word and (anchor != "ra" or len(counts) > 1):
            shown = fit(word, NOTE_PX, wide // 3)
            draw.text((at, bottom + 4), shown, font=font(NOTE_PX, shown), fill=FAINT_INK, anchor=anchor)
