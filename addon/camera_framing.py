"""Where a camera's view stands in a 3D viewport: in the part of it that is free of sidebars, whole."""

from __future__ import annotations

import math

import attrs
import bpy

FRAMED = 0.94  # of the free part of a viewport, so that the frame itself is seen
LEAST_FRAME_PX = 50


@attrs.frozen
class Part:
    """A part of Blender's window, in pixels from its lower left corner."""

    left: int
    bottom: int
    right: int
    top: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.top - self.bottom

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


def free_part(area: bpy.types.Area) -> tuple[Part, Part]:
    """A viewport's window, and the part of it that no sidebar, toolbar or header lies over."""
    regions = {region.type: region for region in area.regions}
    window = regions.pop("WINDOW")
    whole = Part(window.x, window.y, window.x + window.width, window.y + window.height)
    free = whole
    for region in regions.values():
        right, top = region.x + region.width, region.y + region.height
        is_over = (
            min(right, whole.right) - max(region.x, whole.left) > 1
            and min(top, whole.top) - max(region.y, whole.bottom) > 1
        )
        if not is_over:  # hidden ones are 1 pixel
            continue
        match region.alignment:
            case "LEFT":
                free = attrs.evolve(free, left=max(free.left, right))
            case "RIGHT":
                free = attrs.evolve(free, right=min(free.right, region.x))
            case "TOP":
                free = attrs.evolve(free, top=min(free.top, region.y))
            case "BOTTOM":
                free = attrs.evolve(free, bottom=max(free.bottom, top))
    return whole, free


def camera_view(window: Part, free: Part) -> tuple[float, tuple[float, float]]:
    """The zoom and offset of a camera's view with which a square image fills the free part of a window.

    In Blender 4.5 and 5.2 the frame has a ``share`` of the window's longer side, ``(sqrt(2) + zoom / 50) ** 2 / 4``,
    and is moved to the other side by ``2 * offset * share`` of the window.
    """
    longer = max(window.width, window.height)
    side = FRAMED * min(free.width, free.height)
    if side < LEAST_FRAME_PX:
        return 0.0, (0.0, 0.0)
    share = side / longer
    zoom = 50.0 * (2.0 * math.sqrt(share) - math.sqrt(2.0))
    (x, y), (free_x, free_y) = window.middle, free.middle
    return zoom, ((x - free_x) / (2.0 * share * window.width), (y - free_y) / (2.0 * share * window.height))
