"""The steps of a search from a point: one thing otherwise, or the options that do worst left out together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .search_space import Level, OptionDimension, Point, RangeDimension, Space

FIRST_RANGES = ((0, 6), (2, 8), (0, 4), (2, 6), (4, 8), (0, 2), (6, 8))  # of the parts of a range: tried one by one


def single_changes(space: Space, start: Point) -> Iterator[Point]:
    """Points with one thing otherwise than at the start, or as the design has it. Of ranges some of all there are, and
    the neighbours of one that is chosen."""
    for name, dimension in space.items():
        levels = _ranges(dimension, start.get(name)) if isinstance(dimension, RangeDimension) else dimension.levels()
        yield from ({**start, name: level} for level in levels if start.get(name) != level)
        if name in start:
            yield {other: level for other, level in start.items() if other != name}


def exclusions(space: Space, start: Point, worth: Mapping[str, float]) -> Iterator[Point]:
    """Of every choice, the options that do worst left out together: the worst two, the worst three, ... One of many
    options is so few images that by itself it hardly stands out. ``worth`` says what leaving out each is worth."""
    of_choice: dict[tuple[str, str], list[str]] = {}
    for name in sorted(worth, key=lambda one: (-worth[one], one)):
        dimension = space[name]
        if isinstance(dimension, OptionDimension):
            of_choice.setdefault((dimension.factor, dimension.parameter), []).append(name)
    for names in of_choice.values():
        for count in range(2, len(names)):
            yield {**start, **dict.fromkeys(names[:count], 0.0)}


def changed_names(space: Space, point: Point, start: Point) -> list[str]:
    """In which dimensions a point is not at the start."""
    return [name for name in space if point.get(name) != start.get(name)]


def left_out(space: Space, point: Point, start: Point) -> str | None:
    """The option that a point leaves out, where that is all that it changes."""
    names = changed_names(space, point, start)
    if len(names) == 1 and isinstance(space[names[0]], OptionDimension) and point.get(names[0]) == 0.0:
        return names[0]
    return None


def _ranges(dimension: RangeDimension, chosen: Level | None) -> tuple[Level, ...]:
    if not isinstance(chosen, tuple):
        return FIRST_RANGES
    first, end = chosen
    near = [(first - 1, end), (first + 1, end), (first, end - 1), (first, end + 1)]
    return (*FIRST_RANGES, *(one for one in dimension.levels() if one in near and one not in FIRST_RANGES))
