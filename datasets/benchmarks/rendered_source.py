"""The source domain of a benchmark that is rendered: its preset, with a user's 3D models filled in."""

from __future__ import annotations

from pathlib import Path

import attrs

from ...design.asset_folders import named_assets
from ...design.design import Design, names_folder, split_asset
from ...design.errors import AssetError, DataSetError
from ...design.missing import located, without_missing
from ...design.presets import SHIPPED, load_preset, preset_named
from .benchmark import Benchmark


@attrs.frozen
class ModelLibrary:
    """A library that presets name and only a user has: what it is, where to get it, and how it is laid out."""

    name: str
    title: str
    page: str
    layout: str

    @property
    def where(self) -> str:
        """Where it is to be got, in a sentence."""
        return f"get it from {self.page}; it is read as {self.layout}"


SHAPENET = ModelLibrary(
    "ShapeNetCore-v2",
    "ShapeNetCore v2",
    "shapenet.org or huggingface.co/datasets/ShapeNet/ShapeNetCore, once its terms are accepted",
    "<synset>/<model>/models/model_normalized.obj",
)
OTHER_MODELS = ModelLibrary(
    "other-models",
    "folder of models that ShapeNetCore lacks",
    "any collection of 3D models",
    "a folder each with models of bicycle, plant and truck",
)


def preset_design(benchmark: Benchmark, folder: Path) -> Design:
    """The preset's design for a file in ``folder``, none of its libraries located."""
    return load_preset(preset_named(benchmark.preset, SHIPPED), folder)


def with_models(design: Design, library: ModelLibrary, folder: Path) -> Design:
    """The design with a library's models in ``folder``. DataSetError, with where to get it, where it is another one."""
    try:
        return located(design, library.name, folder)
    except AssetError as error:
        raise DataSetError(f"no {library.title} at {folder} ({error}); {library.where}") from None


def without_models(design: Design) -> tuple[str, ...]:
    """The classes that have no model yet."""
    return tuple(entry.name for entry in design.classes if all(map(names_folder, entry.models)))


def of_classes(design: Design, names: tuple[str, ...], per_class: int) -> Design:
    """The design with these classes alone, all of which have models, and so many images a class in every split.

    Libraries that it needs no more are left out.
    """
    classes = tuple(entry for entry in design.classes if entry.name in names)
    splits = tuple(attrs.evolve(split, count=per_class * len(names)) for split in design.splits)
    chosen = without_missing(attrs.evolve(design, classes=classes, splits=splits))
    used = {split_asset(asset)[0] for asset in named_assets(chosen)}
    libraries = {name: library for name, library in chosen.libraries.items() if name in used}
    return attrs.evolve(chosen, libraries=libraries)
