"""Distributions of parameters. Each turns one uniform number in [0, 1) into a value.

One uniform in, one value out: so a draw depends on nothing but its own stream, and two designs that differ in a range
still share their random numbers (common random numbers).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from statistics import NormalDist
from typing import ClassVar, TypeAlias, TypeVar

import attrs

from .errors import DesignError

Value: TypeAlias = float | str
_Option = TypeVar("_Option", float, str)


@attrs.frozen
class Constant:
    """Always ``value``."""

    kind: ClassVar[str] = "constant"
    value: float

    def draw(self, u: float) -> float:
        return self.value

    def support(self) -> tuple[float, float]:
        return self.value, self.value

    def check(self) -> None:
        _finite(self, "value")


@attrs.frozen
class Uniform:
    """Evenly between ``min`` and ``max``."""

    kind: ClassVar[str] = "uniform"
    min: float
    max: float

    def draw(self, u: float) -> float:
        return self.min + u * (self.max - self.min)

    def support(self) -> tuple[float, float]:
        return self.min, self.max

    def check(self) -> None:
        _ordered(self)


@attrs.frozen
class LogUniform:
    """Evenly in the logarithm between ``min`` and ``max``, both above 0: as often 1-2 as 2-4."""

    kind: ClassVar[str] = "log_uniform"
    min: float
    max: float

    def draw(self, u: float) -> float:
        return float(self.min * (self.max / self.min) ** u)

    def support(self) -> tuple[float, float]:
        return self.min, self.max

    def check(self) -> None:
        _ordered(self)
        if self.min <= 0:
            raise DesignError("min", "must be > 0 for log_uniform")


@attrs.frozen
class Normal:
    """Normal with ``mean`` and standard deviation ``std``, truncated to ``min`` .. ``max`` (by inverse transform)."""

    kind: ClassVar[str] = "normal"
    mean: float
    std: float
    min: float
    max: float

    def draw(self, u: float) -> float:
        normal = NormalDist(self.mean, self.std)
        low, high = normal.cdf(self.min), normal.cdf(self.max)
        p = low + u * (high - low)
        value = normal.inv_cdf(p) if 0.0 < p < 1.0 else (self.min if p <= 0.0 else self.max)
        return min(max(value, self.min), self.max)

    def support(self) -> tuple[float, float]:
        return self.min, self.max

    def check(self) -> None:
        _ordered(self)
        _finite(self, "mean", "std")
        if self.std <= 0:
            raise DesignError("std", "must be > 0")
        normal = NormalDist(self.mean, self.std)
        if normal.cdf(self.max) - normal.cdf(self.min) < 1e-9:
            raise DesignError("mean", "min .. max must hold a part of the normal distribution that is not vanishing")


@attrs.frozen
class SphereShell:
    """An elevation in degrees, spread evenly over the area of a sphere between ``min`` and ``max`` (-90 .. 90).

    With a uniform azimuth and a radius this makes a point on a spherical shell.
    """

    kind: ClassVar[str] = "sphere_shell"
    min: float
    max: float

    def draw(self, u: float) -> float:
        low, high = math.sin(math.radians(self.min)), math.sin(math.radians(self.max))
        return min(max(math.degrees(math.asin(low + u * (high - low))), self.min), self.max)

    def support(self) -> tuple[float, float]:
        return self.min, self.max

    def check(self) -> None:
        _ordered(self)
        for name in ("min", "max"):
            if not -90 <= getattr(self, name) <= 90:
                raise DesignError(name, "must be an elevation between -90 and 90 degrees")


@attrs.frozen
class Discrete:
    """One of the ``values``, ascending numbers, each with a weight above 0; without ``weights`` all as often."""

    kind: ClassVar[str] = "discrete"
    values: tuple[float, ...]
    weights: tuple[float, ...] = ()

    @property
    def shares(self) -> tuple[float, ...]:
        """How often each value is drawn, the whole being 1."""
        weights = self.weights or (1.0,) * len(self.values)
        total = sum(weights)
        return tuple(weight / total for weight in weights)

    def draw(self, u: float) -> float:
        return _picked(zip(self.values, self.shares, strict=True), u)

    def support(self) -> tuple[float, float]:
        return self.values[0], self.values[-1]

    def check(self) -> None:
        if not self.values:
            raise DesignError("values", "needs at least one number")
        for place, value in enumerate(self.values):
            if not math.isfinite(value):
                raise DesignError(f"values[{place}]", "must be a finite number")
            if place and value <= self.values[place - 1]:
                raise DesignError(f"values[{place}]", f"must be above the one before ({self.values[place - 1]:g})")
        if self.weights and len(self.weights) != len(self.values):
            raise DesignError("weights", f"must be {len(self.values)}, one a value, or none; are {len(self.weights)}")
        for place, weight in enumerate(self.weights):
            if not (math.isfinite(weight) and weight > 0):
                raise DesignError(f"weights[{place}]", f"must be a weight above 0, not {weight:g}")


@attrs.frozen
class Choice:
    """One of ``options``, each with a weight >= 0; the weights need not add up to 1."""

    kind: ClassVar[str] = "choice"
    options: Mapping[str, float]

    def draw(self, u: float) -> str:
        return _picked(self.options.items(), u)

    def check(self) -> None:
        for option, weight in self.options.items():
            if not (math.isfinite(weight) and weight >= 0):
                raise DesignError(f"options.{option}", f"must be a weight >= 0, not {weight}")
        if not sum(self.options.values()) > 0:
            raise DesignError("options", "at least one option needs a weight above 0")


Numeric: TypeAlias = Constant | Uniform | LogUniform | Normal | SphereShell | Discrete
Distribution: TypeAlias = Numeric | Choice

DISTRIBUTIONS: dict[str, type[Distribution]] = {
    cls.kind: cls for cls in (Constant, Uniform, LogUniform, Normal, SphereShell, Discrete, Choice)
}
NUMERIC_KINDS = tuple(kind for kind, cls in DISTRIBUTIONS.items() if cls is not Choice)


def field_names(kind: str) -> tuple[str, ...]:
    """The names a distribution of this kind has in JSON, in order: ``("min", "max")``."""
    return tuple(field.name for field in attrs.fields(DISTRIBUTIONS[kind]))


def needed_names(kind: str) -> tuple[str, ...]:
    """Those of its names that cannot be left out."""
    return tuple(field.name for field in attrs.fields(DISTRIBUTIONS[kind]) if field.default is attrs.NOTHING)


def _picked(options: Iterable[tuple[_Option, float]], u: float) -> _Option:
    """The option up to which a share ``u`` of all weights lies. At least one weight is above 0."""
    weighted = [(option, weight) for option, weight in options if weight > 0]
    target = u * sum(weight for _, weight in weighted)
    reached = 0.0
    for option, weight in weighted:
        reached += weight
        if target < reached:
            return option
    return weighted[-1][0]


def _finite(distribution: Distribution, *names: str) -> None:
    for name in names:
        if not math.isfinite(getattr(distribution, name)):
            raise DesignError(name, "must be a finite number")


def _ordered(distribution: Uniform | LogUniform | Normal | SphereShell) -> None:
    _finite(distribution, "min", "max")
    if distribution.max < distribution.min:
        raise DesignError("max", f"must be >= min ({distribution.min:g}), is {distribution.max:g}")
