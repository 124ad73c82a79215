"""What a user has, as libraries and assets of a design: models by class, environment maps, textures, photos."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from .catalogue import blend_models, scan_models
from .declaration import AssetKind, Factor, Parameter
from .design import STARTER_LIBRARY
from .errors import AssetError, DesignError
from .factors import FACTORS
from .folders import Skipped
from .images_catalogue import scan_environments, scan_photos
from .starter_catalogue import STARTER_CLASSES, starter_model_names
from .texture_sets import pbr_sets

_PLAIN_NAMES = ("models", "objects", "meshes", "assets")


@attrs.frozen
class FoundModels:
    """Models by class, each ``library:relative/path``, and what was left out."""

    classes: Mapping[str, tuple[str, ...]]
    skipped: tuple[Skipped, ...] = ()

    @property
    def count(self) -> int:
        return sum(map(len, self.classes.values()))


@attrs.frozen
class FoundAssets:
    """Assets of one kind, each ``library:relative/path``, and what was left out."""

    assets: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()


def starter_models(classes: Sequence[str] = STARTER_CLASSES) -> FoundModels:
    """The starter library's models of some classes."""
    return FoundModels(
        {name: tuple(f"{STARTER_LIBRARY}:{model}" for model in starter_model_names(name)) for name in classes}
    )


def found_models(path: Path, library: str, collections: Mapping[str, Sequence[str]] | None = None) -> FoundModels:
    """The models of a folder, or of a .blend file with its ``collections`` (a class each, with its models' names).

    AssetError where there are none.
    """
    catalogue = scan_models(path) if collections is None else blend_models(path.name, collections)
    if not catalogue.classes:
        raise AssetError(f"{path}: no collection in it has a model")
    models = {name: tuple(f"{library}:{file}" for file in files) for name, files in catalogue.classes.items()}
    return FoundModels(models, catalogue.skipped)


def found_assets(kind: AssetKind, folder: Path, library: str) -> FoundAssets:
    """The assets of a kind in a folder. AssetError where there are none."""
    if kind is AssetKind.TEXTURE:
        return FoundAssets(tuple(f"{library}:{texture.name}" for texture in pbr_sets(folder)))
    catalogue = (scan_environments if kind is AssetKind.ENVIRONMENT else scan_photos)(folder)
    return FoundAssets(tuple(f"{library}:{file}" for file in catalogue.files), catalogue.skipped)


def parameters_of(kind: AssetKind) -> Iterator[tuple[Factor, Parameter]]:
    """The choices that take assets of a kind as options."""
    for factor in FACTORS.values():
        for parameter in factor.parameters:
            if parameter.assets is kind:
                yield factor, parameter


def needed_options(factor: Factor, parameter: Parameter) -> Iterator[tuple[Parameter, tuple[str, ...]]]:
    """The other choices of the factor that can leave this parameter without effect, and their options that do not."""
    for name, idle in parameter.idle_with.items():
        other = factor.parameter(name)
        if other.is_choice:
            yield other, tuple(option for option in other.options if option not in idle)


def free_name(wanted: str, taken: Collection[str], separator: str = "_") -> str:
    """``wanted``, or ``wanted_2``, ``wanted_3``, ... where that is taken; letter case makes no difference."""
    used = {name.casefold() for name in taken}
    name, number = wanted, 2
    while name.casefold() in used:
        name, number = f"{wanted}{separator}{number}", number + 1
    return name


def source_name(path: Path) -> str:
    """What a design over a folder or file is called: ``kit`` for kit, kit.blend and kit/models."""
    folder = path.resolve()
    folder = folder.with_suffix("") if folder.suffix == ".blend" else folder
    plain = folder.name.casefold() in _PLAIN_NAMES and folder.parent.name
    return (folder.parent.name if plain else folder.name) or "design"


def relative_path(path: Path, folder: Path) -> str:
    """A library's path as a design in ``folder`` has it. DesignError where no relative path leads there."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # Windows: no relative path leads to another drive
        raise DesignError("", f"{path} is on another drive than {folder}; keep a design on its assets' drive") from None
