"""From a grid to a graph: the commands that all cells and seeds come down to, each once, whoever needs it.

A step is known by its content: a hash over its verb, arguments and options, in which what it takes from other steps,
from designs and from photos stands by their hashes. So cells that share a data set or a training share its step, an
interrupted study finds what is finished, and a study that is made larger keeps all it has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs

from ..design.design import Design
from ..design.errors import StudyError
from ..design.identity import design_hash
from .cells import Cell, cells
from .data_designs import Shelf, design_for
from .photos import photos_hash
from .plan import EVALUATE, RENDER, Curve, Plan, Step, Value, with_needs
from .study import Data, Measure, Recipe, Study, Task
from .study_checks import REFERENCE, option_texts
from .verbs import verb

KEY_LENGTH = 12


def plan_of(
    study: Study, shelf: Shelf, photos: Mapping[str, Path], seeds: int | None = None, only: Sequence[str] = ()
) -> Plan:
    """The plan of a study. ``photos`` are the folders of its photo data sets by name ("" for all that have none).

    StudyError where it cannot be planned, with the path of a fault or what is missing.
    """
    count = study.seeds if seeds is None else seeds
    if count < 1:
        raise StudyError(f"--seeds must be at least 1, is {count}")
    grid = cells(study, only)
    known = set().union(*(cell.recipe.data for cell in grid))
    for name in photos:
        if name and (name not in known or not all(cell.recipe.data[name].photos for cell in grid)):
            raise StudyError(f"{study.name} has no photos '{name}' to name a folder for")
    builder = _Builder(shelf, photos)
    usable = [cell for cell in grid if any(builder.values(0, cell, 0))]
    if not usable:
        raise StudyError(f"{study.name} measures on photos only: choose their folder (--photos DIR)")
    values: list[Value] = []
    curves: list[Curve] = []
    for seed in range(count):  # seeds outermost: a study that is interrupted has whole seeds
        for number, cell in enumerate(usable):
            values += builder.values(number, cell, seed)
            curves += builder.curves(study, number, cell, seed)
    needed = with_needs(builder.steps, [*(value.key for value in values), *(curve.key for curve in curves)])
    steps = {key: step for key, step in builder.steps.items() if key in needed}
    taken = {value.measure for value in values}
    return Plan(
        study=study,
        cells=tuple(usable),
        seeds=tuple(range(count)),
        steps=steps,
        designs={key: design for key, design in builder.designs.items() if _names(steps.values(), key)},
        values=tuple(values),
        curves=tuple(curves),
        photos=builder.photos,
        without_photos=(
            *(cell.label for cell in grid if cell not in usable),
            *(name for name in study.recipe["measures"] if name not in taken),
        ),
        only=tuple(only),
    )


def _names(steps: Iterable[Step], design: str) -> bool:
    """Whether any of the steps takes that design."""
    place = f"{{design:{design}}}"
    return any(place in text for step in steps for text in (*step.arguments, *option_texts(step.options)))


class _NoPhotos(Exception):
    """What is asked for needs photos that were not named."""


@attrs.frozen
class _Place:
    """Whose step is looked at: a cell's recipe, a seed, and what to call the two."""

    recipe: Recipe
    seed: int
    label: str


class _Builder:
    """Collects the steps of all cells and seeds."""

    def __init__(self, shelf: Shelf, photos: Mapping[str, Path]) -> None:
        self._shelf = shelf
        self._named = photos
        self._known: dict[str, tuple[str, Design]] = {}
        self.steps: dict[str, Step] = {}
        self.designs: dict[str, Design] = {}
        self.photos: dict[str, Path] = {}
        self._stamps: dict[Path, str] = {}

    def values(self, number: int, cell: Cell, seed: int) -> Iterator[Value]:
        """The measures of a cell. Those on the same data of the same run are taken by one command."""
        place = _Place(cell.recipe, seed, cell.label)
        for name, measure in cell.recipe.measures.items():
            try:
                key = self._step(measure.run, place) if measure.result else self._evaluation(measure, place)
            except _NoPhotos:
                continue
            yield Value(number, seed, name, key, measure.split, measure.result, measure.of)

    def curves(self, study: Study, number: int, cell: Cell, seed: int) -> Iterator[Curve]:
        place = _Place(cell.recipe, seed, cell.label)
        for figure, told in enumerate(study.figures):
            if told.kind == "curves":
                yield Curve(figure, number, seed, self._step(told.run, place))

    def _evaluation(self, measure: Measure, place: _Place) -> str:
        alike = [
            other
            for other in place.recipe.measures.values()
            if (other.run, other.data, other.options) == (measure.run, measure.data, measure.options)
        ]
        splits = list(dict.fromkeys(other.split for other in alike if other.split))
        options = {**measure.options, **({"split": splits} if splits else {})}
        task = Task(EVALUATE, (f"{{{measure.run}}}", f"{{{measure.data}}}"), options)
        return self._add(f"{EVALUATE}-{measure.run}-{measure.data}", task, place)

    def _step(self, name: str, place: _Place) -> str:
        return self._add(name, place.recipe.steps[name], place)

    def _add(self, name: str, task: Task, place: _Place) -> str:
        needs: list[str] = []

        def filled(text: str) -> str:
            return REFERENCE.sub(lambda found: self._referred(found[1], bool(found[2]), place, needs), text)

        arguments = tuple(filled(text) for text in task.arguments)
        options = {key: self._option(value, filled) for key, value in task.options.items()}
        options = {key: value for key, value in options.items() if not (value is None or value is False or value == [])}
        if verb(task.verb).seeded:
            options.setdefault("seed", place.seed)
        title = f"{place.label}, seed {place.seed}"
        return self._keep(name, Task(task.verb, arguments, options), dict.fromkeys(needs), title)

    def _option(self, value: Any, filled: Callable[[str], str]) -> Any:
        """An option's value, filled in. Of a list, what needs photos that were not named is left out."""
        if not isinstance(value, list):
            return filled(value) if isinstance(value, str) else value
        kept = []
        for one in value:
            with suppress(_NoPhotos):
                kept.append(filled(one) if isinstance(one, str) else one)
        return kept

    def _referred(self, name: str, of_design: bool, place: _Place, needs: list[str]) -> str:
        """What stands in a step's text for a reference. The step behind it becomes known, and one of its ``needs``."""
        if name in place.recipe.steps:
            key = self._step(name, place)
            needs.append(key)
            return f"{{step:{key}}}"
        data = place.recipe.data[name]
        if data.photos:
            return f"{{photos:{name}:{self._stamp(name)}}}"
        key, design = self._design(name, data, place.seed)
        if of_design:
            return f"{{design:{key}}}"
        images = ", ".join(f"{design.split(split).count} images of {split}" for split in data.per_class)
        task = Task(RENDER, (f"{{design:{key}}}",), {"split": list(data.per_class)})
        rendered = self._keep(f"{RENDER}-{name}", task, (), images)
        needs.append(rendered)
        return f"{{step:{rendered}}}"

    def _keep(self, name: str, task: Task, needs: Iterable[str], title: str) -> str:
        content = json.dumps([task.verb, task.arguments, task.options], sort_keys=True, ensure_ascii=False)
        key = hashlib.sha256(content.encode()).hexdigest()[:KEY_LENGTH]
        step = Step(key, name, task.verb, task.arguments, task.options, tuple(needs), title)
        self.steps.setdefault(key, step)
        return key

    def _design(self, name: str, data: Data, seed: int) -> tuple[str, Design]:
        asked = json.dumps([attrs.asdict(data), seed], sort_keys=True)
        if asked not in self._known:
            design = design_for(name, data, seed, self._shelf)
            counts = {split: design.split(split).count for split in data.per_class}
            content = json.dumps([design_hash(design), counts], sort_keys=True)
            key = hashlib.sha256(content.encode()).hexdigest()[:KEY_LENGTH]
            self.designs[key] = design
            self._known[asked] = key, design
        return self._known[asked]

    def _stamp(self, name: str) -> str:
        """The hash of the photos of a data set."""
        place = self._named.get(name, self._named.get(""))
        if place is None:
            raise _NoPhotos
        self.photos[name] = place
        if place not in self._stamps:
            self._stamps[place] = photos_hash(place)
        return self._stamps[place]
