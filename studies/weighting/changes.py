"""The changes of a design whose effects importance tells: one thing otherwise at a time, in the tuner's own terms."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ...design.design import Design
from ...design.factors import FACTORS
from .search_space import (
    Dimension,
    Level,
    OptionDimension,
    RangeDimension,
    Space,
    WeightDimension,
    design_at,
    is_possible,
    level_text,
    search_space,
)

RANGES = ((0, 4), (2, 6), (4, 8), (0, 2), (2, 4), (4, 6), (6, 8))  # of the parts of a range: halves, then quarters


@attrs.frozen
class Change:
    """A dimension of the search space at another level than the design's."""

    dimension: Dimension
    level: Level

    @property
    def factor(self) -> str:
        return self.dimension.factor

    @property
    def parameter(self) -> str:
        return self.dimension.parameter

    @property
    def option(self) -> str:
        """The option, or the first of a group of them."""
        return self.dimension.option


def changes_of(design: Design) -> tuple[Change, ...]:
    """All changes: each weight to 1, or to 0 where it is 1; each range to its halves, its middle and its quarters; each
    option, or group of them, left out."""
    space = search_space(design)
    found = [Change(one, level) for one in space.values() for level in _levels(design, one)]
    return tuple(one for one in found if is_possible(design, space, {one.dimension.name: one.level}))


def changed(design: Design, change: Change) -> Design:
    """The design with a change."""
    space: Space = {change.dimension.name: change.dimension}
    return design_at(design, space, {change.dimension.name: change.level})


def change_text(design: Design, change: Change) -> str:
    """What is otherwise, for people: ``weight 0.6 -> 1``, ``elevation only 0° .. 30°``, ``material without wood``."""
    match change.dimension:
        case WeightDimension(factor):
            return f"weight {design.factors[factor].weight:g} -> {change.level:g}"
        case RangeDimension(factor, name):
            return f"{FACTORS[factor].parameter(name).words} only {level_text(design, change.dimension, change.level)}"
        case OptionDimension(factor, name, options):
            parameter = FACTORS[factor].parameter(name)
            shown = ", ".join(parameter.value_text(option) for option in options[:3])
            return f"{parameter.words} without {shown}{', ...' if len(options) > 3 else ''}"


def _levels(design: Design, dimension: Dimension) -> Iterator[Level]:
    match dimension:
        case WeightDimension(factor):
            yield 0.0 if design.factors[factor].weight == 1.0 else 1.0
        case RangeDimension():
            yield from RANGES
        case OptionDimension():
            yield 0.0
