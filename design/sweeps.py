"""Sweeps: a factor drawn from one end of its distributions to the other, to see what it does.

A sweep is rows of cells. Each cell holds the values that replace what an image's spec says of the factor; all else of
the image is held. A parameter that has no effect beside the others' fixed values (the hue of a colour that is not seen)
is swept beside values with which it has one; one that never has any in this design is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from .declaration import Factor, Parameter
from .design import Design, FactorSettings
from .distributions import Choice, Discrete, Distribution, Value
from .errors import DesignError
from .factors import FACTORS

STEPS = 7
MOST_OPTIONS = 28


@attrs.frozen
class SweepCell:
    """One place of a sweep: the factor's ``values``, and the value that is swept as text with its unit."""

    values: Mapping[str, Value]
    text: str


@attrs.frozen
class SweepRow:
    """One sweep from end to end.

    ``beside`` says which values were set so that it has an effect ("" for none), ``of`` how many options there are of
    which these are a part (0 where it is all).
    """

    factor: str
    label: str
    cells: tuple[SweepCell, ...]
    beside: str = ""
    of: int = 0


def factor_sweep(design: Design, factor: str, steps: int = STEPS) -> tuple[SweepRow, ...]:
    """A row a parameter of one factor: numbers at ``steps`` quantiles, both ends included; each option of a choice,
    and each value of a discrete distribution.

    Of more than ``MOST_OPTIONS`` (photos, say) that many are taken, evenly. The other parameters have their fixed
    values. DesignError where no parameter of the factor can vary.
    """
    declared, settings = FACTORS[factor], design.factors[factor]
    rows = tuple(filter(None, (_row(declared, settings, parameter, steps) for parameter in declared.parameters)))
    if not rows:
        raise DesignError(f"factors.{factor}", "has nothing to sweep: none of its parameters varies in this design")
    return rows


def overview_sweep(design: Design, steps: int = STEPS) -> tuple[SweepRow, ...]:
    """A row a factor: all its parameters go together from the lower end of their distributions to the upper one."""
    return tuple(
        SweepRow(factor.name, factor.label, tuple(_together(factor, design.factors[factor.name], steps)))
        for factor in FACTORS.values()
    )


def quantile(distribution: Distribution, p: float) -> Value:
    """The value with a share ``p`` of the distribution below it; exactly its ends at 0 and 1."""
    if not isinstance(distribution, Choice) and p in (0.0, 1.0):
        return distribution.support()[int(p)]
    return distribution.draw(p)


def swept_values(distribution: Distribution, steps: int) -> tuple[Value, ...]:
    """The different values of a sweep, in order: all of a discrete one, every option with a weight, or quantiles from
    end to end."""
    if isinstance(distribution, Choice):
        return tuple(option for option, weight in distribution.options.items() if weight > 0)
    if isinstance(distribution, Discrete):
        return distribution.values
    return tuple(dict.fromkeys(quantile(distribution, p) for p in _shares(steps)))


def _shares(steps: int) -> Iterator[float]:
    if steps < 2:
        raise ValueError(f"a sweep has at least 2 steps, not {steps}")
    return (step / (steps - 1) for step in range(steps))


def _row(factor: Factor, settings: FactorSettings, swept: Parameter, steps: int) -> SweepRow | None:
    values = swept_values(settings.parameters[swept.name].distribution, steps)
    values = tuple(dict.fromkeys(map(swept.settled, values)))
    held = _held(factor, settings, swept)
    if len(values) < 2 or held is None:
        return None
    every = len(values)
    if every > MOST_OPTIONS:
        values = tuple(values[place * (every - 1) // (MOST_OPTIONS - 1)] for place in range(MOST_OPTIONS))
    cells = (SweepCell({**held, swept.name: value}, swept.value_text(value)) for value in values)
    changed = [
        f"{parameter.words} {parameter.value_text(held[parameter.name])}"
        for parameter in factor.parameters
        if parameter.name != swept.name and held[parameter.name] != settings.parameters[parameter.name].fixed
    ]
    return SweepRow(factor.name, swept.label, tuple(cells), ", ".join(changed), every if every > len(values) else 0)


def _held(factor: Factor, settings: FactorSettings, swept: Parameter) -> dict[str, Value] | None:
    """Fixed values, changed where ``swept`` has no effect beside them; None where it has none in this design."""
    held = {name: parameter.fixed for name, parameter in settings.parameters.items()}
    for name, idle in swept.idle_with.items():
        given = settings.parameters[name].distribution
        likely = _likely(given)
        candidates = [held[name], *(value for value in likely if value == swept.seen_with.get(name)), *likely]
        working = next((value for value in candidates if value not in idle), None)
        if working is None:
            return None
        held[name] = working
    for other in factor.parameters:  # an option that shows an asset shows one, though none is fixed
        if other.assets is not None and swept.name in other.idle_with and not held[other.name]:
            likely = _likely(settings.parameters[other.name].distribution)
            held[other.name] = next((value for value in likely if value), held[other.name])
    return held


def _likely(distribution: Distribution) -> list[Value]:
    """Values a distribution has, the likeliest options first; of numbers the middle and the upper end."""
    if isinstance(distribution, Choice):
        weighted = [(option, weight) for option, weight in distribution.options.items() if weight > 0]
        return [option for option, _ in sorted(weighted, key=lambda pair: -pair[1])]
    return [quantile(distribution, 0.5), quantile(distribution, 1.0)]


def _together(factor: Factor, settings: FactorSettings, steps: int) -> Iterator[SweepCell]:
    for p in _shares(steps):
        values = {
            name: factor.parameter(name).settled(quantile(parameter.distribution, p))
            for name, parameter in settings.parameters.items()
        }
        first = factor.parameters[0]
        text = first.value_text(values[first.name]) if len(factor.parameters) == 1 else f"{p:.0%}"
        yield SweepCell(values, text)
