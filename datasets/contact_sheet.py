"""Contact sheets: pictures in a grid with captions, and borders that say right or wrong."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from PIL import Image, ImageDraw

from .lettering import FAINT_INK, GREEN, INK, PAPER, RED, RGB, RULE, fit, font, line_height, width, wrap

__all__ = ["GREEN", "RED", "Cell", "contact_sheet"]

BACKDROP: RGB = (238, 240, 243)
MARGIN = 20
GAP = 12
BORDER = 4
TITLE_PX = 22
CAPTION_LINES = 2


@attrs.frozen(eq=False)
class Cell:
    """One picture with its caption (two lines at most are shown). No image: a placeholder. ``border`` is RGB 0..255."""

    image: Image.Image | None
    caption: str = ""
    border: RGB | None = None


def contact_sheet(cells: Iterable[Cell], columns: int = 8, cell_px: int = 160, title: str = "") -> Image.Image:
    """Draw ``cells`` row by row, each image fitted whole into a square of ``cell_px``; cells are read one at a time.

    Fewer cells than ``columns`` give a narrower sheet. Captions are wrapped to two lines and cut with an ellipsis.
    """
    if columns < 1 or cell_px < 8:
        raise ValueError(f"a contact sheet needs at least 1 column and 8 px a cell, not {columns} and {cell_px}")
    caption_px = max(10, min(15, round(cell_px * 0.085)))
    tiles = [(_tile(cell, cell_px), wrap(cell.caption, caption_px, cell_px, CAPTION_LINES)) for cell in cells]
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    step = line_height(caption_px)
    heights = [cell_px + 4 + step * max(len(lines) if any(lines) else 0 for _, lines in row) for row in rows]

    wide = 2 * MARGIN + max(1, min(columns, len(tiles))) * (cell_px + GAP) - GAP
    wide = max(wide, min(width(title, TITLE_PX) + 2 * MARGIN, 480))
    top = MARGIN + (line_height(TITLE_PX) + GAP if title else 0)
    sheet = Image.new("RGB", (wide, top + sum(heights) + GAP * max(0, len(rows) - 1) + MARGIN), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((MARGIN, MARGIN), fit(title, TITLE_PX, wide - 2 * MARGIN), font=font(TITLE_PX, title), fill=INK)
    for row, height in zip(rows, heights, strict=True):
        for column, (tile, lines) in enumerate(row):
            left = MARGIN + column * (cell_px + GAP)
            sheet.paste(tile, (left, top))
            for index, line in enumerate(lines):
                y = top + cell_px + 4 + index * step
                draw.text((left + cell_px / 2, y), line, font=font(caption_px, line), fill=INK, anchor="ma")
        top += height + GAP
    return sheet


def _tile(cell: Cell, size: int) -> Image.Image:
    tile = Image.new("RGB", (size, size), BACKDROP)
    draw = ImageDraw.Draw(tile)
    inner = size - 2 * BORDER if cell.border else size
    if cell.image is None:
        _placeholder(draw, size)
    else:
        picture = _opaque(cell.image)
        scale = min(inner / picture.width, inner / picture.height)
        fitted = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(fitted, Image.Resampling.LANCZOS)
        tile.paste(picture, ((size - fitted[0]) // 2, (size - fitted[1]) // 2))
    if cell.border:
        draw.rectangle((0, 0, size - 1, size - 1), outline=cell.border, width=BORDER)
    return tile


def _placeholder(draw: ImageDraw.ImageDraw, size: int) -> None:
    draw.rectangle((0, 0, size - 1, size - 1), outline=RULE, width=2)
    draw.line((size * 0.3, size * 0.3, size * 0.7, size * 0.7), fill=RULE, width=3)
    draw.line((size * 0.3, size * 0.7, size * 0.7, size * 0.3), fill=RULE, width=3)
    text_px = max(10, size // 12)
    draw.text((size / 2, size * 0.84), fit("no image", text_px, size), font=font(text_px), fill=FAINT_INK, anchor="mm")


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layered.size, (*PAPER, 255)), layered).convert("RGB")
