"""The search of one round: which changes of a design are worth something, by re-weighting images that exist.

Every single change is tried first, and only dimensions with a change that stands out of the noise are searched
together. What counts is not a trial's value but what is left of its gain a standard error lower (``noise``): a
weighting that rests on few images has to gain more. In the end every change goes that is not surely worth something.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import attrs
import numpy as np

from ...datasets.messages import Progress, Report
from .noise import SHARES, Gain, Judge, NoiseLaw, noise_law
from .proposals import Proposer
from .search_space import Level, OptionDimension, Point, RangeDimension, Space
from .trials import Trial, Trials

FIRST_RANGES = ((0, 6), (2, 8), (0, 4), (2, 6), (4, 8), (0, 2), (6, 8))  # of the parts of a range: tried one by one
STANDS_OUT = 3.0  # standard errors above which a single change opens its dimension: some hundred are tried
NEEDED = 1.5  # standard errors that a change has to be worth over leaving it out
MOST_DIMENSIONS = 20
CAUTION = 1.0  # standard errors taken off a gain


@attrs.frozen
class Effort:
    """How many points are tried together with ``batch`` at once, beside all single changes."""

    joint: int = 128
    batch: int = 16


@attrs.frozen
class Found:
    """Where a search ended: the ``point``, its gain over where it started, and each change's over leaving it out."""

    point: Point
    gain: Gain
    changes: Mapping[str, Gain]
    effective: float
    trials: int


class Search:
    """One round's. ``start`` is the best point so far, which the round's images were drawn around."""

    def __init__(self, space: Space, trials: Trials, judge: Judge, start: Point, *, seed: int, effort: Effort) -> None:
        self._space, self._trials, self._start, self._seed, self._effort = space, trials, start, seed, effort
        reference = trials.of([start])[0]
        assert reference is not None  # the images were drawn around it
        self._reference: Trial = reference
        trials.least = SHARES[-1] * reference.verdict.effective  # as far as the law has been fitted
        self._law: NoiseLaw = noise_law(judge, reference.verdict.weights, np.random.default_rng([seed, 0x7411]))

    def run(self, given: Sequence[Point] = (), favoured: Collection[str] = ()) -> Found:
        """Search. ``given`` are points to try besides, ``favoured`` names of dimensions to search in any case."""
        singles = self._batches([*given, *single_changes(self._space, self._start)])
        excluding = self._batches(list(self._exclusions(singles)))
        opened = self._opened(singles, excluding, favoured)
        if opened:
            self._joint(opened, [*singles, *excluding])
        meant = [one for one in self._trials.every if self._is_meant(one, opened)]
        best = max(meant, key=lambda trial: (self._worth(trial), -len(trial.point)))
        kept, changes = self._without_needless(best)
        return Found(kept.point, self._gain(kept), changes, kept.verdict.effective, len(self._trials.every))

    def _batches(self, points: Sequence[Point]) -> list[Trial]:
        size = self._effort.batch
        found = [self._trials.of(points[first : first + size]) for first in range(0, len(points), size)]
        return [trial for batch in found for trial in batch if trial is not None]

    def _exclusions(self, singles: Sequence[Trial]) -> Iterator[Point]:
        """Of every choice, the options that do worst left out together: the worst two, the worst three, ... One of many
        options is so few images that by itself it hardly stands out."""
        of_choice: dict[tuple[str, str], list[tuple[float, str]]] = {}
        for trial in singles:
            changed = self._changed(trial)
            if len(changed) == 1 and trial.point.get(changed[0]) == 0.0:
                dimension = self._space[changed[0]]
                if isinstance(dimension, OptionDimension):
                    choice = of_choice.setdefault((dimension.factor, dimension.parameter), [])
                    choice.append((self._gain(trial).ratio, changed[0]))
        for choice in of_choice.values():
            names = [name for _, name in sorted(choice, reverse=True)]
            for count in range(2, len(names)):
                yield {**self._start, **dict.fromkeys(names[:count], 0.0)}

    def _opened(
        self, singles: Sequence[Trial], excluding: Sequence[Trial], favoured: Collection[str]
    ) -> dict[str, tuple[float, Level | None]]:
        """The dimensions worth searching: those at the start and those that stand out, each with its best change."""
        best: dict[str, tuple[float, Level | None]] = {}
        for trial in [*singles, *excluding]:
            changed = self._changed(trial)
            if len(changed) == 1 or trial in excluding:
                for name in changed:
                    ratio = self._gain(trial).ratio
                    if ratio > best.get(name, (-np.inf, None))[0]:
                        best[name] = ratio, trial.point.get(name)
        standing = sorted((one for one in best if best[one][0] > STANDS_OUT), key=lambda one: -best[one][0])
        names = dict.fromkeys(
            [*self._start, *standing[:MOST_DIMENSIONS], *(one for one in favoured if one in self._space)]
        )
        return {name: best.get(name, (0.0, None)) for name in names}

    def _joint(self, opened: Mapping[str, tuple[float, Level | None]], tried: Sequence[Trial]) -> None:
        dimensions = {name: self._space[name] for name in opened}
        proposer = Proposer(dimensions, self._seed)
        known = [trial for trial in tried if self._differs_within(trial, dimensions)]
        together = self._batches(list(self._combined(opened)))
        for trial in (self._reference, *known, *together):
            proposer.tell(trial.point, self._worth(trial))
        for batch in range(-(-self._effort.joint // self._effort.batch)):
            points = proposer.ask(batch, self._effort.batch)
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

    def _without_needless(self, best: Trial) -> tuple[Trial, dict[str, Gain]]:
        """Take away, one after the other, the change that is least sure of a gain, until each is worth ``NEEDED``
        standard errors: the simplest design near the best, after Breiman et al. (1984, Sec. 3.4.3)."""
        while True:
            names = list(best.point)
            without = [{n: level for n, level in best.point.items() if n != name} for name in names]
            fewer: dict[str, Trial] = {}
            for name, less in zip(names, self._trials.of(without, anyway=True), strict=True):
                assert less is not None  # without a change all is drawn that is drawn with it
                fewer[name] = less
            gains = {name: self._law.gain(best.verdict, less.verdict) for name, less in fewer.items()}
            least = min(gains, key=lambda name: gains[name].ratio, default=None)
            if least is None or gains[least].ratio > NEEDED:
                return best, gains
            best = fewer[least]

    def _changed(self, trial: Trial) -> list[str]:
        """In which dimensions it is not at the start."""
        return [name for name in self._space if trial.point.get(name) != self._start.get(name)]

    def _gain(self, trial: Trial) -> Gain:
        return self._law.gain(trial.verdict, self._reference.verdict)

    def _worth(self, trial: Trial) -> float:
        return self._gain(trial).beyond(CAUTION)

    @property
    def _worst(self) -> float:
        return min(self._worth(trial) for trial in self._trials.every)


def single_changes(space: Space, start: Point) -> Iterator[Point]:
    """Points with one thing otherwise than at the start, or as the design has it."""
    for name, dimension in space.items():
        levels = FIRST_RANGES if isinstance(dimension, RangeDimension) else dimension.levels()
        yield from ({**start, name: level} for level in levels if start.get(name) != level)
        if name in start:
            yield {other: level for other, level in start.items() if other != name}


def telling(report: Report, stage: str, expected: int) -> Callable[[int], None]:
    """What tells how many of about ``expected`` trials there are."""
    start = time.monotonic()

    def tell(done: int) -> None:
        rate = done / max(time.monotonic() - start, 1e-9)
        left = max(expected - done, 0)
        report(Progress(stage, done, max(expected, done), "trials", rate, left / rate if rate else None))

    return tell
