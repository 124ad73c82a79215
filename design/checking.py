"""What a design must fulfil beyond its types. The first fault is raised as a DesignError with its path."""

from __future__ import annotations

import math
import re
from pathlib import PurePosixPath, PureWindowsPath

from .declaration import AssetKind
from .design import BUILTIN_LIBRARY, MOST_VIEWS, STARTER_LIBRARY, Design, FactorSettings, names_folder, split_asset
from .distributions import Choice
from .errors import AssetError, DesignError
from .evidence import check_evidence
from .factors import FACTORS

# Patterns, not paths: libraries have hundreds of thousands of models. Windows knows both slashes, and drives.
_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)")
_CONTROL = re.compile(r"[\x00-\x1f]")


def check(design: Design) -> None:
    """Raise DesignError at the first fault."""
    if not design.name.strip():
        raise DesignError("name", "must not be empty")
    design.image.check()
    if not 1 <= design.views_per_scene <= MOST_VIEWS:
        raise DesignError("views_per_scene", f"must be between 1 and {MOST_VIEWS}, is {design.views_per_scene}")
    _check_libraries(design)
    _check_classes(design)
    _check_splits(design)
    for name, settings in design.factors.items():
        check_factor(design, name, settings)
    for number, evidence in enumerate(design.evidence):
        check_evidence(f"evidence[{number}]", evidence)


def check_explicit(design: Design) -> None:
    """Raise AssetError where the design still names whole folders: an image depends on which files it means."""
    assets = [(f"classes.{entry.name}", model) for entry in design.classes for model in entry.models]
    for factor, settings in design.factors.items():
        for name, given in settings.parameters.items():
            options = given.distribution.options if isinstance(given.distribution, Choice) else {}
            assets += [(f"factors.{factor}.{name}", option) for option in (*options, str(given.fixed))]
    for place, asset in assets:
        if names_folder(asset):
            library, path = split_asset(asset)
            raise AssetError(
                f"{place}: needs the folder of the library '{library}', to find the files in {path}: locate it "
                "(panel Presets, or `simreal design locate`)"
            )


def _check_libraries(design: Design) -> None:
    for name, library in design.libraries.items():
        path = f"libraries.{name}"
        if name in (STARTER_LIBRARY, BUILTIN_LIBRARY) or not name.replace("_", "").replace("-", "").isalnum():
            raise DesignError(path, "a library's name has letters, digits, - and _, and is not 'starter' or 'builtin'")
        if PurePosixPath(library.path).is_absolute() or PureWindowsPath(library.path).is_absolute():
            raise DesignError(f"{path}.path", "must be relative to the design's file, so that designs can be shared")


def _check_classes(design: Design) -> None:
    if not design.classes:
        raise DesignError("classes", "a design needs at least one class")
    seen: set[str] = set()
    for index, entry in enumerate(design.classes):
        path = f"classes[{index}]"
        if entry.name in seen:
            raise DesignError(f"{path}.name", f"'{entry.name}' is there twice")
        seen.add(entry.name)
        if (
            not entry.name.strip()
            or any(c in '/\\:*?"<>|' or c < " " for c in entry.name)
            or entry.name.startswith(".")
        ):
            raise DesignError(f"{path}.name", f"'{entry.name}' cannot be the name of a folder")
        if not (math.isfinite(entry.weight) and entry.weight >= 0):
            raise DesignError(f"{path}.weight", f"must be >= 0, is {entry.weight}")
        if not entry.models:
            raise DesignError(f"{path}.models", f"class '{entry.name}' has no model")
        for number, model in enumerate(entry.models):
            _check_asset(design, f"{path}.models[{number}]", model, "models", STARTER_LIBRARY)
    if not any(entry.weight > 0 for entry in design.classes):
        raise DesignError("classes", "at least one class needs a weight above 0")


def _check_splits(design: Design) -> None:
    if not design.splits:
        raise DesignError("splits", "a design needs at least one split")
    for split in design.splits:
        if split.count < 0:
            raise DesignError(f"splits.{split.name}.count", f"must be >= 0, is {split.count}")
        if not split.name.replace("_", "").replace("-", "").isalnum():
            raise DesignError(f"splits.{split.name}", "a split's name has letters, digits, - and _")
    if design.instances == "disjoint":
        for entry in design.classes:
            if len(entry.models) < len(design.splits):
                raise DesignError(
                    "instances",
                    f"'disjoint' needs a model of '{entry.name}' for each of {len(design.splits)} splits, "
                    f"there are {len(entry.models)}; add models or use 'shared'",
                )


def check_factor(design: Design, name: str, settings: FactorSettings) -> None:
    """Raise DesignError at the first fault of one factor's settings."""
    path = f"factors.{name}"
    if not 0.0 <= settings.weight <= 1.0:
        raise DesignError(f"{path}.weight", f"must be between 0 and 1 (it is a probability), is {settings.weight:g}")
    for parameter in FACTORS[name].parameters:
        where = f"{path}.{parameter.name}"
        given = settings.parameters[parameter.name]
        try:
            parameter.check_distribution(given.distribution)
            parameter.check_fixed(given.fixed)
        except DesignError as error:
            raise DesignError(f"{where}.{error.path}", error.problem) from None
        if parameter.assets is None:
            continue
        options = given.distribution.options if isinstance(given.distribution, Choice) else {}
        for option in (*options, str(given.fixed)):
            if option not in parameter.options:
                builtin = BUILTIN_LIBRARY if parameter.assets is AssetKind.ENVIRONMENT else None
                _check_asset(design, f"{where}.{option}", option, parameter.assets.value, builtin)


def _check_asset(design: Design, path: str, asset: str, kind: str, embedded: str | None) -> None:
    try:
        library, relative = split_asset(asset)
    except DesignError as error:
        raise DesignError(path, error.problem) from None
    if library == embedded:
        return
    if library not in design.libraries:
        raise DesignError(path, f"names the library '{library}', which the design does not give")
    if design.libraries[library].kind != kind:
        raise DesignError(path, f"library '{library}' holds {design.libraries[library].kind}, not {kind}")
    if _OUTSIDE.search(relative):
        raise DesignError(path, f"'{relative}' points outside its library")
    if _CONTROL.search(relative):
        raise DesignError(path, f"{relative!r} has a line break in it")
