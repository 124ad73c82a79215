"""How a preview's sheet is laid out in the room that an Image Editor has: whole, and with cells as large as can be.

A contact sheet is set in as many columns as suits the room. Strips keep their rows, but may be set beside each other,
and have fewer steps where cells would become too small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import attrs

from ..datasets.contact_sheet import Sheet
from ..datasets.preview_orders import PreviewImage, PreviewOrder, contents_of
from ..datasets.sheet_plan import GAP, SheetContents, SheetPlan, fitted, planned
from ..design.sweeps import STEPS

Room: TypeAlias = tuple[int, int]

CELL_PX = range(96, 513)
MOST_PX = 2048
ENLARGED = 2  # times at most, where there is room: Blender's own enlarging would roughen the lettering
LEAST_CELL_PX = 40  # below it nothing can be seen: then the sheet is zoomed out
GOOD_CELL_PX = 72
LEAST_STEPS = 3
NEARLY = 0.92  # another arrangement than the given one has to be worth it


def laid_out(order: PreviewOrder, room: Room | None) -> Sheet:
    """An empty sheet of an order, seen whole and pixel by pixel in the room there is; None is not known."""
    return Sheet(plan_for(order, room))


def plan_for(order: PreviewOrder, room: Room | None) -> SheetPlan:
    """The plan of ``laid_out``."""
    given = contents_of(order)
    if room is None:
        return planned(given, cell_px(order))
    best = fitted(given, room, _most_px(order, given, ENLARGED))
    for contents in _arrangements(given, order.breaks):
        other = fitted(contents, room, _most_px(order, contents, ENLARGED))
        if best.cell_px < NEARLY * other.cell_px:
            best = other
    return best if best.cell_px >= LEAST_CELL_PX else planned(best.contents, LEAST_CELL_PX)


def with_suitable_steps(make: Callable[[int], PreviewOrder], room: Room | None) -> PreviewOrder:
    """The order of strips with the most steps with which cells are still of a good size in the room there is."""
    best = make(STEPS)
    if room is None:
        return best
    size = plan_for(best, room).cell_px
    for steps in range(STEPS - 1, LEAST_STEPS - 1, -1):
        if size >= GOOD_CELL_PX:
            break
        order = make(steps)
        other = plan_for(order, room).cell_px
        if size < NEARLY * other:
            best, size = order, other
    return best


def cell_px(order: PreviewOrder) -> int:
    """The size of a cell: that of the largest image, within what can be seen and what is quickly drawn."""
    return _most_px(order, contents_of(order))


def _most_px(order: PreviewOrder, contents: SheetContents, enlarged: int = 1) -> int:
    images = [image for image in order.images if isinstance(image, PreviewImage)]
    sizes = [image.image.get("resolution_px") or _resolution(order, image.design) for image in images]
    wanted = min(enlarged * max(*sizes, CELL_PX[0], 0), CELL_PX[-1])
    strands = len(contents.breaks) + 1
    most = max(contents.columns * strands, -(-contents.rows // strands), 1)
    return max(32, min(wanted, MOST_PX // most - GAP))


def _resolution(order: PreviewOrder, design: int) -> int:
    return int(order.designs[design][0].get("image", {}).get("resolution_px", 128))


def _arrangements(given: SheetContents, breaks: tuple[int, ...]) -> Iterator[SheetContents]:
    """The other ways to set a sheet: rows beside each other, or, where rows mean nothing, in other columns."""
    if not given.headings:
        for columns in range(1, len(given.captions) + 1):
            yield attrs.evolve(given, columns=columns)
        return
    for strands in range(2, len(breaks) + 2):
        yield attrs.evolve(given, breaks=_even(breaks, given.rows, strands))


def _even(breaks: tuple[int, ...], rows: int, strands: int) -> tuple[int, ...]:
    """The breaks that make strands as even in length as can be."""
    chosen = {min(breaks, key=lambda row: abs(row - rows * number / strands)) for number in range(1, strands)}
    return tuple(sorted(chosen))
