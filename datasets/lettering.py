"""Lettering of pictures: one font, text cut to a width, upright text. Pillow only, so that it works inside Blender."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

from PIL import Image, ImageDraw, ImageFont

RGB: TypeAlias = tuple[int, int, int]

PAPER: RGB = (255, 255, 255)
INK: RGB = (38, 43, 51)
FAINT_INK: RGB = (108, 116, 128)
RULE: RGB = (221, 225, 231)
GREEN: RGB = (47, 143, 94)
RED: RGB = (201, 74, 66)
ELLIPSIS = "..."
WIDE_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "arialuni.ttf", "arial.ttf", "Arial Unicode.ttf", "Arial.ttf")


def font(size_px: int, text: str = "") -> Any:
    """The font (ImageFont.FreeTypeFont) for ``text``: Pillow's own, or one of the system where that lacks letters."""
    return _font(size_px, text.replace("°", "").isascii())


@cache
def _font(size_px: int, plain: bool) -> Any:
    for name in () if plain else WIDE_FONTS:  # Pillow's own font (Aileron, 10.1 to 13.0) holds ASCII and °
        try:
            return ImageFont.truetype(name, size_px)
        except OSError:
            continue
    return ImageFont.load_default(size=size_px)


def width(text: str, size_px: int) -> int:
    """Pixels that one line takes."""
    return int(font(size_px, text).getlength(text) + 0.999)


def line_height(size_px: int) -> int:
    """Pixels from one line to the next."""
    ascent, descent = font(size_px).getmetrics()
    return int(ascent + descent)


def fit(text: str, size_px: int, max_px: int) -> str:
    """``text`` cut to ``max_px``, with an ellipsis: at its end, or in the middle of a single word, as names of files
    differ at their ends."""
    if width(text, size_px) <= max_px:
        return text
    low, high = 0, len(text)  # how many letters are left, at most
    while low < high:
        middle = (low + high + 1) // 2
        if width(_shortened(text, middle), size_px) <= max_px:
            low = middle
        else:
            high = middle - 1
    return _shortened(text, low)


def _shortened(text: str, letters: int) -> str:
    if " " in text:
        return text[:letters].rstrip() + ELLIPSIS
    last = letters // 2
    return text[: letters - last] + ELLIPSIS + text[len(text) - last :]


def wrap(text: str, size_px: int, max_px: int, max_lines: int) -> list[str]:
    """``text`` broken at its line ends and spaces into at most ``max_lines`` lines, each cut to ``max_px``."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and width(longer, size_px) > max_px:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], " ".join(lines[max_lines - 1 :])]
    return [fit(line, size_px, max_px) for line in lines]


def upright(image: Image.Image, xy: tuple[int, int], text: str, size_px: int, fill: RGB) -> None:
    """Draw ``text`` turned by 90 degrees, reading upwards, the top of its end centred at ``xy``."""
    mask = Image.new("L", (max(1, width(text, size_px)), line_height(size_px)))
    ImageDraw.Draw(mask).text((0, 0), text, font=font(size_px, text), fill=255)
    turned = mask.transpose(Image.Transpose.ROTATE_90)
    image.paste(fill, (xy[0] - turned.width // 2, xy[1]), turned)
