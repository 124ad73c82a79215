"""Contact sheets: pictures in a grid with captions, and borders that say right or wrong; made at once or bit by bit."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import attrs
from PIL import Image, ImageDraw

from .lettering import FAINT_INK, GREEN, INK, PAPER, RED, RGB, RULE, fit, font, line_height, width, wrap

__all__ = ["GREEN", "RED", "Cell", "Sheet", "contact_sheet", "tile"]

BACKDROP: RGB = (238, 240, 243)
MARGIN = 20
GAP = 12
BORDER = 4
TITLE_PX = 22
HEADING_PX = 15
HEADING_STEP = 24
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
    than ``columns`` give a narrower sheet. ``headings`` are written over the rows, "" for none; cells whose numbers are
    in ``gaps`` are places where nothing comes, with the caption in the middle.
    """

    def __init__(
        self,
        captions: Sequence[str],
        columns: int = 8,
        cell_px: int = 160,
        title: str = "",
        *,
        headings: Sequence[str] = (),
        gaps: Container[int] = (),
    ) -> None:
        if columns < 1 or cell_px < 8:
            raise ValueError(f"a contact sheet needs at least 1 column and 8 px a cell, not {columns} and {cell_px}")
        self.cell_px = cell_px
        self._corners: list[tuple[int, int]] = []
        self._caption_px = max(10, min(15, round(cell_px * 0.085)))
        lettered = [
            [] if number in gaps or not caption else wrap(caption, self._caption_px, cell_px, CAPTION_LINES)
            for number, caption in enumerate(captions)
        ]
        wide = 2 * MARGIN + max(1, min(columns, len(lettered))) * (cell_px + GAP) - GAP
        wide = max(wide, min(width(title, TITLE_PX) + 2 * MARGIN, 480))
        tops, bottom = self._rows(lettered, columns, headings, MARGIN + (line_height(TITLE_PX) + GAP if title else 0))
        self.picture = Image.new("RGB", (wide, bottom + MARGIN), PAPER)
        draw = ImageDraw.Draw(self.picture)
        draw.text((MARGIN, MARGIN), fit(title, TITLE_PX, wide - 2 * MARGIN), font=font(TITLE_PX, title), fill=INK)
        for heading, top in zip(headings, tops, strict=False):
            words = fit(heading, HEADING_PX, wide - 2 * MARGIN)
            draw.text((MARGIN, top - HEADING_STEP), words, font=font(HEADING_PX, words), fill=FAINT_INK)
        for number, lines in enumerate(lettered):
            left, top = MARGIN + number % columns * (cell_px + GAP), tops[number // columns]
            self._corners.append((left, top))
            if number in gaps:
                _words(draw, (left, top), cell_px, captions[number], FAINT_INK)
            else:
                draw.rectangle((left, top, left + cell_px - 1, top + cell_px - 1), fill=BACKDROP)
                self._caption(draw, left, top + cell_px + 4, lines)

    def __len__(self) -> int:
        return len(self._corners)

    def put(self, number: int, cell: Cell) -> None:
        """Fill a cell. Its caption has been written already; that of ``cell`` is not looked at."""
        self.paste(number, tile(cell, self.cell_px))

    def paste(self, number: int, made: Image.Image) -> None:
        """Fill a cell with a tile of its size."""
        self.picture.paste(made, self._corners[number])

    def _rows(
        self, lettered: Sequence[Sequence[str]], columns: int, headings: Sequence[str], top: int
    ) -> tuple[list[int], int]:
        """Where the cells of each row begin, and where the last row ends."""
        tops, bottom = [], top
        for row, start in enumerate(range(0, len(lettered), columns)):
            top = bottom + (GAP if row else 0) + (HEADING_STEP if row < len(headings) and headings[row] else 0)
            tops.append(top)
            most = max(len(lines) for lines in lettered[start : start + columns])
            bottom = top + self.cell_px + 4 + line_height(self._caption_px) * most
        return tops, bottom

    def _caption(self, draw: ImageDraw.ImageDraw, left: int, top: int, lines: Sequence[str]) -> None:
        for index, line in enumerate(lines):
            at = (left + self.cell_px / 2, top + index * line_height(self._caption_px))
            draw.text(at, line, font=font(self._caption_px, line), fill=INK, anchor="ma")


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
        draw.rectangle((0, 0, size - 1, size - 1), outline=RED, width=1)
        _words(draw, (0, 0), size, problem, RED)
        return
    draw.rectangle((0, 0, size - 1, size - 1), outline=RULE, width=2)
    draw.line((size * 0.3, size * 0.3, size * 0.7, size * 0.7), fill=RULE, width=3)
    draw.line((size * 0.3, size * 0.7, size * 0.7, size * 0.3), fill=RULE, width=3)
    text_px = max(10, size // 12)
    draw.text((size / 2, size * 0.84), fit("no image", text_px, size), font=font(text_px), fill=FAINT_INK, anchor="mm")


def _words(draw: ImageDraw.ImageDraw, corner: tuple[int, int], size: int, text: str, ink: RGB) -> None:
    """A text in the middle of a cell, over as many lines as there is room for."""
    text_px = max(10, min(13, size // 12))
    step = line_height(text_px)
    lines = wrap(text, text_px, size - 12, max(1, (size - 12) // step)) if text else []
    top = corner[1] + (size - step * len(lines)) / 2
    for index, line in enumerate(lines):
        draw.text((corner[0] + 6, top + index * step), line, font=font(text_px, line), fill=ink)


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layered.size, (*PAPER, 255)), layered).convert("RGB")
