"""Tuning in rounds: images are rendered around the best design so far, and the search goes on over all there are.

The first round explores: every weight is kept from 0 and 1, so that its images can be weighted into those of other
weights. Each later one draws nearer to what seems best, with images of its own: a change that only looked good by
chance has to look good again. A round is images, trials and, as its last file, what it found; one that is finished is
not run again, and an unfinished one goes on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import attrs

from ...datasets.messages import Log, Report
from ...datasets.writing import write_bytes
from ...design.design import Design
from ...design.errors import RunError
from .judgement import TuningPhotos, components_of, judge_of
from .matching import Matching
from .moves import single_changes
from .noise import Floats, Gain, Judge
from .pool import Pool
from .readings import reading_distances
from .search import Effort, Found, Search, telling
from .search_space import Point, Space, design_at, explored, search_space
from .time_spent import HEADS, TimeSpent
from .trials import Trials, point_of
from .weigher import Weigher

ROUND_SHARES = (0.3, 0.2, 0.2, 0.15, 0.15)  # of the budget
MARGINS = (0.25, 0.2, 0.15, 0.1, 0.1)  # how far weights that are not chosen yet stay from 0 and 1
FOUND, TRIALS = "found.json", "trials.jsonl"


class Supply(Protocol):
    """Where a round's images come from."""

    def __call__(self, design: Design, number: int, count: int) -> Pool:
        """``count`` images of a design that no other round has, with their features."""


@attrs.frozen
class Round:
    """What a round came to: images it added, and the search over all of them."""

    images: int
    found: Found


@attrs.frozen
class Tuned:
    """Where tuning ended: the user's design with what ``point`` changes of it, and how it got there."""

    design: Design
    space: Space
    point: Point
    rounds: tuple[Round, ...]

    @property
    def changes(self) -> Mapping[str, Gain]:
        """What each change is worth over leaving it out, in the objective's own unit."""
        return self.rounds[-1].found.changes

    @property
    def support(self) -> Mapping[str, float]:
        """By how many standard errors photos look more like renders with each change than without."""
        return self.rounds[-1].found.support

    @property
    def images(self) -> int:
        """All images that were rendered to tune."""
        return sum(one.images for one in self.rounds)


@attrs.frozen
class Task:
    """What is tuned, by what, and with how many ``images`` in all.

    ``given`` are points to try in every round, ``favoured`` names of dimensions to search whatever single changes say:
    those that an importance found.
    """

    design: Design
    objective: str
    images: int
    seed: int = 0
    given: tuple[Point, ...] = ()
    favoured: tuple[str, ...] = ()
    effort: Effort = attrs.field(factory=Effort)


def tune(  # noqa: PLR0917 - all that a tuning takes
    task: Task, photos: TuningPhotos, supply: Supply, folder: Path, report: Report, spent: TimeSpent
) -> Tuned:
    """Tune. ``folder`` keeps the rounds. It knows of no photo but those it is given, which are those of tuning."""
    space = search_space(task.design)
    if not space:
        raise RunError(f"{task.design.name} draws nothing at random: there is nothing to tune")
    pool: Pool | None = None
    best: Point = {}
    rounds: list[Round] = []
    for number, count in enumerate(round_counts(task.images, len(task.design.classes))):
        around = explored(design_at(task.design, space, best), MARGINS[number])
        new = supply(around, number, count)
        pool = new if pool is None else pool.joined(new)
        place = folder / f"{number}"
        found = _found(place / FOUND)
        if found is None:
            with spent.on(HEADS):
                components = components_of(pool, photos)
                judge = judge_of(task.objective, pool, photos, components, len(task.design.classes), task.seed)
            distances = reading_distances(space, task.design, pool, photos, components, task.seed)
            weigh = Weigher(pool, explored(task.design, MARGINS[number]), space)
            matching = Matching(space, weigh, distances, best, seed=task.seed * 100 + number)
            found = _search(task, space, best, number, weigh, _timed(judge, spent), matching, place, report)
            write_bytes(place / FOUND, (json.dumps(_document(found), indent=1) + "\n").encode())
        best = found.point
        rounds.append(Round(len(new.rows), found))
        report(Log(f"round {number + 1}: {len(best)} changes, of {found.trials} trials on {len(pool.rows)} images"))
    # A weight may be held where the user has it: that mattered for judging the others, and is no change.
    changed = {
        name: level
        for name, level in best.items()
        if design_at(task.design, space, {name: level}).factors != task.design.factors
    }
    return Tuned(design_at(task.design, space, changed), space, changed, tuple(rounds))


def round_counts(images: int, classes: int) -> list[int]:
    """The images of each round, whole numbers of every class, never more than ``images`` in all.

    RunError where that is not two of every class in each round.
    """
    counts = [int(images * share + 1e-9) // classes * classes for share in ROUND_SHARES]
    if min(counts) < 2 * classes:
        least = math.ceil(2 * classes / min(ROUND_SHARES))
        raise RunError(f"a budget of {images} images is too small for {classes} classes: {least} is the least")
    return counts


def _search(  # noqa: PLR0917 - all that a round takes
    task: Task, space: Space, start: Point, number: int, weigh: Weigher, judge: Judge, matching: Matching, place: Path,
    report: Report,
) -> Found:  # fmt: skip
    expected = len(task.given) + sum(1 for _ in single_changes(space, start)) + task.effort.joint
    trials = Trials(weigh, judge, place / TRIALS, telling(report, f"tune, round {number + 1}", expected))
    search = Search(space, trials, judge, matching, start, seed=task.seed * 100 + number, effort=task.effort)
    return search.run(task.given, task.favoured)


def _timed(judge: Judge, spent: TimeSpent) -> Judge:
    def judging(weights: Floats) -> Floats:
        with spent.on(HEADS):
            return judge(weights)

    return judging


def _found(file: Path) -> Found | None:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        changes = {name: Gain(*gain) for name, gain in document["changes"].items()}
        point, support = point_of(document["point"]), dict(document["support"])
        return Found(point, changes, support, document["effective"], document["trials"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"{file}: cannot be read ({error}); delete it, and its round is searched again") from None


def _document(found: Found) -> dict[str, object]:
    return {
        "point": dict(found.point),
        "changes": {name: attrs.astuple(gain) for name, gain in found.changes.items()},
        "support": dict(found.support),
        "effective": found.effective,
        "trials": found.trials,
    }


def plain_points(space: Space) -> tuple[Point, ...]:
    """Points to begin with: the user's own design, all weights 1, all 0."""
    weights = [name for name in space if name == space[name].factor]
    return ({}, dict.fromkeys(weights, 1.0), dict.fromkeys(weights, 0.0))
