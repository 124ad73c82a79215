"""The weights that points of a search give a pool's images. What a setting makes of the images is computed once: points
that differ in one parameter have all others in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from ...design.design import Design
from ...design.distributions import Choice
from ...design.factors import FACTORS
from .likelihood import Floats, log_likelihood_of_parameter, log_likelihood_of_weight
from .pool import Pool
from .search_space import Level, Point, Space, design_at

MOST_KEPT = 2**25  # numbers: 256 MB
_Levels: TypeAlias = tuple[tuple[str, Level], ...]


class Weigher:
    """``reweighting.importance_weights`` of the designs that points of a ``space`` make of a ``frame``."""

    def __init__(self, pool: Pool, frame: Design, space: Space) -> None:
        self._pool, self._frame, self._space = pool, frame, space
        self._known: dict[tuple[str, str, _Levels], Floats | None] = {}
        self._unchanged = {factor: self._of_factor(factor, {}) for factor in frame.factors}

    def __call__(self, point: Point) -> Floats | None:
        """Weights (N,) of mean 1. None where the point leaves a choice no option, or none of the images could be of its
        design: nothing can be said of it."""
        changes: dict[str, dict[str, dict[str, Level]]] = {}
        for name, level in point.items():
            dimension = self._space[name]
            changes.setdefault(dimension.factor, {}).setdefault(dimension.parameter, {})[name] = level
        target = np.zeros(len(self._pool))
        for factor, unchanged in self._unchanged.items():
            own = self._of_factor(factor, changes[factor]) if factor in changes else unchanged
            if own is None:
                return None
            target += own
        weights: Floats = np.exp(target - self._pool.log_mixture)
        total = float(weights.sum())
        return weights * (len(weights) / total) if total > 0 else None

    def _of_factor(self, factor: str, changes: Mapping[str, Mapping[str, Level]]) -> Floats | None:
        """What a factor adds to the log likelihood, with changes by parameter; "" is its weight."""
        found = np.zeros(len(self._pool))
        for parameter in ("", *(one.name for one in FACTORS[factor].parameters)):
            levels = changes.get(parameter, {})
            key = factor, parameter, tuple(sorted(levels.items()))
            if key not in self._known:
                if len(self._known) * len(self._pool) > MOST_KEPT:
                    self._known.clear()
                self._known[key] = self._of_parameter(factor, parameter, levels)
            own = self._known[key]
            if own is None:
                return None
            found += own
        return found

    def _of_parameter(self, factor: str, parameter: str, levels: Mapping[str, Level]) -> Floats | None:
        settings = design_at(self._frame, self._space, levels).factors[factor]
        if not parameter:
            return log_likelihood_of_weight(factor, settings.weight, self._pool.columns)
        given = settings.parameters[parameter]
        if isinstance(given.distribution, Choice) and not any(given.distribution.options.values()):
            return None
        declared = FACTORS[factor].parameter(parameter)
        return log_likelihood_of_parameter(factor, declared, given, self._pool.columns, self._pool.atoms)
