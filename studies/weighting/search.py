"""The search of one round: which changes of a design are worth something, by re-weighting images that exist.

It begins where renders look like the photos (``matching``), as far as the objective does not speak against it. From
there every single change is tried, and only dimensions with a change that stands out of the noise are searched
together. What counts is not a trial's value but what is left of its gain a standard error lower (``noise``): a
weighting that rests on few images has to gain more. In the end every change goes that is not surely worth something,
unless the photos look like it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import attrs
import numpy as np

from ...datasets.messages import Progress, Report
from .matching import Matching, grouped, looked_like
from .moves import changed_names, exclusions, left_out, single_changes
from .noise import SHARES, Chance, Gain, Judge, NoiseLaw, is_within
from .proposals import Proposer
from .search_space import Level, Point, Space
from .trials import Trial, Trials

STANDS_OUT = 3.0  # standard errors above which a single change opens its dimension: some hundred are tried
NEEDED = 1.5  # standard errors that a change has to be worth over leaving it out
OPPOSED = -2.0  # standard errors below which the objective speaks against a change that photos look like
MOST_DIMENSIONS = 20
CAUTION = 1.0  # standard errors taken off a gain


@attrs.frozen
class Effort:
    """How many points are tried together with ``batch`` at once, beside all single changes."""

    joint: int = 128
    batch: int = 16


@attrs.frozen
class Found:
    """Where a search ended: the ``point``, each change's gain over leaving it out, and its ``support``: by how many
    standard errors photos look more like renders with it than without."""

    point: Point
    changes: Mapping[str, Gain]
    support: Mapping[str, float]
    effective: float
    trials: int


class Search:
    """One round's. ``start`` is the best point so far, which the round's images were drawn around."""

    def __init__(
        self, space: Space, trials: Trials, judge: Judge, matching: Matching, start: Point, *, seed: int, effort: Effort
    ) -> None:
        self._space, self._trials, self._matching = space, trials, matching
        self._seed, self._effort = seed, effort
        reference = trials.of([start])[0]
        assert reference is not None  # the images were drawn around it
        given = reference.verdict.weights
        trials.keep_to(lambda weights: is_within(weights, given, SHARES[-1]))  # as far as the law has been fitted
        chance = Chance(given, np.random.default_rng([seed, 0x7411]))
        self._law: NoiseLaw = chance.law(judge(chance.shares)[:, 0])
        matched = trials.of([matching.matched()])[0]
        assert matched is not None  # it keeps more than the limit asks
        self._reference: Trial = self._without_needless(matched, matched.point)

    @property
    def _start(self) -> Point:
        return self._reference.point

    def run(self, given: Sequence[Point] = (), favoured: Collection[str] = ()) -> Found:
        """Search. ``given`` are points to try besides, ``favoured`` names of dimensions to search in any case."""
        singles = self._batches([*given, *single_changes(self._space, self._start)])
        excluding = self._batches(list(exclusions(self._space, self._start, self._worth_of_leaving_out(singles))))
        opened = self._opened(singles, excluding, favoured)
        if opened:
            self._joint(opened, [*singles, *excluding])
        meant = [one for one in self._trials.every if self._is_meant(one, opened)]
        best = max(meant, key=lambda trial: (self._worth(trial), -len(trial.point)))
        kept = self._without_needless(best, self._start)
        changes = {name: self._over_without(kept, name) for name in kept.point}
        support = self._matching.support(kept.point)
        return Found(kept.point, changes, support, kept.verdict.effective, len(self._trials.every))

    def _batches(self, points: Sequence[Point]) -> list[Trial]:
        size = self._effort.batch
        found = [self._trials.of(points[first : first + size]) for first in range(0, len(points), size)]
        return [trial for batch in found for trial in batch if trial is not None]

    def _worth_of_leaving_out(self, singles: Sequence[Trial]) -> dict[str, float]:
        named = [(left_out(self._space, trial.point, self._start), trial) for trial in singles]
        return {name: self._gain(trial).ratio for name, trial in named if name is not None}

    def _opened(
        self, singles: Sequence[Trial], excluding: Sequence[Trial], favoured: Collection[str]
    ) -> dict[str, tuple[float, Level | None]]:
        """The dimensions worth searching: those at the start that photos do not look like, and those that stand out,
        each with its best change."""
        best: dict[str, tuple[float, Level | None]] = {}
        for trial in [*singles, *excluding]:
            changed = self._changed(trial)
            if len(changed) == 1 or trial in excluding:
                for name in changed:
                    ratio = self._gain(trial).ratio
                    if ratio > best.get(name, (-np.inf, None))[0]:
                        best[name] = ratio, trial.point.get(name)
        standing = sorted((one for one in best if best[one][0] > STANDS_OUT), key=lambda one: -best[one][0])
        backed = self._backed(self._start)
        names = dict.fromkeys(
            [
                *(one for one in self._start if one not in backed),
                *standing[:MOST_DIMENSIONS],
                *(one for one in favoured if one in self._space),
            ]
        )
        return {name: best.get(name, (0.0, None)) for name in names}

    def _joint(self, opened: Mapping[str, tuple[float, Level | None]], tried: Sequence[Trial]) -> None:
        dimensions = {name: self._space[name] for name in opened}
        proposer = Proposer(dimensions, self._seed)
        known = [trial for trial in tried if self._differs_within(trial, dimensions)]
        together = self._batches(list(self._combined(opened)))
        for trial in (self._reference, *known, *together):
            proposer.tell(trial.point, self._worth(trial))
        others = {name: level for name, level in self._start.items() if name not in dimensions}
        for batch in range(-(-self._effort.joint // self._effort.batch)):
            points = [{**others, **point} for point in proposer.ask(batch, self._effort.batch)]
            for point, judged in zip(points, self._trials.of(points), strict=True):
                proposer.tell(point, self._worth(judged) if judged is not None else self._worst)

    def _combined(self, opened: Mapping[str, tuple[float, Level | None]]) -> Iterator[Point]:
        """The best single changes together: the first two, the first three, ..."""
        point = dict(self._start)
        for name in sorted(opened, key=lambda one: -opened[one][0]):
            ratio, level = opened[name]
            if ratio > STANDS_OUT:
                point.pop(name, None)
                if level is not None:
                    point[name] = level
                yield dict(point)

    def _is_meant(self, trial: Trial, opened: Collection[str]) -> bool:
        """Whether it can be where the search ends: of many trials, some look better by chance."""
        return self._differs_within(trial, opened) or self._gain(trial).ratio > STANDS_OUT

    def _differs_within(self, trial: Trial, dimensions: Collection[str]) -> bool:
        """Whether it is at the start in all other dimensions."""
        return all(name in dimensions for name in self._changed(trial))

    def _without_needless(self, best: Trial, base: Point) -> Trial:
        """Take back, one after the other, the change that is least sure of a gain, until each is worth ``NEEDED``
        standard errors: the simplest design near the best, after Breiman et al. (1984, Sec. 3.4.3). Those that photos
        look like, all of a parameter together, go only where the objective speaks against them."""
        backed = self._backed(base)
        while True:
            steps = self._simpler(best.point, base, backed)
            trials = self._trials.of([point for point, _ in steps])
            margins = [
                (self._law.gain(best.verdict, trial.verdict).ratio - least, trial)
                for trial, (_, least) in zip(trials, steps, strict=True)
                if trial is not None
            ]
            margin, simpler = min(margins, key=lambda pair: pair[0], default=(1.0, best))
            if margin > 0:
                return best
            best = simpler
            base = {name: level for name, level in base.items() if name in best.point}  # what went stays away

    def _simpler(self, point: Point, base: Point, backed: Collection[str]) -> list[tuple[Point, float]]:
        """Points with something as at the base, or not changed at all; each with the standard errors by which ``point``
        has to be better."""
        departed = changed_names(self._space, point, base)
        alike = grouped(self._space, [name for name in point if name in backed and name not in departed])
        alone = [name for name in point if name not in backed and name not in departed]
        steps: list[tuple[Point, float]] = [(_less(point, unit), OPPOSED) for unit in alike]
        steps += [(_less(point, [name]), NEEDED) for name in alone]
        for name in departed:
            restored = {name: base[name]} if name in base else {}
            steps.append(({**_less(point, [name]), **restored}, STANDS_OUT))
        return steps

    def _over_without(self, trial: Trial, name: str) -> Gain:
        less = self._trials.of([_less(trial.point, [name])], anyway=True)[0]
        assert less is not None  # without a change all is drawn that is drawn with it
        return self._law.gain(trial.verdict, less.verdict)

    def _backed(self, point: Point) -> set[str]:
        """What photos look like, of what a point changes."""
        return looked_like(self._space, self._matching.support(point))

    def _changed(self, trial: Trial) -> list[str]:
        """In which dimensions it is not at the start."""
        return changed_names(self._space, trial.point, self._start)

    def _gain(self, trial: Trial) -> Gain:
        return self._law.gain(trial.verdict, self._reference.verdict)

    def _worth(self, trial: Trial) -> float:
        return self._gain(trial).beyond(CAUTION)

    @property
    def _worst(self) -> float:
        return min(self._worth(trial) for trial in self._trials.every)


def _less(point: Point, names: Collection[str]) -> Point:
    return {name: level for name, level in point.items() if name not in names}


def telling(report: Report, stage: str, expected: int) -> Callable[[int], None]:
    """What tells how many of about ``expected`` trials there are."""
    start = time.monotonic()

    def tell(done: int) -> None:
        rate = done / max(time.monotonic() - start, 1e-9)
        left = max(expected - done, 0)
        report(Progress(stage, done, max(expected, done), "trials", rate, left / rate if rate else None))

    return tell
