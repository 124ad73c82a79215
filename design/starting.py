"""New designs from what a user has: folders of models, environment maps, textures and photos, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from .checking import check
from .declaration import AssetKind, Factor, Parameter
from .design import (
    Design,
    DesignClass,
    FactorSettings,
    Library,
    ParameterSettings,
    UpAxis,
    default_factors,
    default_splits,
)
from .distributions import Choice
from .errors import DesignError
from .folders import Skipped
from .sources import found_assets, found_models, needed_options, parameters_of, relative_path, starter_models

NEW_OPTION_WEIGHT = 0.3


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

    @property
    def assets(self) -> Iterator[tuple[AssetKind, Path]]:
        """The folders of assets, by kind."""
        given = {
            AssetKind.ENVIRONMENT: self.environments,
            AssetKind.PHOTO: self.photos,
            AssetKind.TEXTURE: self.textures,
        }
        yield from ((kind, folder) for kind, folder in given.items() if folder is not None)


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
    models = starter_models()
    if sources.models is not None:
        models = found_models(sources.models, "models", sources.collections)
        top = sources.models if sources.collections is None else sources.models.parent
        libraries["models"] = Library("models", relative_path(top, folder), sources.up_axis)
        skipped["models"] = models.skipped
    for kind, path in sources.assets:
        there = found_assets(kind, path, kind.value)
        libraries[kind.value] = Library(kind.value, relative_path(path, folder))
        found[kind.value], skipped[kind.value] = len(there.assets), there.skipped
        for factor, parameter in parameters_of(kind):
            factors[factor.name] = _with_assets(factors[factor.name], factor, parameter, there.assets)
    classes = tuple(DesignClass(one, models.classes[one]) for one in _chosen(sources.classes, tuple(models.classes)))
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


def _chosen(wanted: Sequence[str], there: Sequence[str]) -> Sequence[str]:
    for name in wanted:
        if name not in there:
            raise DesignError("classes", f"there are no models of '{name}'; there are: {', '.join(there)}")
    return wanted or there


def _with_assets(
    settings: FactorSettings, factor: Factor, parameter: Parameter, assets: Sequence[str]
) -> FactorSettings:
    """The factor with assets as options, all as likely, in place of Blender's own and of none.

    Where the parameter has an effect only with an option of another choice, that option comes in too.
    """
    given = settings.parameters[parameter.name]
    assert isinstance(given.distribution, Choice)
    kept = {name: weight for name, weight in given.distribution.options.items() if name and ":" not in name}
    fixed = assets[0] if ":" in str(given.fixed) else given.fixed
    chosen = ParameterSettings(Choice({**kept, **dict.fromkeys(assets, 1.0)}), fixed)
    parameters = {**settings.parameters, parameter.name: chosen}
    for other, needed in needed_options(factor, parameter):
        there = parameters[other.name]
        assert isinstance(there.distribution, Choice)
        options = there.distribution.options
        if needed and not any(options.get(option, 0.0) > 0 for option in needed):
            with_it = Choice({**options, needed[0]: NEW_OPTION_WEIGHT})
            parameters[other.name] = attrs.evolve(there, distribution=with_it)
    return attrs.evolve(settings, parameters=parameters)
