"""Contact sheets: pictures in a grid with captions, and borders that say right or wrong; made at once or bit by bit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
from PIL import Image, ImageDraw

from .lettering import FAINT_INK, GREEN, INK, PAPER, RED, RGB, RULE, fit, font, line_height, wrap
from .sheet_plan import CAPTION_GAP, HEADING_PX, MARGIN, TITLE_PX, SheetContents, SheetPlan, planned

__all__ = ["GREEN", "RED", "Cell", "Sheet", "contact_sheet", "tile"]

BACKDROP: RGB = (238, 240, 243)
BORDER = 4


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

    ``picture`` is the sheet as it stands. Captions are wrapped to two lines and cut with an ellipsis.
    """

    def __init__(self, plan: SheetPlan) -> None:
        self.plan = plan
        self.picture = Image.new("RGB", plan.size, PAPER)
        draw, contents = ImageDraw.Draw(self.picture), plan.contents
        title = fit(contents.title, TITLE_PX, plan.size[0] - 2 * MARGIN)
        draw.text((MARGIN, MARGIN), title, font=font(TITLE_PX, title), fill=INK)
        for heading, at in zip(contents.headings, plan.headings, strict=False):
            words = fit(heading, HEADING_PX, plan.strand_px)
            draw.text(at, words, font=font(HEADING_PX, words), fill=FAINT_INK)
        for number, (left, top) in enumerate(plan.corners):
            if number in contents.gaps:
                _words(draw, (left, top), plan.cell_px, contents.captions[number], FAINT_INK)
            else:
                draw.rectangle((left, top, left + plan.cell_px - 1, top + plan.cell_px - 1), fill=BACKDROP)
                self._caption(draw, left, top + plan.cell_px + CAPTION_GAP, plan.captions[number])

    def __len__(self) -> int:
        return len(self.plan.corners)

    def put(self, number: int, cell: Cell) -> None:
        """Fill a cell. Its caption has been written already; that of ``cell`` is not looked at."""
        self.paste(number, tile(cell, self.plan.cell_px))

    def paste(self, number: int, made: Image.Image) -> None:
        """Fill a cell with a tile of its size."""
        self.picture.paste(made, self.plan.corners[number])

    def _caption(self, draw: ImageDraw.ImageDraw, left: int, top: int, lines: Sequence[str]) -> None:
        size_px = self.plan.caption_px
        for index, line in enumerate(lines):
            at = (left + self.plan.cell_px / 2, top + index * line_height(size_px))
            draw.text(at, line, font=font(size_px, line), fill=INK, anchor="ma")


def contact_sheet(
    cells: Iterable[Cell | None],
    columns: int = 8,
    cell_px: int = 160,
    title: str = "",
    headings: Sequence[str] = (),
) -> Image.Image:
    """Draw ``cells`` row by row, each image fitted whole into a square of ``cell_px``; cells are read one at a time.

    None is a gap. ``headings`` are written over the rows, "" for none.
    """
    tiles = [None if cell is None else (tile(cell, cell_px), cell.caption) for cell in cells]
    contents = SheetContents(
        captions=tuple("" if made is None else made[1] for made in tiles),
        columns=columns,
        title=title,
        headings=tuple(headings),
        gaps=frozenset(number for number, made in enumerate(tiles) if made is None),
    )
    sheet = Sheet(planned(contents, cell_px))
    for number, made in enumerate(tiles):
        if made is not None:
            sheet.paste(number, made[0])
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
