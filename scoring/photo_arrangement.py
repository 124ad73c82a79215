"""Where things stand in the picture of a scored photo: made for the size of the window that shows it."""

from __future__ import annotations

from typing import TypeAlias

import attrs

Box: TypeAlias = tuple[int, int, int, int]

SIZE = (1200, 760)  # the lengths below are those at this size
LEAST = (380, 360)
LEAST_SCALE = 0.62
MARGIN, COLUMN_LEAST_PX = 30, 190
HEAD_PX, STEP_PX, NOTES_PX = 104, 62, 60
FIGURES_PX = HEAD_PX + 5 * STEP_PX + NOTES_PX


@attrs.frozen
class Arrangement:
    """Lengths in pixels. ``photo`` is the box (left, top, right, bottom) in which the photo stands.

    The figures stand in a column of ``column_px`` from ``column`` (left, top) on, beside the photo or under it.
    """

    size: tuple[int, int]
    scale: float
    photo: Box
    column: tuple[int, int]
    column_px: int

    @property
    def photo_size(self) -> tuple[int, int]:
        return self.photo[2] - self.photo[0], self.photo[3] - self.photo[1]

    @property
    def bottom(self) -> int:
        """Where the column ends."""
        return max(self.photo[3], self.column[1] + self.px(FIGURES_PX))

    def px(self, length: float, least: int = 0) -> int:
        """A length as it is at ``SIZE``, at this picture's scale; lettering has a ``least`` size."""
        return max(least, round(length * self.scale))


def arranged(size: tuple[int, int]) -> Arrangement:
    """Of both arrangements for a picture of that size (never less than ``LEAST``), that with the larger photos."""
    wide, high = (max(given, least) for given, least in zip(size, LEAST, strict=True))
    return max(_beside(wide, high), _under(wide, high), key=_scale_of_photos)


def _scale_of_photos(place: Arrangement) -> float:
    """How large photos of 4:3 and of 3:4 can be in it."""
    wide, high = place.photo_size
    return min(wide / 4, high / 3) + min(wide / 3, high / 4)


def _beside(wide: int, high: int) -> Arrangement:
    scale = max(LEAST_SCALE, min(wide / SIZE[0], high / SIZE[1]))
    margin = round(MARGIN * scale)
    side = min(high - 2 * margin, round(0.58 * wide), wide - round(3.5 * margin) - COLUMN_LEAST_PX)
    left, top = margin + side + round(1.5 * margin), (high - side) // 2
    begin = max(margin, min(top, high - margin - round(FIGURES_PX * scale)))
    return Arrangement(
        (wide, high), scale, (margin, top, margin + side, top + side), (left, begin), wide - left - margin
    )


def _under(wide: int, high: int) -> Arrangement:
    scale = max(LEAST_SCALE, min(wide / 700, high / 1100))
    margin = round(MARGIN * scale)
    top = high - margin - round(FIGURES_PX * scale)
    photo = margin, margin, wide - margin, max(margin, top - margin)
    return Arrangement((wide, high), scale, photo, (margin, top), wide - 2 * margin)
