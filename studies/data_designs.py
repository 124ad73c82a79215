"""The designs that a study's data sets are rendered from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from ..design.asset_folders import expanded
from ..design.counts import drawn_classes, with_counts
from ..design.design import Design, Split
from ..design.document import load, overridden, relocated
from ..design.errors import DesignError, StudyError
from ..design.missing import located, missing_libraries
from ..design.presets import SHIPPED, load_preset, preset_named, with_look
from .study import Data


@attrs.frozen
class Shelf:
    """Where designs are found: beside the study's file (``folder``) or among the presets; ``home`` is the folder they
    are going to lie in, ``libraries`` the folders that the user named for their libraries, and ``own`` the design that
    the user has in place of those of the study."""

    folder: Path
    home: Path
    libraries: Mapping[str, Path] = attrs.field(factory=dict)
    own: Path | None = None

    def design(self, name: str) -> Design:
        """The design of a file, or the preset of that name, with the user's libraries in place."""
        file = self.folder / name
        if file.is_file():
            found = expanded(relocated(load(file), self.home))
        else:
            found = load_preset(preset_named(name, SHIPPED), self.home)
        for library, folder in self.libraries.items():
            if library in found.libraries:
                found = located(found, library, folder)
        return found


def design_for(name: str, data: Data, seed: int, shelf: Shelf) -> Design:
    """The design of the data set ``name`` for a seed, with the counts of the splits it renders.

    StudyError with the path of a fault in the study.
    """
    try:
        design = shelf.design(str(shelf.own or data.design))
        if data.look:
            design = with_look(design, shelf.design(data.look))
        design = attrs.evolve(design, seed=seed if data.seed is None else data.seed)
        design = _overridden(design, data)
        for split in data.per_class:
            design.split(split)
    except DesignError as fault:
        raise StudyError(f"data.{name}.{fault}") from None
    for split, count in data.per_class.items():
        if count < 1:
            raise StudyError(f"data.{name}.per_class.{split}: must be at least 1, is {count}")
    classes = drawn_classes(design)
    return with_counts(design, {split: count * classes for split, count in data.per_class.items()})


def what_is_missing(design: Design) -> str:
    """Which folders the design still needs, and how to name them; "" where all is there."""
    gone = missing_libraries(design, folders_only=True)
    if not gone:
        return ""
    options = " ".join(f"--library {one.library}=DIR" for one in gone)
    return f"{design.name} needs {', '.join(one.library for one in gone)}: say where they lie with {options}"


def libraries_of(designs: Iterable[Design]) -> dict[str, bool]:
    """The libraries of designs, and whether each lies where it should."""
    found: dict[str, bool] = {}
    for design in designs:
        gone = {one.library for one in missing_libraries(design, folders_only=True)}
        for name in design.libraries:
            found[name] = found.get(name, True) and name not in gone
    return found


def _overridden(design: Design, data: Data) -> Design:
    patch = Split("overrides", 0, overrides=data.overrides)
    try:
        return overridden(design, patch)
    except DesignError as fault:
        raise DesignError(fault.path.replace("splits.overrides.overrides", "overrides", 1), fault.problem) from None
