"""What a study must fulfil: names that are there, options that can be, no circles. The first fault is raised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cattrs.errors import BaseValidationError

from ..design.document import merged
from ..design.errors import DesignError
from ..design.strict import first_fault, join, mapping, strict_converter, suggest
from .study import Recipe, Study, Task

RECIPE = ("data", "steps", "measures")
LIKE = "like"  # a step is as another, but for what it says itself
MOST_CELLS = 10_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
REFERENCE = re.compile(r"\{([A-Za-z0-9][A-Za-z0-9_-]*)(\.design)?\}")
_CONVERTER = strict_converter()


def recipe_of(document: Mapping[str, Any], path: str = "") -> Recipe:
    """A cell's recipe of its JSON, checked. DesignError with the path of a fault."""
    given = mapping(join(path, "steps"), document["steps"])
    steps = {name: _spelled_out(name, given, path) for name in given}
    recipe: Recipe = structured({**document, "steps": steps}, Recipe, path)
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


def _spelled_out(name: str, steps: Mapping[str, Any], path: str, after: tuple[str, ...] = ()) -> dict[str, Any]:
    """A step with what it takes from the one that it is ``like``."""
    here = join(path, f"steps.{name}")
    if name in after:
        raise DesignError(f"{here}.{LIKE}", f"goes in a circle: {' is like '.join((*after, name))}")
    step = dict(mapping(here, steps[name]))
    if LIKE not in step:
        return step
    other = step.pop(LIKE)
    if not isinstance(other, str) or other not in steps:
        raise DesignError(f"{here}.{LIKE}", f"there is no step '{other}'{suggest(str(other), steps)}")
    return merged(_spelled_out(other, steps, path, (*after, name)), step)


def structured(value: Any, cls: Any, path: str, hidden: tuple[str, ...] = ()) -> Any:
    """An instance of ``cls`` of parsed JSON. DesignError with the path of the first fault."""
    try:
        return _CONVERTER.structure(mapping("", value), cls)
    except (BaseValidationError, DesignError) as error:
        raise first_fault(error, path, hidden) from None


def check_grid(study: Study) -> None:
    """Raise DesignError where axes, table, figures or the paper's values do not fit together."""
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
