"""Importance from test sets: where does a classifier fail? In each one factor varies, and the others are fixed.

All sets share their random numbers: image k shows the same model in each, so that differences are of one factor alone.
What is told is accuracy on renders, not on photos: what a classifier does not stand, and not what it should be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ...datasets.effect_records import Effect
from ...datasets.messages import Progress, Report
from ...design.design import Design
from ...design.distributions import Choice
from ...design.factors import FACTORS
from .changes import Change
from .likelihood import idle
from .pool import Pool
from .search_space import (
    RANGE_STEPS,
    OptionDimension,
    RangeDimension,
    WeightDimension,
    all_weights,
    level_text,
    search_space,
    sub_range,
)

Right: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]

FIXED = "fixed"
RESAMPLES = 2000
LEAST_IMAGES = 8  # of a part of a range, or an option
_LEVELS = (2.5, 97.5)
_QUARTERS = tuple((first, first + RANGE_STEPS // 4) for first in range(0, RANGE_STEPS, RANGE_STEPS // 4))


def set_designs(design: Design) -> dict[str, Design]:
    """The designs of the sets by the factor that varies, and ``FIXED``, in which none does."""
    fixed = all_weights(design, 0.0)
    factors = dict.fromkeys(one.factor for one in search_space(design).values())
    return {FIXED: fixed} | {name: _drawn(fixed, name) for name in factors}


def effects_of_test_sets(
    design: Design,
    rendering: Callable[[str, Design], Pool],
    answers: Callable[[Pool], npt.NDArray[np.int64]],
    report: Report,
) -> tuple[Effect, ...]:
    """Effects of each factor, part of a range and option on accuracy on renders, against all fixed.

    ``rendering`` gives the images of a test set, ``answers`` the classes (N,) that the classifier takes them for.
    Intervals are by bootstrap over images, paired.
    """
    designs = set_designs(design)
    random = np.random.default_rng(0x7E57)
    found: list[Effect] = []
    known: dict[int, bool] = {}
    for done, (name, one) in enumerate(designs.items()):
        report(Progress("test sets", done, len(designs), "sets", note=name))
        pool = rendering(name, one)
        right = answers(pool) == pool.labels
        indices = [int(row["index"]) for row in pool.rows]
        if name == FIXED:
            known = dict(zip(indices, right.tolist(), strict=True))
            continue
        paired = np.array([index in known for index in indices])  # an image that failed in one set is left out
        gains = right[paired].astype(np.float64) - [known[index] for index in indices if index in known]
        for text, change, chosen in _parts(design, name, pool):
            values = gains[chosen[paired]]
            if len(values) >= LEAST_IMAGES:
                found.append(_effect(change, text, values, random))
    report(Progress("test sets", len(designs), len(designs), "sets"))
    return tuple(found)


def _drawn(fixed: Design, factor: str) -> Design:
    settings = attrs.evolve(fixed.factors[factor], weight=1.0)
    return attrs.evolve(fixed, factors={**fixed.factors, factor: settings})


def _parts(design: Design, factor: str, pool: Pool) -> Iterator[tuple[str, Change, Right]]:
    """What of a set is looked at, in words, with the images (N,) it is: all, quarters of ranges, single options."""
    yield "drawn, not fixed", Change(WeightDimension(factor), 1.0), np.ones(len(pool), bool)
    for dimension in search_space(design).values():
        if dimension.factor != factor or isinstance(dimension, WeightDimension):
            continue
        parameter = FACTORS[factor].parameter(dimension.parameter)
        values = pool.columns[f"{factor}.{parameter.name}"]
        seen = ~idle(pool.columns, factor, parameter)
        if isinstance(dimension, OptionDimension):
            for option in dimension.options:
                change = Change(OptionDimension(factor, parameter.name, (option,)), 1.0)
                yield f"{parameter.words} {parameter.value_text(option)}", change, seen & (values == option)
            continue
        given = design.factors[factor].parameters[parameter.name].distribution
        for level in _QUARTERS:
            part = sub_range(parameter, given, level)
            assert not isinstance(part, Choice)
            low, high = part.support()
            text = f"{parameter.words} {level_text(design, dimension, level)}"
            inside = (values >= low) & ((values < high) | (level[1] == RANGE_STEPS))
            yield text, Change(RangeDimension(factor, parameter.name), level), seen & inside


def _effect(change: Change, text: str, values: Floats, random: np.random.Generator) -> Effect:
    count = len(values)
    draws = 100 * random.multinomial(count, np.full(count, 1 / count), RESAMPLES) @ values / count
    low, high = np.percentile(draws, _LEVELS)
    return Effect(
        factor=change.factor,
        parameter=change.parameter,
        option=change.option,
        change=text,
        points=100 * float(values.mean()),
        low=float(low),
        high=float(high),
        source="test_sets",
        images=count,
        photos=0,
    )
