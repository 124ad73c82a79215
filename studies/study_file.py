"""Studies as JSON: finding, reading and checking them. A fault is named with its path, before anything runs."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from ..design.document import merged
from ..design.errors import DesignError, StudyError
from ..design.parsing import MAX_BYTES, parsed
from ..design.strict import mapping
from .study import FILE_SUFFIX, FORMAT_VERSION, Scale, Study
from .study_checks import RECIPE, check_grid, recipe_of, structured

SHIPPED = Path(__file__).resolve().parent / "shipped"
VERSION_KEY = "simreal_study"
DEFAULT_SCALE = "mini"


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
        scales = structured(document.pop("scales", {}), dict[str, Scale], "scales")
        for key in ("name", "title", *RECIPE, "axes", "table"):
            if key not in document:
                raise DesignError(key, "is missing")
        name, title, description = (_text(key, document.get(key, "")) for key in ("name", "title", "description"))
    except DesignError as fault:
        raise StudyError(f"{fault}  [{path}]") from None
    found = StudyFile(path, text, name, title, description, scales, document)
    for scale in scales or ("",):
        found.at(scale)
    return found


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
    base = {key: document.pop(key, {}) for key in RECIPE}
    study: Study = structured(
        {**document, "recipe": base, "scale": scale, "about": about}, Study, "", ("recipe", "scale", "about")
    )
    check_grid(study)
    recipe = recipe_of(base)
    for name, axis in study.axes.items():
        for option, patch in axis.options.items():
            here = f"axes.{name}.options.{option}"
            for key in mapping(here, patch):
                if key not in RECIPE:
                    raise DesignError(f"{here}.{key}", f"an option changes {', '.join(RECIPE)} only")
            patched = recipe_of(merged(base, patch), here)
            if list(patched.measures) != list(recipe.measures):
                raise DesignError(f"{here}.measures", "all cells have the same measures; only what they are may change")
    return study


def _text(path: str, value: Any) -> str:
    if not isinstance(value, str):
        raise DesignError(path, f"must be text, not {json.dumps(value)[:40]}")
    return value
