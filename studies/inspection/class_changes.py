"""How much better or worse every class is by another run, on the same images.

The two runs see the same images, so their shares are paired: intervals are those of Newcombe (1998, Statistics in
Medicine 17, 2635: method 10), Wilson's limits combined with the correlation of the two runs' hits.
"""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ...datasets.accuracy import wilson_interval
from .measured import Measured


@attrs.frozen
class Change:
    """Of ``n`` images, ``gained`` are right by the other run alone, ``lost`` by the first alone, ``both`` by both.

    ``change`` is the difference of the shares, other less first, with its 95 % interval ``low`` .. ``high``.
    """

    n: int
    both: int
    gained: int
    lost: int
    change: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out no change at all."""
        return self.low > 0 or self.high < 0


@attrs.frozen
class Changes:
    """What another run changes: over all images, and by class for those that occur."""

    run: str
    overall: Change
    per_class: dict[str, Change]

    def to_json(self) -> dict[str, Any]:
        return attrs.asdict(self)


def class_changes(first: Measured, other: Measured, run: str) -> Changes:
    """The change from ``first`` to ``other``, both measured on the same images in the same order."""
    return Changes(
        run=run,
        overall=paired_change(first.hits, other.hits),
        per_class={
            name: paired_change(first.hits[part], other.hits[part])
            for label, name in enumerate(first.classes)
            if (part := first.truth == label).any()
        },
    )


def paired_change(first: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> Change:
    """The change of a share between two rounds of hits (N,) on the same images; N must not be 0."""
    n = len(first)
    both, neither = int((first & other).sum()), int((~first & ~other).sum())
    gained, lost = int((~first & other).sum()), int((first & ~other).sum())
    before, after = (both + lost) / n, (both + gained) / n
    (low_1, high_1), (low_2, high_2) = wilson_interval(both + lost, n), wilson_interval(both + gained, n)
    correlation = _correlation(both, gained, lost, neither)
    change = after - before
    below = _combined(after - low_2, high_1 - before, correlation)
    above = _combined(high_2 - after, before - low_1, correlation)
    return Change(n, both, gained, lost, change, max(-1.0, change - below), min(1.0, change + above))


def _correlation(both: int, gained: int, lost: int, neither: int) -> float:
    """The phi of the two runs' hits, drawn towards 0 where positive, as Newcombe has it (n / 2 off the product)."""
    margins = (both + gained) * (lost + neither) * (both + lost) * (gained + neither)
    if not margins:
        return 0.0
    n = both + gained + lost + neither
    product = float(both * neither - gained * lost)
    return (max(0.0, product - n / 2) if product > 0 else product) / math.sqrt(margins)


def _combined(one: float, other: float, correlation: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * correlation * one * other + other * other))
