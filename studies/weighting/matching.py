"""Which changes of a design make its renders look like the photos: descent, one change at a time, on the distances of
``readings``.

A change is judged by the distance in its own dimension, which the others hardly disturb: an option whose look cannot be
told is not drawn less only because others are drawn more. What is found says what photos look like and not what a
classifier gains by it; but it says so from few images, where accuracy says nothing yet. (To match attributes of a
simulator and to look at the task besides is the way of Meta-Sim: Kar et al. 2019.)

Options of one parameter share one distribution. Once it is clear of one that photos have it more or less often than
renders, others must have given way: of them less is asked. So where photos are as the renders, nothing is changed by
chance, and where they are not, shares are not left half way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import attrs
import numpy as np

from .moves import changed_names, single_changes
from .noise import Chance, Floats, Gain, Judge, NoiseLaw, is_within, judged
from .reweighting import effective_size
from .search_space import Level, Point, Space

CLEAR = 3.0  # standard errors by which a step has to bring renders nearer: some hundred are tried
FOLLOWING = 1.5  # of an option where another of its parameter is clear
MOST_STEPS = 60
KEPT = 0.4  # of the images at the start (``is_within``): further steps have to wait for images around them
_LEAST_COST = 0.02


@attrs.frozen
class _Measure:
    """The distance in a dimension, with its noise."""

    judge: Judge
    law: NoiseLaw

    def gains(self, weights: Sequence[Floats], over: Floats) -> list[Gain]:
        """By how much each weighting (N,) is nearer to the photos than another."""
        other, *verdicts = judged(self.judge, np.stack([over, *weights]))
        return [self.law.gain(verdict, other) for verdict in verdicts]


class Matching:
    """Photos matched from a ``start`` on. ``weigh`` gives the weights (N,) of a point, None where it is impossible;
    ``distances`` are ``readings.reading_distances``."""

    def __init__(
        self,
        space: Space,
        weigh: Callable[[Point], Floats | None],
        distances: Mapping[str, Judge],
        start: Point,
        *,
        seed: int,
    ) -> None:
        self._space, self._weigh, self._start = space, weigh, start
        reference = weigh(start)
        assert reference is not None  # the images were drawn around it
        self._reference = reference / reference.sum()
        chance = Chance(self._reference, np.random.default_rng([seed, 0x3A7C]))
        self._measures = {
            name: _Measure(judge, chance.law(judge(chance.shares)[:, 0])) for name, judge in distances.items()
        }

    def matched(self) -> dict[str, Level]:
        """The point at the end of the descent, which is the start where no step is clear."""
        point, weights = dict(self._start), self._reference
        clear = {name for name, ratio in self.support(point).items() if ratio > CLEAR}
        for _ in range(MOST_STEPS):
            step = self._best_step(point, weights, clear)
            if step is None:
                break
            clear.update(changed_names(self._space, step[0], point))
            point, weights = step
        return point

    def support(self, point: Point) -> dict[str, float]:
        """For each thing that a point changes, by how many standard errors renders are nearer to photos with it than
        without; nought where that cannot be read."""
        found = dict.fromkeys(point, 0.0)
        weights = self._weigh(point)
        for name in point:
            less = self._weigh({other: level for other, level in point.items() if other != name})
            if name in self._measures and weights is not None and less is not None:
                found[name] = self._measures[name].gains([weights], less)[0].ratio
        return found

    def _best_step(
        self, point: Point, weights: Floats, clear: Collection[str]
    ) -> tuple[dict[str, Level], Floats] | None:
        """The step that brings most for the images that it costs, of those that are sure enough where the dimensions
        ``clear`` are."""
        now = effective_size(weights)
        best: tuple[float, dict[str, Level], Floats] | None = None
        for name, steps in self._steps(point):
            wanted = FOLLOWING if any(self._are_of_one(name, other) for other in clear) else CLEAR
            gains = self._measures[name].gains([one for _, one in steps], weights)
            for (step, given), gain in zip(steps, gains, strict=True):
                if gain.ratio > wanted and is_within(given, self._reference, KEPT):
                    brings = (gain.ratio - 1.0) / max(float(np.log(now / effective_size(given))), _LEAST_COST)
                    if best is None or brings > best[0]:
                        best = brings, dict(step), given
        return None if best is None else best[1:]

    def _are_of_one(self, name: str, other: str) -> bool:
        """Whether two dimensions are options of the same parameter."""
        return name != other and len(grouped(self._space, (name, other))) == 1

    def _steps(self, point: Point) -> Iterator[tuple[str, list[tuple[Point, Floats]]]]:
        """The possible steps in each dimension that can be read, with the weights that they give."""
        found: dict[str, list[tuple[Point, Floats]]] = {name: [] for name in self._measures}
        for step in single_changes(self._space, point):
            name = changed_names(self._space, step, point)[0]
            weights = self._weigh(step) if name in found else None
            if weights is not None:
                found[name].append((step, weights / weights.sum()))
        return ((name, steps) for name, steps in found.items() if steps)


def looked_like(space: Space, support: Mapping[str, float]) -> set[str]:
    """The changes that photos look like, by the ``support`` of each: all that are ``CLEAR``, and options that follow
    one that is."""
    found: set[str] = set()
    for unit in grouped(space, support):
        if max(support[name] for name in unit) > CLEAR:
            found.update(name for name in unit if support[name] > FOLLOWING)
    return found


def grouped(space: Space, names: Collection[str]) -> list[list[str]]:
    """Names of dimensions, those of one parameter together, and every weight by itself."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        found.setdefault((space[name].factor, space[name].parameter), []).append(name)
    return list(found.values())
