"""The cells of a study: every combination of its axes' options, each with a recipe of its own."""

from __future__ import annotations

import fnmatch
import itertools
from collections.abc import Mapping, Sequence

import attrs

from ..design.document import merged
from ..design.errors import DesignError, StudyError
from .study import Recipe, Study
from .study_checks import recipe_of


@attrs.frozen
class Cell:
    """One combination: ``choice`` is an option of every axis."""

    choice: Mapping[str, str]
    recipe: Recipe

    @property
    def label(self) -> str:
        """The options in the order of the axes: ``ResNet-50 / fixed / strong``."""
        return " / ".join(self.choice.values()) or "all"


def cells(study: Study, only: Sequence[str] = ()) -> tuple[Cell, ...]:
    """All cells, the last axis changing first; with ``only`` (``axis=option,option``, patterns allowed) some of them.

    StudyError where the options of several axes do not go together, or ``only`` names what is not there.
    """
    kept = _chosen(study, only)
    found = []
    for combination in itertools.product(*kept.values()):
        choice = dict(zip(kept, combination, strict=True))
        document = dict(study.recipe)
        for axis, option in choice.items():
            document = merged(document, study.axes[axis].options[option])
        try:
            found.append(Cell(choice, recipe_of(document)))
        except DesignError as fault:
            raise StudyError(f"{' / '.join(combination)}: {fault}") from None
    return tuple(found)


def _chosen(study: Study, only: Sequence[str]) -> dict[str, list[str]]:
    """The options to take of every axis, in the study's order."""
    kept = {name: list(axis.options) for name, axis in study.axes.items()}
    for given in only:
        name, equals, patterns = given.partition("=")
        if name not in kept or not equals:
            raise StudyError(f"--only needs AXIS=OPTION[,OPTION], not '{given}'; axes: {', '.join(kept)}")
        wanted = [pattern.strip() for pattern in patterns.split(",")]
        options = kept[name]
        for pattern in wanted:
            if not any(fnmatch.fnmatchcase(option, pattern) for option in options):
                raise StudyError(f"--only: {name} has no option '{pattern}'; there are: {', '.join(options)}")
        kept[name] = [one for one in options if any(fnmatch.fnmatchcase(one, pattern) for pattern in wanted)]
    return kept
