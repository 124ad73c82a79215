"""What a data set's images drew: classes, how often factors were drawn, and how their values are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ..design.design import Design, FactorSettings, ParameterSettings
from ..design.distributions import Choice, LogUniform
from ..design.document import load, overridden
from ..design.errors import DataSetError
from .layout import DESIGN_FILE, metadata_files
from .messages import Progress, Report
from .metadata_files import count_rows
from .reading import DataSet, open_data_set

BINS = 20
_SHARES = ("coverage", "visible_fraction")


@attrs.frozen
class Histogram:
    """How many images had a number between ``edges``; ``outside`` had one beyond them all."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    outside: int
    mean: float


@attrs.frozen
class FactorStatistics:
    """``weight`` is what the design asks for, ``drawn`` the share of images that drew the factor.

    ``numbers`` and ``choices`` are the values of those images, by parameter.
    """

    weight: float
    drawn: float
    numbers: Mapping[str, Histogram]
    choices: Mapping[str, Mapping[str, int]]


@attrs.frozen
class SplitStatistics:
    """``boxes_cut`` is the share of images whose object touches the picture's edge, ``unseen`` where it is not seen.

    ``shares`` are the columns between 0 and 1 that are measured in the picture, as ``coverage``.
    """

    name: str
    images: int
    classes: Mapping[str, int]
    factors: Mapping[str, FactorStatistics]
    shares: Mapping[str, Histogram]
    boxes_cut: float
    unseen: float


def statistics(data: Path, report: Report, splits: Sequence[str] = ()) -> tuple[SplitStatistics, ...]:
    """The statistics of the finished splits, or of those named. Rows are read some thousand at a time.

    DataSetError where there are no rows of draws, or they cannot be read.
    """
    source = open_data_set(data)
    if not source.design_hash:
        raise DataSetError(f"{data}: has no design.json; statistics are of data sets that Simreal rendered")
    design = load(data / DESIGN_FILE)
    chosen = splits or source.splits
    total = sum(count_rows(path) for split in chosen for path in metadata_files(data, split))
    done = 0
    found = []
    for split in chosen:
        gathering = _Gathering(overridden(design, design.split(split)))
        for batch in source.columns(split, gathering.columns(source, split)):
            done += gathering.add(batch)
            report(Progress("stats", done, total, "images"))
        found.append(gathering.statistics(split, source.classes))
    return tuple(found)


class _Numbers:
    """Counts numbers into bins while they come."""

    def __init__(self, edges: npt.NDArray[np.float64]) -> None:
        self._edges = edges
        self._counts = np.zeros(len(edges) - 1, np.int64)
        self._outside = self._n = 0
        self._sum = 0.0

    def add(self, values: npt.NDArray[np.float64]) -> None:
        counts = np.histogram(values, self._edges)[0]
        self._counts += counts
        self._outside += len(values) - int(counts.sum())
        self._n += len(values)
        self._sum += float(values.sum())

    def histogram(self) -> Histogram:
        mean = self._sum / self._n if self._n else 0.0
        return Histogram(tuple(self._edges.tolist()), tuple(self._counts.tolist()), self._outside, mean)


class _Gathering:
    """Sums over the rows of a split, of which none is kept."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._n = self._cut = self._unseen = 0
        self._classes: Counter[str] = Counter()
        self._drawn: Counter[str] = Counter()
        self._choices: dict[str, Counter[str]] = {}
        self._numbers: dict[str, _Numbers] = {name: _Numbers(np.linspace(0, 1, BINS + 1)) for name in _SHARES}
        for factor, settings in design.factors.items():
            for name, parameter in settings.parameters.items():
                if isinstance(parameter.distribution, Choice):
                    self._choices[f"{factor}.{name}"] = Counter()
                else:
                    self._numbers[f"{factor}.{name}"] = _Numbers(_edges(parameter))

    def columns(self, source: DataSet, split: str) -> list[str]:
        """Those columns that are there: an earlier version wrote fewer."""
        there = set(next(source.columns(split), {}))
        drawn = [f"{factor}.drawn" for factor in self._design.factors]
        return [name for name in ("class", "bbox", *drawn, *self._choices, *self._numbers) if name in there]

    def add(self, batch: Mapping[str, list[Any]]) -> int:
        images = len(batch["class"])
        self._n += images
        self._classes.update(batch["class"])
        self._add_boxes(batch.get("bbox", []))
        for name in _SHARES:
            if name in batch:
                self._numbers[name].add(np.array(batch[name], np.float64))
        for factor, settings in self._design.factors.items():
            if f"{factor}.drawn" in batch:
                self._add_factor(factor, settings, batch)
        return images

    def _add_factor(self, factor: str, settings: FactorSettings, batch: Mapping[str, list[Any]]) -> None:
        drawn = np.array(batch[f"{factor}.drawn"], bool)
        self._drawn[factor] += int(drawn.sum())
        for name in (f"{factor}.{parameter}" for parameter in settings.parameters):
            if name not in batch:
                continue
            if name in self._choices:
                self._choices[name].update(value for value, was in zip(batch[name], drawn, strict=True) if was)
            else:
                self._numbers[name].add(np.array(batch[name], np.float64)[drawn])

    def _add_boxes(self, boxes: Sequence[Sequence[int] | None]) -> None:
        size = self._design.image.resolution_px
        seen = np.array([box for box in boxes if box is not None], np.int64).reshape(-1, 4)
        self._unseen += len(boxes) - len(seen)
        self._cut += int(((seen[:, :2] <= 0).any(1) | (seen[:, 2:] >= size).any(1)).sum())

    def statistics(self, split: str, classes: Sequence[str]) -> SplitStatistics:
        n = max(self._n, 1)
        return SplitStatistics(
            name=split,
            images=self._n,
            classes={name: self._classes[name] for name in classes},
            factors={
                factor: FactorStatistics(
                    settings.weight,
                    self._drawn[factor] / n,
                    {
                        p: self._numbers[k].histogram()
                        for p in settings.parameters
                        if (k := f"{factor}.{p}") in self._numbers
                    },
                    {
                        p: dict(self._choices[k].most_common())
                        for p in settings.parameters
                        if (k := f"{factor}.{p}") in self._choices
                    },
                )
                for factor, settings in self._design.factors.items()
            },
            shares={name: self._numbers[name].histogram() for name in _SHARES},
            boxes_cut=self._cut / n,
            unseen=self._unseen / n,
        )


def _edges(parameter: ParameterSettings) -> npt.NDArray[np.float64]:
    """Bins over all that the design can draw; even in the logarithm where the distribution is."""
    assert not isinstance(parameter.distribution, Choice)
    low, high = parameter.distribution.support()
    if high <= low:
        low, high = low - 0.5, high + 0.5
    if isinstance(parameter.distribution, LogUniform) and low > 0:
        edges = np.geomspace(low, high, BINS + 1)
        edges[0], edges[-1] = low, high
        return edges
    return np.linspace(low, high, BINS + 1)
