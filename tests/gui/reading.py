"""Reading a photograph of the screen: which words stand where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import attrs
import numpy as np
from PIL import Image

LEAST_SURE = 0.6
LEAST_SIDE = 300
ICONS = "\N{LOGICAL OR}\N{CHECK MARK}> "  # what a chevron before a text is read as


@attrs.frozen
class Box:
    """A rectangle of the screen, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def middle(self) -> tuple[int, int]:
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2

    def holds(self, point: tuple[int, int]) -> bool:
        return self.left <= point[0] < self.right and self.top <= point[1] < self.bottom

    @property
    def corners(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.right, self.bottom


@attrs.frozen
class Word:
    """A line of text as it stands on the screen."""

    text: str
    box: Box

    def part(self, text: str) -> Word | None:
        """The piece of it that reads so, whatever the case and the spaces; its box is that share of the width."""
        whole, wanted = squeezed(self.text), squeezed(text)
        at = whole.find(wanted)
        if at < 0:
            return None
        width = (self.box.right - self.box.left) / len(whole)
        left, right = self.box.left + at * width, self.box.left + (at + len(wanted)) * width
        return Word(text, attrs.evolve(self.box, left=int(left), right=int(right)))


def squeezed(text: str) -> str:
    """Text as it is compared: without case and spaces."""
    return "".join(text.lower().split())


def likest(text: str, words: Sequence[Word], whole: bool = False) -> Word | None:
    """The word that reads so; else one that does in other letters; else, unless it has to be whole, one with it in."""
    for form in (str, squeezed):
        for word in words:
            if form(word.text.lstrip(ICONS)) == form(text):
                return word
    parts = (word.part(text) for word in words)
    return None if whole else next((part for part in parts if part is not None), None)


def words_of(picture: Image.Image, within: Box) -> list[Word]:
    """The words whose middle is in a part of a photograph, from the top down."""
    around = _grown(within, picture.size)
    found = _reader()(np.asarray(picture.crop(around.corners))[:, :, ::-1], use_cls=False)
    if found.boxes is None:
        return []
    words = []
    for corners, text, sure in zip(found.boxes, found.txts, found.scores, strict=True):
        (x0, y0), (x1, y1) = np.min(corners, axis=0), np.max(corners, axis=0)
        box = Box(around.left + int(x0), around.top + int(y0), around.left + int(x1), around.top + int(y1))
        if sure >= LEAST_SURE and squeezed(text) and within.holds(box.middle):
            words.append(Word(text, box))
    return sorted(words, key=lambda word: (word.box.top, word.box.left))


def _grown(box: Box, size: tuple[int, int]) -> Box:
    """At least so large that the reader does not enlarge it."""
    spans = []
    for low, high, end in ((box.left, box.right, size[0]), (box.top, box.bottom, size[1])):
        more = max(0, LEAST_SIDE - (high - low))
        begin = max(0, min(low - more // 2, end - LEAST_SIDE))
        spans.append((begin, min(end, max(high, begin + LEAST_SIDE))))
    (left, right), (top, bottom) = spans
    return Box(left, top, right, bottom)


@cache
def _reader() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error", "Det.limit_type": "max", "Det.limit_side_len": 1600})
