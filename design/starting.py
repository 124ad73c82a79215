"""New designs from what a user has: folders of models, environment maps, textures and photos, or nothing at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from .catalogue import blend_models, scan_models
from .checking import check
from .design import (
    STARTER_LIBRARY,
    Design,
    DesignClass,
    FactorSettings,
    Library,
    LibraryKind,
    ParameterSettings,
    UpAxis,
    default_factors,
    default_splits,
)
from .distributions import Choice
from .errors import AssetError, DesignError
from .folders import Skipped
from .images_catalogue import scan_environments, scan_photos
from .starter_catalogue import STARTER_CLASSES, starter_model_names
from .texture_sets import pbr_sets

PHOTO_WEIGHT = 0.3


@attrs.frozen
class Sources:
    """What a design is to be made of. ``classes`` empty: all there are.

    ``models`` is a folder, or a .blend file with its ``collections`` (a class each, with its models' names); None is
    the starter library.
    """

    models: Path | None = None
    collections: Mapping[str, Sequence[str]] | None = None
    environments: Path | None = None
    textures: Path | None = None
    photos: Path | None = None
    classes: tuple[str, ...] = ()
    up_axis: UpAxis = "auto"


@attrs.frozen
class Started:
    """A new design, how many assets of a kind were found, and what was left out, by the name of its library."""

    design: Design
    found: Mapping[str, int]
    skipped: Mapping[str, tuple[Skipped, ...]]


def start_design(sources: Sources, name: str, folder: Path, *, per_class: int = 100, seed: int = 0) -> Started:
    """A design whose file will lie in ``folder``, with the default factors and splits.

    Raises AssetError where a folder is missing or holds nothing usable, DesignError where a class is not there.
    """
    if per_class < 1:
        raise DesignError("", f"the number of images per class must be at least 1, is {per_class}")
    libraries: dict[str, Library] = {}
    skipped: dict[str, tuple[Skipped, ...]] = {}
    found: dict[str, int] = {}
    factors = default_factors()

    def library(kind: LibraryKind, path: Path, up_axis: UpAxis = "auto") -> None:
        libraries[kind] = Library(kind, _relative(path, folder), up_axis)

    models = _starter_models()
    if sources.models is not None:
        models, skipped["models"] = _scanned_models(sources.models, sources.collections)
        top = sources.models if sources.collections is None else sources.models.parent
        library("models", top, sources.up_axis)
    if sources.environments is not None:
        catalogue = scan_environments(sources.environments)
        names = [f"environments:{file}" for file in catalogue.files]
        factors["background"] = _with_options(factors["background"], "environment", names, fixed=names[0])
        found["environments"], skipped["environments"] = len(names), catalogue.skipped
        library("environments", sources.environments)
    if sources.photos is not None:
        catalogue = scan_photos(sources.photos)
        names = [f"photos:{file}" for file in catalogue.files]
        background = _with_options(factors["background"], "photo", names)
        factors["background"] = _with_weight(background, "kind", "photo", PHOTO_WEIGHT)
        found["photos"], skipped["photos"] = len(names), catalogue.skipped
        library("photos", sources.photos)
    if sources.textures is not None:
        sets = pbr_sets(sources.textures)
        for texture in sets:
            factors["material_texture"] = _with_weight(
                factors["material_texture"], "material", f"textures:{texture.name}", 1.0
            )
        found["textures"] = len(sets)
        library("textures", sources.textures)

    classes = tuple(DesignClass(one, models[one]) for one in _chosen(sources.classes, tuple(models)))
    design = Design(
        name=name,
        classes=classes,
        seed=seed,
        libraries=libraries,
        factors=factors,
        splits=default_splits(per_class, len(classes)),
        folder=folder,
    )
    check(design)
    return Started(design, found, skipped)


def _starter_models() -> Mapping[str, tuple[str, ...]]:
    return {
        name: tuple(f"{STARTER_LIBRARY}:{model}" for model in starter_model_names(name)) for name in STARTER_CLASSES
    }


def _scanned_models(
    path: Path, collections: Mapping[str, Sequence[str]] | None
) -> tuple[Mapping[str, tuple[str, ...]], tuple[Skipped, ...]]:
    catalogue = scan_models(path) if collections is None else blend_models(path.name, collections)
    if not catalogue.classes:
        raise AssetError(f"{path}: no collection in it has a model")
    models = {name: tuple(f"models:{file}" for file in files) for name, files in catalogue.classes.items()}
    return models, catalogue.skipped


def _chosen(wanted: Sequence[str], there: Sequence[str]) -> Sequence[str]:
    for name in wanted:
        if name not in there:
            raise DesignError("classes", f"there are no models of '{name}'; there are: {', '.join(there)}")
    return wanted or there


def _with_options(
    factor: FactorSettings, parameter: str, options: Sequence[str], fixed: str | None = None
) -> FactorSettings:
    """The factor with a choice among other options, all as likely."""
    given = factor.parameters[parameter]
    chosen = ParameterSettings(Choice(dict.fromkeys(options, 1.0)), given.fixed if fixed is None else fixed)
    return attrs.evolve(factor, parameters={**factor.parameters, parameter: chosen})


def _with_weight(factor: FactorSettings, parameter: str, option: str, weight: float) -> FactorSettings:
    """The factor with one more option of a choice."""
    given = factor.parameters[parameter]
    assert isinstance(given.distribution, Choice)
    chosen = attrs.evolve(given, distribution=Choice({**given.distribution.options, option: weight}))
    return attrs.evolve(factor, parameters={**factor.parameters, parameter: chosen})


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # Windows: no relative path leads to another drive
        raise DesignError("", f"{path} is on another drive than {folder}; keep a design on its assets' drive") from None
