"""What a tuner may change of a design, derived from the factors' declarations, and the design that a choice makes.

A dimension is one thing that can be otherwise: a factor's weight, a number's range, how often an option is drawn. A
point says of some dimensions how; what it does not name stays as the design has it. Nothing a point can say draws what
the design itself could not draw, so that images of the one can be weighted into images of the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, ClassVar, TypeAlias

import attrs

from ...design.declaration import Parameter
from ...design.design import Design, FactorSettings
from ...design.distributions import Choice, Constant, Discrete, Distribution, LogUniform, Normal, SphereShell, Uniform
from ...design.document import factor_document
from ...design.factors import FACTORS
from ...design.sweeps import quantile

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
MULTIPLES = (0.0, 1 / 3, 2.0, 3.0)  # of how often the design draws an option
RANGE_STEPS = 8  # a range is cut into so many parts that are drawn as often
LEAST_STEPS = 2  # a narrower range would rest on too few images
MOST_SINGLE_OPTIONS = 24  # more are left out or in by groups
_MULTIPLE_TEXTS = {0.0: "left out", 1 / 3: "a third as often", 2.0: "twice as often", 3.0: "three times as often"}


@attrs.frozen
class WeightDimension:
    """The weight of a factor."""

    factor: str
    parameter: ClassVar[str] = ""
    option: ClassVar[str] = ""

    @property
    def name(self) -> str:
        """What a point calls it: ``background``."""
        return self.factor

    def levels(self) -> tuple[Level, ...]:
        """All that it can be."""
        return WEIGHTS


@attrs.frozen
class RangeDimension:
    """The range of a number, as (first, end) of ``RANGE_STEPS`` parts that are drawn as often."""

    factor: str
    parameter: str
    option: ClassVar[str] = ""

    @property
    def name(self) -> str:
        """What a point calls it: ``camera_viewpoint.elevation_deg``."""
        return dimension_name(self.factor, self.parameter)

    def levels(self) -> tuple[Level, ...]:
        """All narrower ranges, the widest first."""
        return tuple(
            (first, first + width)
            for width in range(RANGE_STEPS - 1, LEAST_STEPS - 1, -1)
            for first in range(RANGE_STEPS - width + 1)
        )


@attrs.frozen
class OptionDimension:
    """How often one option, or a group of them, is drawn: a multiple of what the design says."""

    factor: str
    parameter: str
    options: tuple[str, ...]

    @property
    def option(self) -> str:
        """The option, or the first of the group."""
        return self.options[0]

    @property
    def name(self) -> str:
        """What a point calls it: ``material_texture.material=wood``."""
        return dimension_name(self.factor, self.parameter, self.option)

    def levels(self) -> tuple[Level, ...]:
        """All that it can be; a group is out or in."""
        return MULTIPLES if len(self.options) == 1 else MULTIPLES[:1]


Level: TypeAlias = float | tuple[int, int]
Dimension: TypeAlias = WeightDimension | RangeDimension | OptionDimension
Point: TypeAlias = Mapping[str, Level]
Space: TypeAlias = Mapping[str, Dimension]


def search_space(design: Design) -> dict[str, Dimension]:
    """Every dimension of a design, by name. Of factors that it never draws there is the weight alone."""
    found: list[Dimension] = []
    for name, settings in design.factors.items():
        dimensions = [one for parameter in FACTORS[name].parameters for one in _dimensions(name, settings, parameter)]
        if dimensions:
            found.append(WeightDimension(name))
            found += dimensions if settings.weight > 0 else []
    return {dimension.name: dimension for dimension in found}


def dimension_name(factor: str, parameter: str = "", option: str = "") -> str:
    """What a dimension is called: ``background``, ``background.kind``, ``background.kind=white``."""
    return factor + (f".{parameter}" if parameter else "") + (f"={option}" if option else "")


def design_at(design: Design, space: Space, point: Point) -> Design:
    """The design with what a point says."""
    factors = dict(design.factors)
    for name, level in point.items():
        dimension = space[name]
        factors[dimension.factor] = _changed(factors[dimension.factor], dimension, level)
    return attrs.evolve(design, factors=factors)


def is_possible(design: Design, space: Space, point: Point) -> bool:
    """Whether a point leaves every choice at least one option."""
    changed = design_at(design, space, point)
    return all(
        any(weight > 0 for weight in parameter.distribution.options.values())
        for name in {space[one].factor for one in point}
        for parameter in changed.factors[name].parameters.values()
        if isinstance(parameter.distribution, Choice)
    )


def explored(design: Design, margin: float) -> Design:
    """The design with every weight at least ``margin`` away from 0 and from 1: its images can be weighted into any
    weights. A factor with nothing to draw keeps its own."""
    varied = {one.factor for one in search_space(design).values()}
    factors = {
        name: attrs.evolve(settings, weight=min(max(settings.weight, margin), 1 - margin))
        if name in varied
        else settings
        for name, settings in design.factors.items()
    }
    return attrs.evolve(design, factors=factors)


def all_weights(design: Design, weight: float) -> Design:
    """The design with one weight for every factor that has anything to draw."""
    varied = {one.factor for one in search_space(design).values()}
    factors = {
        name: attrs.evolve(settings, weight=weight) if name in varied else settings
        for name, settings in design.factors.items()
    }
    return attrs.evolve(design, factors=factors)


def overrides_between(before: Design, after: Design) -> dict[str, Any]:
    """What a split's overrides of the one design have to say to make it draw as the other: ``{"factors": {...}}``.

    They say no more than what differs, so that those of several changes can be laid over each other.
    """
    factors = {
        name: different
        for name, settings in after.factors.items()
        if (different := _differences(factor_document(before.factors[name]), factor_document(settings)))
    }
    return {"factors": factors} if factors else {}


def level_text(design: Design, dimension: Dimension, level: Level | None) -> str:
    """A level for people, None standing for what the design has: ``0.25``, ``0 .. 30°``, ``left out``."""
    settings = design.factors[dimension.factor]
    match dimension:
        case WeightDimension():
            return f"{settings.weight if level is None else level:g}"
        case RangeDimension(factor, name):
            distribution = settings.parameters[name].distribution
            given = distribution if level is None else sub_range(FACTORS[factor].parameter(name), distribution, level)
            assert not isinstance(given, Choice)
            low, high = given.support()
            declared = FACTORS[factor].parameter(name)
            return f"{declared.value_text(low)} .. {declared.value_text(high)}"
        case OptionDimension():
            assert not isinstance(level, tuple)
            return "as often as in the design" if level is None else _MULTIPLE_TEXTS[level]


def subject_text(dimension: Dimension) -> str:
    """What a dimension is about, for people: ``Camera viewpoint, elevation``."""
    factor = FACTORS[dimension.factor]
    match dimension:
        case WeightDimension():
            return f"{factor.label}, weight"
        case RangeDimension(_, name):
            return f"{factor.label}, {factor.parameter(name).words}"
        case OptionDimension(_, name, options):
            parameter = factor.parameter(name)
            shown = ", ".join(parameter.value_text(option) for option in options[:3])
            return f"{factor.label}, {parameter.words} {shown}{', ...' if len(options) > 3 else ''}"


def sub_range(parameter: Parameter, distribution: Distribution, level: Level) -> Distribution:
    """A distribution kept to some of its parts, its ends rounded as the parameter is shown."""
    assert isinstance(level, tuple)
    first, end = level
    match distribution:
        case Discrete(values):
            low, high = quantile(distribution, first / RANGE_STEPS), quantile(distribution, end / RANGE_STEPS)
            kept = [place for place, value in enumerate(values) if low <= value <= high]  # type: ignore[operator]
            weights = tuple(distribution.weights[place] for place in kept) if distribution.weights else ()
            return Discrete(tuple(values[place] for place in kept), weights)
        case Uniform() | LogUniform() | Normal() | SphereShell():
            low, high = _rounded(parameter, distribution, first, end)
            return attrs.evolve(distribution, min=low, max=high)
        case _:
            raise TypeError(f"{distribution.kind} has no range")


def _rounded(
    parameter: Parameter, distribution: Uniform | LogUniform | Normal | SphereShell, first: int, end: int
) -> tuple[float, float]:
    """Ends for people to read, where rounding leaves a range; the distribution's own ends stay as they are."""
    ends = [float(quantile(distribution, part / RANGE_STEPS)) for part in (first, end)]
    low, high = (
        round(value, parameter.decimals) if 0 < part < RANGE_STEPS else value
        for value, part in zip(ends, (first, end), strict=True)
    )
    return (low, high) if distribution.min <= low < high <= distribution.max else (ends[0], ends[1])


def _dimensions(factor: str, settings: FactorSettings, parameter: Parameter) -> Iterator[Dimension]:
    given = settings.parameters[parameter.name].distribution
    if not _has_effect(settings, parameter):
        return
    if isinstance(given, Choice):
        drawn = [option for option, weight in given.options.items() if weight > 0]
        if len(drawn) > 1:
            yield from (OptionDimension(factor, parameter.name, group) for group in _grouped(drawn))
    elif isinstance(given, Discrete):
        if len(given.values) > 1:
            yield RangeDimension(factor, parameter.name)
    elif not isinstance(given, Constant) and given.support()[0] < given.support()[1]:
        yield RangeDimension(factor, parameter.name)


def _has_effect(settings: FactorSettings, parameter: Parameter) -> bool:
    """Whether it ever has one beside what the others of its factor are drawn as."""
    for other, idle in parameter.idle_with.items():
        given = settings.parameters[other].distribution
        if isinstance(given, Choice):
            if all(option in idle for option, weight in given.options.items() if weight > 0):
                return False
        elif given.support()[0] == given.support()[1] and given.support()[0] in idle:
            return False
    return True


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch (RFC 7396) from the one JSON object to the other, which has the same keys."""
    found: dict[str, Any] = {}
    for key, value in after.items():
        if isinstance(value, Mapping):
            if inner := _differences(before[key], value):
                found[key] = inner
        elif value != before[key]:
            found[key] = value
    return found


def _grouped(options: Sequence[str]) -> list[tuple[str, ...]]:
    """Single options; where they are very many, those of one folder together, or neighbours by name."""
    if len(options) <= MOST_SINGLE_OPTIONS:
        return [(option,) for option in options]
    folders: dict[str, list[str]] = {}
    for option in sorted(options):
        folders.setdefault(str(PurePosixPath(option).parent), []).append(option)
    if 1 < len(folders) <= MOST_SINGLE_OPTIONS:
        return [tuple(group) for group in folders.values()]
    ordered, size = sorted(options), math.ceil(len(options) / MOST_SINGLE_OPTIONS)
    return [tuple(ordered[start : start + size]) for start in range(0, len(ordered), size)]


def _changed(settings: FactorSettings, dimension: Dimension, level: Level) -> FactorSettings:
    if isinstance(dimension, WeightDimension):
        assert not isinstance(level, tuple)
        return attrs.evolve(settings, weight=level)
    given = settings.parameters[dimension.parameter]
    changed: Distribution
    if isinstance(dimension, RangeDimension):
        changed = sub_range(FACTORS[dimension.factor].parameter(dimension.parameter), given.distribution, level)
    else:
        assert isinstance(given.distribution, Choice) and not isinstance(level, tuple)
        options = {
            option: round(weight * level, 6) if option in dimension.options else weight
            for option, weight in given.distribution.options.items()
        }
        changed = Choice(options)
    parameters = {**settings.parameters, dimension.parameter: attrs.evolve(given, distribution=changed)}
    return attrs.evolve(settings, parameters=parameters)
