"""The plan of a study: the commands it comes down to, and which of its figures come from which of them. Frozen data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from ..design.design import Design
from .cells import Cell
from .study import Share, Study

EVALUATE, RENDER = "evaluate", "render"


@attrs.frozen
class Step:
    """One command. In ``arguments`` and ``options`` stand ``{step:KEY}``, ``{design:KEY}`` and ``{photos:NAME}`` for
    what lies where is known only when it runs."""

    key: str
    name: str
    verb: str
    arguments: tuple[str, ...]
    options: Mapping[str, Any]
    needs: tuple[str, ...]
    title: str

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return f"{self.name}-{self.key}"


@attrs.frozen
class Value:
    """One measure of one cell and seed, and where it comes from: the results of the step ``key``.

    An evaluation's are those of ``split`` ("": its only one), a run's lie at ``result`` in its ``results.json``.
    """

    cell: int
    seed: int
    measure: str
    key: str
    split: str
    result: str
    of: Share


@attrs.frozen
class Curve:
    """Where a cell's and seed's learning curve of a figure is: in the run of the step ``key``."""

    figure: int
    cell: int
    seed: int
    key: str


@attrs.frozen
class Plan:
    """All that a study comes down to. ``steps`` are in an order in which they can be run one by one.

    ``without_photos`` are the cells and measures left out because no photos were named, ``only`` is what the study was
    cut down to.
    """

    study: Study
    cells: tuple[Cell, ...]
    seeds: tuple[int, ...]
    steps: Mapping[str, Step]
    designs: Mapping[str, Design]
    values: tuple[Value, ...]
    curves: tuple[Curve, ...]
    photos: Mapping[str, Path]
    without_photos: tuple[str, ...]
    only: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that are taken, in the study's order."""
        taken = {value.measure for value in self.values}
        return tuple(name for name in self.study.recipe["measures"] if name in taken)

    def steps_of(self, cell: int) -> set[str]:
        """The keys of all steps that a cell depends on, over all seeds."""
        return with_needs(self.steps, [value.key for value in self.values if value.cell == cell])


def with_needs(steps: Mapping[str, Step], keys: Iterable[str]) -> set[str]:
    """The keys of these steps and of all that they depend on."""
    waiting = list(keys)
    found: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += steps[key].needs
    return found
