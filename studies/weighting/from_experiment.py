"""Importance from an experiment: data sets rendered for it, which differ in factors' weights and in nothing else.

One at a time, each factor's weight alone is otherwise than in the design; most images are those of the design's own
data set, and are not rendered again. In the factorial every factor is always drawn in one half of the runs and fixed in
the other (``factorial``): each run tells of all factors, at the price of new images. Runs of one seed share random
numbers. Effects are least squares on the runs, as shares of photos that are right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ...datasets.effect_records import Effect
from ...datasets.messages import Report
from ...design.design import Design
from ...design.errors import RunError
from .changes import Change, change_text, changed, changes_of
from .comparison import Contender, Rendering, compare, share_of
from .factorial import folded
from .search_space import WeightDimension

Plan: TypeAlias = Literal["one-at-a-time", "factorial"]
Floats: TypeAlias = npt.NDArray[np.float64]

PLANS: dict[Plan, str] = {
    "one-at-a-time": "the design, and each factor's weight changed alone; shares most images",
    "factorial": "all factors at once, two-level, resolution IV; surest for so many images",
}


@attrs.frozen(eq=False)
class Experiment:
    """Designs to render, by name, and for every change the ``contrast`` (R,) of the runs that is its effect."""

    designs: Mapping[str, Design]
    contrasts: tuple[tuple[Change, Floats], ...]


def experiment_of(design: Design, plan: Plan) -> Experiment:
    """What is to be rendered. RunError where the design draws nothing."""
    changes = [one for one in changes_of(design) if isinstance(one.dimension, WeightDimension)]
    if not changes:
        raise RunError(f"{design.name} draws nothing at random: there is nothing to compare")
    if plan == "one-at-a-time":
        designs = {"design": design} | {one.factor: changed(design, one) for one in changes}
        rows = np.eye(len(designs))
        return Experiment(designs, tuple((one, rows[place] - rows[0]) for place, one in enumerate(changes, 1)))
    signs = folded(len(changes))
    designs = {f"run {number}": _at_levels(design, changes, row.tolist()) for number, row in enumerate(signs, 1)}
    contrasts = []
    for column, one in zip(signs.T, changes, strict=True):
        assert not isinstance(one.level, tuple)
        share = one.level - design.factors[one.factor].weight  # of the way from always fixed to always drawn
        contrasts.append((one, share * column / (len(signs) / 2)))
    return Experiment(designs, tuple(contrasts))


def effects_of_experiment(  # noqa: PLR0917 - an experiment and all that it takes
    experiment: Experiment,
    design: Design,
    seeds: int,
    rendering: Rendering,
    photos: tuple[Floats, npt.NDArray[np.int64]],
    report: Report,
) -> tuple[Effect, ...]:
    """Render and judge all runs for every seed; ``photos`` are features (M, D) and labels (M,).

    Intervals are by bootstrap over photos and seeds together; with one seed they say nothing of other seeds.
    """
    contenders = compare(experiment.designs, seeds, rendering, photos, report)
    return tuple(_effect(design, one, contrast, contenders) for one, contrast in experiment.contrasts)


def _at_levels(design: Design, changes: list[Change], levels: list[int]) -> Design:
    factors = dict(design.factors)
    for one, level in zip(changes, levels, strict=True):
        factors[one.factor] = attrs.evolve(factors[one.factor], weight=1.0 if level > 0 else 0.0)
    return attrs.evolve(design, factors=factors)


def _effect(design: Design, change: Change, contrast: Floats, contenders: tuple[Contender, ...]) -> Effect:
    right = np.stack([one.right for one in contenders]).astype(np.float64)  # (R, S, M)
    found = share_of(np.tensordot(contrast, right, 1), 0)
    used = [one.images for one, share in zip(contenders, contrast.tolist(), strict=True) if share]
    return Effect(
        factor=change.factor,
        change=change_text(design, change),
        points=found.mean,
        low=found.low,
        high=found.high,
        source="experiment",
        images=sum(used) * right.shape[1],
        photos=right.shape[2],
    )
