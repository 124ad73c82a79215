"""Accuracy against the value that a factor had, from the metadata: where in viewpoint or scale does it fail?

What is looked at follows from the factors' declarations: a parameter that is declared is binned, as numbers, as
directions or as choices. Its bins are of the images that drew the factor; those that took its fixed value stand apart,
so that drawn and fixed can be compared. Images in which a parameter had no effect (``idle_with``) are left out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ...datasets.accuracy import wilson_interval
from ...design.declaration import Factor, Parameter
from ...design.design import Design
from ...design.distributions import Distribution, LogUniform, Value
from ...design.factors import FACTORS

Flags = npt.NDArray[np.bool_]
Columns = Mapping[str, Sequence[Any]]

MOST_BINS = 8
BIN_IMAGES = 50  # in the mean, where a parameter is cut into bins: an interval of 25 points or less
LEAST_IMAGES = 20  # a bin of fewer is left out: an interval of 40 points says nothing
MOST_CHOICES = 16
FEW_VALUES = 10
FULL_TURN = 360.0
IN_PICTURE = {"coverage": "Coverage of the picture", "visible_fraction": "Visible fraction"}


@attrs.frozen
class ValueBin:
    """Images whose value is ``low`` .. ``high`` (numbers), or ``option`` (a choice; ``words`` is it for people)."""

    n: int
    correct: int
    words: str
    low: float | None = None
    high: float | None = None
    option: str | None = None

    @property
    def accuracy(self) -> float:
        return self.correct / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        return wilson_interval(self.correct, self.n)

    def to_json(self) -> dict[str, Any]:
        known = {name: value for name, value in attrs.asdict(self).items() if value is not None}
        return {**known, "accuracy": self.accuracy, "interval_95": list(self.interval)}


@attrs.frozen(eq=False)
class ValueAccuracy:
    """Accuracy by the value of one column: ``column`` is ``factor.parameter``, ``factor.drawn`` or of the picture.

    ``kind`` is ``number``, ``direction`` (round the circle, in degrees), ``choice`` or ``drawn``; ``logarithmic`` that
    numbers are spread in the logarithm. ``fixed`` are the images that took the fixed value. ``member`` (N,) is the bin
    of every image, -1 for those in none.
    """

    column: str
    label: str
    unit: str
    kind: str
    logarithmic: bool
    bins: tuple[ValueBin, ...]
    fixed: ValueBin | None
    member: npt.NDArray[np.int64]

    def to_json(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "label": self.label,
            "unit": self.unit,
            "kind": self.kind,
            "bins": [each.to_json() for each in self.bins],
            "fixed": None if self.fixed is None else self.fixed.to_json(),
        }


def factor_columns(design: Design) -> list[str]:
    """The metadata columns that ``factor_accuracy`` reads."""
    names = list(IN_PICTURE)
    for factor in _factors(design):
        names += [f"{factor.name}.drawn", *(f"{factor.name}.{each.name}" for each in factor.parameters)]
    return names


def factor_accuracy(design: Design, columns: Columns, hits: Flags) -> tuple[ValueAccuracy, ...]:
    """Accuracy by every parameter of every factor of the design that has two bins or more, in their order.

    ``columns`` has a value an image, ``hits`` (N,) says which were right. A column that is missing, or None somewhere,
    as in data sets of earlier versions, is passed over.
    """
    whole = {name: values for name, values in columns.items() if not any(value is None for value in values)}
    found = []
    for factor in _factors(design):
        if f"{factor.name}.drawn" not in whole:
            continue
        found.append(_by_drawn(factor, np.array(whole[f"{factor.name}.drawn"], bool), hits))
        for parameter in factor.parameters:
            if f"{factor.name}.{parameter.name}" in whole:
                distribution = design.factors[factor.name].parameters[parameter.name].distribution
                found.append(_by_parameter(factor, parameter, distribution, whole, hits))
    found += [_by_share(name, label, whole[name], hits) for name, label in IN_PICTURE.items() if name in whole]
    return tuple(each for each in found if len(each.bins) + (each.fixed is not None) > 1)


def _factors(design: Design) -> list[Factor]:
    return [factor for name, factor in FACTORS.items() if name in design.factors]


def _by_drawn(factor: Factor, drawn: Flags, hits: Flags) -> ValueAccuracy:
    flags = ["drawn" if was else "fixed" for was in drawn]
    bins, member = _bins_of_options(flags, np.ones(len(hits), bool), hits, ("drawn", "fixed"), str)
    return ValueAccuracy(
        f"{factor.name}.drawn", f"{factor.label}: drawn or fixed", "", "drawn", False, bins, None, member
    )


def _by_parameter(
    factor: Factor, parameter: Parameter, distribution: Distribution, columns: Columns, hits: Flags
) -> ValueAccuracy:
    column, label = f"{factor.name}.{parameter.name}", f"{factor.label}: {parameter.words}"
    values, drawn = columns[column], np.array(columns[f"{factor.name}.drawn"], bool)
    active = _active(factor, parameter, columns, len(hits))
    counted, fixed = drawn & active, _fixed(parameter, values, ~drawn & active, hits)
    if parameter.is_choice:
        options = [str(value) for value in values]
        common = _common(options, counted)
        bins, member = _bins_of_options(options, counted, hits, common, parameter.value_text)
        return ValueAccuracy(column, label, "", "choice", False, bins, fixed, member)
    numbers = np.array(values, np.float64)
    if _goes_round(parameter, numbers[counted]):
        bins, member = _bins_round(numbers, counted, hits)
        return ValueAccuracy(column, label, parameter.unit, "direction", False, bins, fixed, member)
    bins, member = _bins_of_numbers(numbers, counted, hits, parameter.value_text)
    logarithmic = isinstance(distribution, LogUniform)
    return ValueAccuracy(column, label, parameter.unit, "number", logarithmic, bins, fixed, member)


def _active(factor: Factor, parameter: Parameter, columns: Columns, count: int) -> Flags:
    """Where the parameter has an effect: where none of the others has a value with which it is idle."""
    active = np.ones(count, bool)
    for other, idle in parameter.idle_with.items():
        values = columns.get(f"{factor.name}.{other}")
        if values is not None:
            active &= np.array([value not in idle for value in values], bool)
    return active


def _fixed(parameter: Parameter, values: Sequence[Any], where: Flags, hits: Flags) -> ValueBin | None:
    """The images that took the fixed value, as a bin; None where they are too few."""
    if where.sum() < LEAST_IMAGES:
        return None
    value = values[int(np.flatnonzero(where)[0])]
    n, correct, words = int(where.sum()), int(hits[where].sum()), parameter.value_text(value)
    if isinstance(value, str):
        return ValueBin(n, correct, words, option=value)
    return ValueBin(n, correct, words, float(value), float(value))


def _by_share(name: str, label: str, values: Sequence[Any], hits: Flags) -> ValueAccuracy:
    shares = np.array(values, np.float64)
    bins, member = _bins_of_numbers(shares, np.ones(len(hits), bool), hits, lambda value: f"{100 * float(value):.0f} %")
    return ValueAccuracy(name, label, "", "number", False, bins, None, member)


def _goes_round(parameter: Parameter, values: npt.NDArray[np.float64]) -> bool:
    """Whether it is a direction: in degrees, all of a turn possible, and drawn over nearly all of one."""
    low, high = parameter.hard_range
    if parameter.unit != "deg" or high - low < FULL_TURN or not len(values):
        return False
    return bool(np.ptp(values) > 0.9 * FULL_TURN)


def _bins_round(
    values: npt.NDArray[np.float64], counted: Flags, hits: Flags
) -> tuple[tuple[ValueBin, ...], npt.NDArray[np.int64]]:
    """Equal parts of the turn, the first about 0 degrees, so that the front is not cut in two."""
    count = int(min(MOST_BINS, max(2, counted.sum() // BIN_IMAGES)))
    width = FULL_TURN / count
    number = (np.floor((values % FULL_TURN) / width + 0.5) % count).astype(np.int64)
    limits = [((each - 0.5) * width, (each + 0.5) * width) for each in range(count)]
    return _collected(
        number, counted, hits, [(low, high, f"{low:.0f}..{high:.0f}°") for low, high in limits]
    )  # fmt: skip


def _bins_of_numbers(
    values: npt.NDArray[np.float64], counted: Flags, hits: Flags, words: Callable[[Value], str]
) -> tuple[tuple[ValueBin, ...], npt.NDArray[np.int64]]:
    """A bin a value where there are few, else bins of equal counts."""
    chosen = values[counted]
    distinct = np.unique(chosen)
    if len(distinct) <= FEW_VALUES:
        number = np.searchsorted(distinct, values)
        return _collected(number, counted, hits, [(float(v), float(v), words(float(v))) for v in distinct])
    count = int(min(MOST_BINS, max(2, len(chosen) // BIN_IMAGES)))
    edges = np.unique(np.quantile(chosen, np.linspace(0, 1, count + 1)))
    number = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    limits = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    return _collected(number, counted, hits, [(low, high, f"{words(low)} to {words(high)}") for low, high in limits])


def _collected(
    number: npt.NDArray[np.int64], counted: Flags, hits: Flags, limits: Sequence[tuple[float, float, str]]
) -> tuple[tuple[ValueBin, ...], npt.NDArray[np.int64]]:
    """Bins of numbers that hold enough images, and the bin of every image."""
    bins: list[ValueBin] = []
    member = np.full(len(hits), -1, np.int64)
    for index, (low, high, words) in enumerate(limits):
        inside = counted & (number == index)
        if inside.sum() >= LEAST_IMAGES:
            member[inside] = len(bins)
            bins.append(ValueBin(int(inside.sum()), int(hits[inside].sum()), words, low, high))
    return tuple(bins), member


def _common(options: Sequence[str], counted: Flags) -> tuple[str, ...]:
    """The options by how often they were drawn, the most frequent ones only."""
    names, counts = np.unique(np.array(options, object)[counted].astype(str), return_counts=True)
    order = sorted(range(len(names)), key=lambda n: (-counts[n], names[n]))
    return tuple(str(names[n]) for n in order[:MOST_CHOICES])


def _bins_of_options(
    values: Sequence[str], counted: Flags, hits: Flags, options: Sequence[str], words: Callable[[str], str]
) -> tuple[tuple[ValueBin, ...], npt.NDArray[np.int64]]:
    bins: list[ValueBin] = []
    member = np.full(len(hits), -1, np.int64)
    for option in options:
        inside = counted & np.array([value == option for value in values], bool)
        if inside.sum() >= LEAST_IMAGES:
            member[inside] = len(bins)
            bins.append(ValueBin(int(inside.sum()), int(hits[inside].sum()), words(option), option=option))
    return tuple(bins), member
