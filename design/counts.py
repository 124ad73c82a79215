"""How many images of each split are wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from .design import Design
from .errors import DesignError


def resized(design: Design, chosen: Sequence[str], count: int) -> Design:
    """The design with ``count`` images of the first chosen split; the other chosen ones keep their proportion to it.

    They are rounded to whole images per class, at least one. DesignError if ``count`` is below 1.
    """
    if count < 1:
        raise DesignError("", f"the number of images must be at least 1, is {count}")
    first = design.split(chosen[0])
    classes = drawn_classes(design)
    counts = {first.name: count}
    for name in chosen[1:]:
        ratio = design.split(name).count / first.count if first.count else 1.0
        counts[name] = max(1, round(count * ratio / classes)) * classes
    return with_counts(design, counts)


def with_counts(design: Design, counts: Mapping[str, int]) -> Design:
    """The design with the counts of some splits replaced."""
    return attrs.evolve(
        design, splits=tuple(attrs.evolve(one, count=counts.get(one.name, one.count)) for one in design.splits)
    )


def drawn_classes(design: Design) -> int:
    """How many classes have images."""
    return sum(entry.weight > 0 for entry in design.classes)
