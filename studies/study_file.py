"""Studies as JSON: finding, reading and checking them. A fault is named with its path, before anything runs."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
from cattrs.errors import BaseValidationError

from ..design.document import merged
from ..design.errors import DesignError, StudyError
from ..design.parsing import MAX_BYTES, parsed
from ..design.strict import first_fault, join, mapping, strict_converter, suggest
from .study import FILE_SUFFIX, FORMAT_VERSION, Recipe, Scale, Study, Task

SHIPPED = Path(__file__).resolve().parent / "shipped"
VERSION_KEY = "simreal_study"
DEFAULT_SCALE = "mini"
MOST_CELLS = 10_000
_RECIPE = ("data", "steps", "measures")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
REFERENCE = re.compile(r"\{([A-Za-z0-9][A-Za-z0-9_-]*)(\.design)?\}")
_CONVERTER = strict_converter()


@attrs.frozen
class StudyFile:
    """A study's file as it was read: text, JSON, and the scales it can be run at; ``at`` makes a Study of it."""

    path: Path
    text: str
    name: str
    title: str
    description: str
    scales: Mapping[str, Scale]
    document: Mapping[str, Any]

    def at(self, scale: str = "") -> Study:
        """The study at a scale: the one named, ``mini``, or the first there is. StudyError with the path of a fault."""
        chosen = scale or (DEFAULT_SCALE if DEFAULT_SCALE in self.scales else next(iter(self.scales), ""))
        if chosen and chosen not in self.scales:
            there = ", ".join(self.scales) or "none"
            raise StudyError(f"{self.name} has no scale '{chosen}'; there are: {there}")
        try:
            return _study(self, chosen)
        except DesignError as fault:
            raise StudyError(f"{fault}  [{self.path}]") from None


def shipped_studies() -> Iterator[StudyFile]:
    """Those that come with Simreal, by name."""
    for path in sorted(SHIPPED.glob(f"*{FILE_SUFFIX}")):
        yield read_study(path)


def find_study(name: str) -> StudyFile:
    """The study in a file, or of that name among those that come with Simreal."""
    path = Path(name)
    if path.is_file():
        return read_study(path)
    known = sorted(file.name.removesuffix(FILE_SUFFIX) for file in SHIPPED.glob(f"*{FILE_SUFFIX}"))
    if name in known:
        return read_study(SHIPPED / f"{name}{FILE_SUFFIX}")
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(known)}"
    raise StudyError(f"there is no study '{name}', nor a file of that name; {hint}")


def read_study(path: Path) -> StudyFile:
    """Read a file. StudyError names it and the fault."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise StudyError(f"{path} is too large for a study")
        return study_from_text(path.read_text(encoding="utf-8-sig"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"cannot read the study {path}: {getattr(error, 'strerror', None) or error}") from None


def study_from_text(text: str, path: Path) -> StudyFile:
    """The study in a text; ``path`` is where it lies, for messages and for the designs it names."""
    try:
        document = mapping("", parsed(text))
        if VERSION_KEY not in document:
            raise DesignError("", f'not a study: it has no "{VERSION_KEY}" key')
        if document.pop(VERSION_KEY) != FORMAT_VERSION:
            raise DesignError(VERSION_KEY, f"this version of Simreal reads {FORMAT_VERSION}")
        scales = _structured(document.pop("scales", {}), dict[str, Scale], "scales")
        for key in ("name", "title", *_RECIPE, "axes", "table"):
            if key not in document:
                raise DesignError(key, "is missing")
        name, title, description = (_text(key, document.get(key, "")) for key in ("name", "title", "description"))
    except DesignError as fault:
        raise StudyError(f"{fault}  [{path}]") from None
    found = StudyFile(path, text, name, title, description, scales, document)
    for scale in scales or ("",):
        found.at(scale)
    return found


def recipe_of(document: Mapping[str, Any], path: str = "") -> Recipe:
    """A cell's recipe of its JSON, checked. DesignError with the path of a fault."""
    recipe: Recipe = _structured(document, Recipe, path)
    for name, data in recipe.data.items():
        here = join(path, f"data.{name}")
        if bool(data.design) == data.photos:
            raise DesignError(here, 'needs either a "design" or "photos": true')
        if data.design and not data.per_class:
            raise DesignError(here, 'needs "per_class": how many images a class of which split')
        if data.photos and (data.look or data.overrides or data.per_class):
            raise DesignError(here, "photos are as they are: they have no look, overrides or per_class")
    for name, task in recipe.steps.items():
        _check_task(recipe, name, task, join(path, f"steps.{name}"))
    for name, measure in recipe.measures.items():
        here = join(path, f"measures.{name}")
        if measure.run not in recipe.steps:
            raise DesignError(f"{here}.run", f"there is no step '{measure.run}'{suggest(measure.run, recipe.steps)}")
        if bool(measure.data) == bool(measure.result):
            raise DesignError(here, 'needs either "data" to measure on or "result", the way to a value in results.json')
        if measure.data and measure.data not in recipe.data:
            raise DesignError(f"{here}.data", f"there is no data '{measure.data}'{suggest(measure.data, recipe.data)}")
        _check_options(measure.options, f"{here}.options")
    return recipe


def _study(file: StudyFile, scale: str) -> Study:
    document = dict(file.document)
    about = ""
    if scale:
        chosen = file.scales[scale]
        about = chosen.about
        for key in chosen.changes:
            if key not in (*document, "seeds", "figures", "paper", "description") or key == "name":
                raise DesignError(f"scales.{scale}.changes.{key}", "there is no such key to change")
        document = merged(document, chosen.changes)
    base = {key: document.pop(key, {}) for key in _RECIPE}
    study: Study = _structured(
        {**document, "recipe": base, "scale": scale, "about": about}, Study, "", ("recipe", "scale", "about", "folder")
    )
    study = attrs.evolve(study, folder=file.path.resolve().parent)
    _check_grid(study)
    recipe = recipe_of(base)
    for name, axis in study.axes.items():
        for option, patch in axis.options.items():
            here = f"axes.{name}.options.{option}"
            for key in mapping(here, patch):
                if key not in _RECIPE:
                    raise DesignError(f"{here}.{key}", f"an option changes {', '.join(_RECIPE)} only")
            patched = recipe_of(merged(base, patch), here)
            if list(patched.measures) != list(recipe.measures):
                raise DesignError(f"{here}.measures", "all cells have the same measures; only what they are may change")
    return study


def _check_grid(study: Study) -> None:
    if not _NAME.fullmatch(study.name):
        raise DesignError("name", "is made of letters, digits, - and _")
    if not 1 <= study.seeds <= 1000:
        raise DesignError("seeds", f"must be between 1 and 1000, is {study.seeds}")
    count = 1
    for name, axis in study.axes.items():
        if not axis.options:
            raise DesignError(f"axes.{name}.options", "needs at least one")
        count *= len(axis.options)
    if count > MOST_CELLS:
        raise DesignError("axes", f"make {count} cells; at most {MOST_CELLS}")
    _check_table_and_figures(study)
    for number, row in enumerate(study.paper.values if study.paper else ()):
        _check_paper_row(study, row, f"paper.values[{number}]")


def _check_table_and_figures(study: Study) -> None:
    for row in study.table.rows:
        _known("table.rows", row, study.axes, "axis")
    for number, figure in enumerate(study.figures):
        here = f"figures[{number}]"
        if figure.panels:
            _known(f"{here}.panels", figure.panels, study.axes, "axis")
        if figure.kind == "curves":
            _known(f"{here}.run", figure.run, study.recipe["steps"], "step")
        else:
            _known(f"{here}.x", figure.x, study.axes, "axis")
            for measure in figure.measures:
                _known(f"{here}.measures", measure, study.recipe["measures"], "measure")


def _check_paper_row(study: Study, row: Mapping[str, Any], path: str) -> None:
    for key, value in row.items():
        if key in study.axes:
            _known(f"{path}.{key}", str(value), study.axes[key].options, "option")
        else:
            _known(path, key, study.recipe["measures"], "axis or measure")
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise DesignError(f"{path}.{key}", "must be a number, in percent")


def _check_task(recipe: Recipe, name: str, task: Task, path: str) -> None:
    if not _NAME.fullmatch(name):
        raise DesignError(path, "a step's name is made of letters, digits, - and _")
    if name in recipe.data:
        raise DesignError(path, "a data set has this name too; references could mean either")
    _check_options(task.options, f"{path}.options")
    for text in (*task.arguments, *option_texts(task.options)):
        for found in REFERENCE.finditer(text):
            referred, of_design = found[1], found[2]
            if referred not in recipe.data and (of_design or referred not in recipe.steps):
                known = (*recipe.data, *recipe.steps)
                raise DesignError(path, f"'{{{referred}}}' is no data set or step{suggest(referred, known)}")
            if of_design and recipe.data[referred].photos:
                raise DesignError(path, f"'{found[0]}': photos have no design")
    _check_no_circle(recipe, name, path)


def _check_no_circle(recipe: Recipe, name: str, path: str) -> None:
    waiting, seen = [name], set()
    while waiting:
        for other in referred_steps(recipe, recipe.steps[waiting.pop()]):
            if other == name:
                raise DesignError(path, "needs its own result: steps must not go in a circle")
            if other not in seen:
                seen.add(other)
                waiting.append(other)


def referred_steps(recipe: Recipe, task: Task) -> list[str]:
    """The other steps that a task names."""
    texts = (*task.arguments, *option_texts(task.options))
    return [found[1] for text in texts for found in REFERENCE.finditer(text) if found[1] in recipe.steps]


def option_texts(options: Mapping[str, Any]) -> list[str]:
    """All texts among the values of options."""
    values = [value for given in options.values() for value in (given if isinstance(given, list) else [given])]
    return [value for value in values if isinstance(value, str)]


def _check_options(options: Mapping[str, Any], path: str) -> None:
    for name, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None and not isinstance(one, str | int | float):
                raise DesignError(f"{path}.{name}", "must be text, a number, true or false, or a list of these")


def _known(path: str, name: str, known: Mapping[str, Any], what: str) -> None:
    if name not in known:
        raise DesignError(path, f"there is no {what} '{name}'{suggest(name, known)}")


def _text(path: str, value: Any) -> str:
    if not isinstance(value, str):
        raise DesignError(path, f"must be text, not {json.dumps(value)[:40]}")
    return value


def _structured(value: Any, cls: Any, path: str, hidden: tuple[str, ...] = ()) -> Any:
    try:
        return _CONVERTER.structure(mapping("", value), cls)
    except (BaseValidationError, DesignError) as error:
        raise first_fault(error, path, hidden) from None
