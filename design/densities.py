"""How likely a value is under a distribution: what weights of images that already exist are made of.

Of a number the density, of an option, a discrete number or a whole one the probability, as a logarithm; minus infinity
where the distribution does not reach. It is the density of what ``Parameter.drawn`` draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .declaration import Parameter
from .distributions import Choice, Constant, Discrete, Distribution, LogUniform, Normal, SphereShell, Uniform, Value
from .sweeps import quantile

Floats: TypeAlias = npt.NDArray[np.float64]

_GRID = 257
_ROUNDING = 1e-9  # of a range: a draw may fall beside its end by the last bits


def log_density(parameter: Parameter, distribution: Distribution, values: Sequence[Value] | npt.NDArray[Any]) -> Floats:
    """The logarithms (N,) of how likely ``values`` (N,) are: options are texts, all else numbers."""
    if isinstance(distribution, Choice):
        total = sum(distribution.options.values())
        known = {option: _log(weight / total) for option, weight in distribution.options.items()}
        return np.array([known.get(str(value), -np.inf) for value in values], np.float64)
    numbers = np.asarray(values, np.float64)
    if isinstance(distribution, Discrete):
        return _log_shares(numbers, [parameter.settled(one) for one in distribution.values], distribution.shares)
    if is_atomic(parameter, distribution):
        low, high = distribution.support()
        if low == high:
            return _log_shares(numbers, [parameter.settled(low)], (1.0,))
        return _log_whole(distribution, numbers)
    low, high = distribution.support()
    slack = _ROUNDING * (high - low)
    inside = (numbers >= low - slack) & (numbers <= high + slack)
    found = np.full(len(numbers), -np.inf)
    found[inside] = _log_continuous(distribution, numbers[inside].clip(low, high))
    return found


def shares_below(distribution: Distribution, values: Floats) -> Floats:
    """How much of a distribution of numbers is drawn below each of ``values`` (N,), read off its quantiles."""
    shares = np.linspace(0.0, 1.0, _GRID)
    grid = np.array([float(quantile(distribution, share)) for share in shares])
    return np.interp(values, grid, shares)


def is_atomic(parameter: Parameter, distribution: Distribution) -> bool:
    """Whether single values have a probability, and not only ranges of them."""
    if isinstance(distribution, Choice | Discrete | Constant):
        return True
    low, high = distribution.support()
    return parameter.whole or low == high


def _log_shares(numbers: Floats, values: Sequence[Value], shares: Sequence[float]) -> Floats:
    probability = np.zeros(len(numbers))
    for value, share in zip(values, shares, strict=True):
        probability += share * (numbers == value)
    return _logs(probability)


def _log_whole(distribution: Distribution, numbers: Floats) -> Floats:
    """Of a distribution whose draws are rounded; see ``Parameter.drawn``."""
    assert not isinstance(distribution, Choice)
    low, high = distribution.support()
    if isinstance(distribution, Uniform):
        distribution = Uniform(low - 0.5, high + 0.5)
    below = np.array([_share_below(distribution, one - 0.5) for one in numbers.tolist()])
    above = np.array([_share_below(distribution, one + 0.5) for one in numbers.tolist()])
    last = math.floor(high + 0.5)
    above[numbers == last] = 1.0
    return _logs(np.where((numbers > last) | (numbers != np.floor(numbers)), 0.0, above - below))


def _log_continuous(distribution: Distribution, numbers: Floats) -> Floats:
    match distribution:
        case Uniform(low, high):
            return np.full(len(numbers), -math.log(high - low))
        case LogUniform(low, high):
            return -np.log(numbers) - math.log(math.log(high / low))
        case Normal(mean, std, low, high):
            normal = NormalDist(mean, std)
            held = math.log(normal.cdf(high) - normal.cdf(low))
            return -0.5 * ((numbers - mean) / std) ** 2 - math.log(std * math.sqrt(2 * math.pi)) - held
        case SphereShell(low, high):
            area = math.sin(math.radians(high)) - math.sin(math.radians(low))
            return _logs(np.cos(np.radians(numbers)).clip(min=0.0) * math.radians(1.0) / area)
        case _:
            raise TypeError(f"{distribution.kind} has no density")


def _share_below(distribution: Distribution, value: float) -> float:
    """The share of a continuous distribution below a value."""
    assert not isinstance(distribution, Choice)
    low, high = distribution.support()
    value = min(max(value, low), high)
    match distribution:
        case Uniform():
            return (value - low) / (high - low)
        case LogUniform():
            return math.log(value / low) / math.log(high / low)
        case Normal(mean, std):
            normal = NormalDist(mean, std)
            return (normal.cdf(value) - normal.cdf(low)) / (normal.cdf(high) - normal.cdf(low))
        case SphereShell():
            ends = [math.sin(math.radians(angle)) for angle in (low, value, high)]
            return (ends[1] - ends[0]) / (ends[2] - ends[0])
        case _:
            raise TypeError(f"{distribution.kind} has no share below a value")


def _logs(probability: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.log(probability)


def _log(probability: float) -> float:
    return math.log(probability) if probability > 0 else -math.inf
