"""Distributions of parameters. Each turns one uniform number in [0, 1) into a value.

One uniform in, one value out: so a draw depends on nothing but its own stream, and two designs that differ in a range
still share their random numbers (common random numbers).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import ClassVar, TypeAlias

import attrs

from .errors import DesignError

Value: TypeAlias = float | str


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
class Choice:
    """One of ``options``, each with a weight >= 0; the weights need not add up to 1."""

    kind: ClassVar[str] = "choice"
    options: Mapping[str, float]

    def draw(self, u: float) -> str:
        target = u * sum(self.options.values())
        reached = 0.0
        chosen = ""
        for option, weight in self.options.items():
            if weight <= 0:
                continue
            chosen = option
            reached += weight
            if target < reached:
                break
        return chosen

    def check(self) -> None:
        for option, weight in self.options.items():
            if not (math.isfinite(weight) and weight >= 0):
                raise DesignError(f"options.{option}", f"must be a weight >= 0, not {weight}")
        if not sum(self.options.values()) > 0:
            raise DesignError("options", "at least one option needs a weight above 0")


Numeric: TypeAlias = Constant | Uniform | LogUniform | Normal | SphereShell
Distribution: TypeAlias = Numeric | Choice

DISTRIBUTIONS: dict[str, type[Distribution]] = {
    cls.kind: cls for cls in (Constant, Uniform, LogUniform, Normal, SphereShell, Choice)
}
NUMERIC_KINDS = tuple(kind for kind, cls in DISTRIBUTIONS.items() if cls is not Choice)


def field_names(kind: str) -> tuple[str, ...]:
    """The names a distribution of this kind has in JSON, in order: ``("min", "max")``."""
    return tuple(field.name for field in attrs.fields(DISTRIBUTIONS[kind]))


def _finite(distribution: Distribution, *names: str) -> None:
    for name in names:
        if not math.isfinite(getattr(distribution, name)):
            raise DesignError(name, "must be a finite number")


def _ordered(distribution: Uniform | LogUniform | Normal | SphereShell) -> None:
    _finite(distribution, "min", "max")
    if distribution.max < distribution.min:
        raise DesignError("max", f"must be >= min ({distribution.min:g}), is {distribution.max:g}")
