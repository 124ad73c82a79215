"""Contact sheets: pictures in a grid with captions, and borders that say right or wrong; made at once or bit by bit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
from PIL import Image, ImageDraw

from .lettering import FAINT_INK, GREEN, INK, PAPER, RED, RGB, RULE, fit, font, line_height, width, wrap

__all__ = ["GREEN", "RED", "Cell", "Sheet", "contact_sheet", "tile"]

BACKDROP: RGB = (238, 240, 243)
MARGIN = 20
GAP = 12
BORDER = 4
TITLE_PX = 22
CAPTION_LINES = 2


@attrs.frozen(eq=False)
class Cell:
    """One picture with its caption (two lines at most are shown). ``border`` is RGB 0..255.

    No image: a placeholder, with the ``problem`` that stood in its way if that is told.
    """

    image: Image.Image | None
    caption: str = ""
    border: RGB | None = None
    problem: str = ""


class Sheet:
    """A sheet whose cells are filled one by one, in any order; until then a cell is a plain light square.

    ``picture`` is the sheet as it stands. Captions are wrapped to two lines and cut with an ellipsis. Fewer captions
    than ``columns`` give a narrower sheet.
    """

    def __init__(self, captions: Sequence[str], columns: int = 8, cell_px: int = 160, title: str = "") -> None:
        if columns < 1 or cell_px < 8:
            raise ValueError(f"a contact sheet needs at least 1 column and 8 px a cell, not {columns} and {cell_px}")
        self.cell_px = cell_px
        caption_px = max(10, min(15, round(cell_px * 0.085)))
        step = line_height(caption_px)
        lettered = [wrap(caption, caption_px, cell_px, CAPTION_LINES) for caption in captions]
        rows = [lettered[start : start + columns] for start in range(0, len(lettered), columns)]
        heights = [cell_px + 4 + step * max(len(lines) if any(lines) else 0 for lines in row) for row in rows]

        wide = 2 * MARGIN + max(1, min(columns, len(lettered))) * (cell_px + GAP) - GAP
        wide = max(wide, min(width(title, TITLE_PX) + 2 * MARGIN, 480))
        top = MARGIN + (line_height(TITLE_PX) + GAP if title else 0)
        self.picture = Image.new("RGB", (wide, top + sum(heights) + GAP * max(0, len(rows) - 1) + MARGIN), PAPER)
        self._corners: list[tuple[int, int]] = []
        draw = ImageDraw.Draw(self.picture)
        draw.text((MARGIN, MARGIN), fit(title, TITLE_PX, wide - 2 * MARGIN), font=font(TITLE_PX, title), fill=INK)
        for row, height in zip(rows, heights, strict=True):
            for column, lines in enumerate(row):
                left = MARGIN + column * (cell_px + GAP)
                self._corners.append((left, top))
                draw.rectangle((left, top, left + cell_px - 1, top + cell_px - 1), fill=BACKDROP)
                for index, line in enumerate(lines):
                    y = top + cell_px + 4 + index * step
                    draw.text((left + cell_px / 2, y), line, font=font(caption_px, line), fill=INK, anchor="ma")
            top += height + GAP

    def __len__(self) -> int:
        return len(self._corners)

    def put(self, number: int, cell: Cell) -> None:
        """Fill a cell. Its caption has been written already; that of ``cell`` is not looked at."""
        self.paste(number, tile(cell, self.cell_px))

    def paste(self, number: int, made: Image.Image) -> None:
        """Fill a cell with a tile of its size."""
        self.picture.paste(made, self._corners[number])


def contact_sheet(cells: Iterable[Cell], columns: int = 8, cell_px: int = 160, title: str = "") -> Image.Image:
    """Draw ``cells`` row by row, each image fitted whole into a square of ``cell_px``; cells are read one at a time."""
    tiles = [(tile(cell, cell_px), cell.caption) for cell in cells]
    sheet = Sheet([caption for _, caption in tiles], columns, cell_px, title)
    for number, (made, _) in enumerate(tiles):
        sheet.paste(number, made)
    return sheet.picture


def tile(cell: Cell, size: int) -> Image.Image:
    """A cell's picture, border or placeholder as a square of ``size`` pixels."""
    made = Image.new("RGB", (size, size), BACKDROP)
    draw = ImageDraw.Draw(made)
    inner = size - 2 * BORDER if cell.border else size
    if cell.image is None:
        _placeholder(draw, size, cell.problem)
    else:
        picture = _opaque(cell.image)
        scale = min(inner / picture.width, inner / picture.height)
        fitted = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(fitted, Image.Resampling.LANCZOS)
        made.paste(picture, ((size - fitted[0]) // 2, (size - fitted[1]) // 2))
    if cell.border:
        draw.rectangle((0, 0, size - 1, size - 1), outline=cell.border, width=BORDER)
    return made


def _placeholder(draw: ImageDraw.ImageDraw, size: int, problem: str) -> None:
    if problem:
        _reason(draw, size, problem)
        return
    draw.rectangle((0, 0, size - 1, size - 1), outline=RULE, width=2)
    draw.line((size * 0.3, size * 0.3, size * 0.7, size * 0.7), fill=RULE, width=3)
    draw.line((size * 0.3, size * 0.7, size * 0.7, size * 0.3), fill=RULE, width=3)
    text_px = max(10, size // 12)
    draw.text((size / 2, size * 0.84), fit("no image", text_px, size), font=font(text_px), fill=FAINT_INK, anchor="mm")


def _reason(draw: ImageDraw.ImageDraw, size: int, problem: str) -> None:
    """Why there is no image, over as many lines as there is room for."""
    text_px = max(10, min(13, size // 12))
    step = line_height(text_px)
    draw.rectangle((0, 0, size - 1, size - 1), outline=RED, width=1)
    lines = wrap(problem, text_px, size - 12, max(1, (size - 12) // step))
    top = (size - step * len(lines)) / 2
    for index, line in enumerate(lines):
        draw.text((6, top + index * step), line, font=font(text_px, line), fill=RED)


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layered.size, (*PAPER, 255)), layered).convert("RGB")
