"""Proposals of points by a tree-structured Parzen estimator (Bergstra et al. 2011), as Optuna has it, in batches."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.trial import FrozenTrial, TrialState, create_trial

from .search_space import LEAST_STEPS, RANGE_STEPS, Dimension, Level, Point, RangeDimension, Space

AS_IT_IS = -1


class Proposer:
    """Proposes points of some ``dimensions``; told what points are worth, it proposes better ones.

    Every batch has a sampler of its own, seeded by its number: what is proposed depends on what was told, and on
    nothing else.
    """

    def __init__(self, dimensions: Space, seed: int) -> None:
        self._dimensions, self._seed = dimensions, seed
        self._told: list[FrozenTrial] = []
        self._distributions: dict[str, BaseDistribution] = {}
        for name, dimension in dimensions.items():
            self._distributions |= _distributions(name, dimension)

    def tell(self, point: Point, worth: float) -> None:
        """Learn what a point is worth. What it says of other dimensions is ignored."""
        params: dict[str, Any] = {}
        for name, dimension in self._dimensions.items():
            params |= _parameters(name, dimension, point.get(name))
        self._told.append(
            create_trial(params=params, distributions=self._distributions, value=worth, state=TrialState.COMPLETE)
        )

    def ask(self, batch: int, count: int) -> list[dict[str, Level]]:
        """So many points, which may repeat."""
        with _quiet():
            sampler = optuna.samplers.TPESampler(
                seed=self._seed * 10_000 + batch, multivariate=True, constant_liar=True, n_startup_trials=1
            )
            study = optuna.create_study(direction="maximize", sampler=sampler)
            study.add_trials(self._told)
            return [self._point(study.ask(self._distributions).params) for _ in range(count)]

    def _point(self, params: Mapping[str, Any]) -> dict[str, Level]:
        levels = {name: _level(name, dimension, params) for name, dimension in self._dimensions.items()}
        return {name: level for name, level in levels.items() if level is not None}


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna says of the multivariate estimator that it is experimental, and logs each trial."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)


def _distributions(name: str, dimension: Dimension) -> dict[str, BaseDistribution]:
    if isinstance(dimension, RangeDimension):  # near ranges are near each other: two numbers, not one of 28 names
        return {
            f"{name} first": IntDistribution(0, RANGE_STEPS - LEAST_STEPS),
            f"{name} width": IntDistribution(LEAST_STEPS, RANGE_STEPS),
        }
    return {name: CategoricalDistribution((AS_IT_IS, *range(len(dimension.levels()))))}


def _parameters(name: str, dimension: Dimension, level: Level | None) -> dict[str, int]:
    if isinstance(dimension, RangeDimension):
        assert not isinstance(level, float)
        first, end = level or (0, RANGE_STEPS)
        return {f"{name} first": first, f"{name} width": end - first}
    return {name: AS_IT_IS if level is None else dimension.levels().index(level)}


def _level(name: str, dimension: Dimension, params: Mapping[str, Any]) -> Level | None:
    if isinstance(dimension, RangeDimension):
        width = int(params[f"{name} width"])
        first = min(int(params[f"{name} first"]), RANGE_STEPS - width)
        return None if width == RANGE_STEPS else (first, first + width)
    place = int(params[name])
    return None if place == AS_IT_IS else dimension.levels()[place]
