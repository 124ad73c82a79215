"""The design: everything that defines a data set. Frozen data; what reads and writes it is ``document``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import attrs

from .distributions import Distribution, Value
from .errors import DesignError
from .evidence import Evidence
from .factors import FACTORS

FORMAT_VERSION = 1
FILE_SUFFIX = ".simreal.json"
STARTER_LIBRARY = "starter"
BUILTIN_LIBRARY = "builtin"

LibraryKind = Literal["models", "environments", "textures", "photos"]
UpAxis = Literal["auto", "X", "Y", "Z", "-X", "-Y", "-Z"]
Denoiser = Literal["none", "oidn"]
Instances = Literal["shared", "disjoint"]
Engine = Literal["cycles", "eevee"]
MOST_VIEWS = 10_000
ENGINES: dict[str, str] = {"cycles": "Cycles", "eevee": "EEVEE"}


@attrs.frozen
class ImageSettings:
    """Size and quality of the images: ``resolution_px`` square, ``samples`` paths a pixel, ``bounces`` of light.

    With a ``noise_threshold`` above 0, pixels whose noise (relative error) has fallen below it get no more samples.
    """

    resolution_px: int = 128
    samples: int = 16
    bounces: int = 4
    denoiser: Denoiser = "oidn"
    noise_threshold: float = 0.0
    engine: Engine = "cycles"

    @property
    def denoised(self) -> bool:
        """Whether noise is to be taken out. EEVEE's images have none to speak of."""
        return self.engine == "cycles" and self.denoiser == "oidn"

    def check(self) -> None:
        for name, low, high in (("resolution_px", 8, 8192), ("samples", 1, 65536), ("bounces", 0, 64)):
            if not low <= getattr(self, name) <= high:
                raise DesignError(f"image.{name}", f"must be between {low} and {high}, is {getattr(self, name)}")
        if not 0.0 <= self.noise_threshold <= 1.0:
            raise DesignError("image.noise_threshold", f"must be between 0 and 1, is {self.noise_threshold}")


@attrs.frozen
class Library:
    """A named folder of assets. ``path`` is relative to the design's file; ``up_axis`` is for models."""

    kind: LibraryKind
    path: str
    up_axis: UpAxis = "auto"


@attrs.frozen
class DesignClass:
    """A class and its models, each ``library:relative/path``. ``weight`` is its share of the images.

    Presets name folders (``library:airplane/``) where only the user has the files; see ``asset_folders``.
    """

    name: str
    models: tuple[str, ...]
    weight: float = 1.0


@attrs.frozen
class ParameterSettings:
    """What a design says of a parameter: how it is drawn, and its value where the factor is fixed."""

    distribution: Distribution
    fixed: Value


@attrs.frozen
class FactorSettings:
    """What a design says of a factor: its weight (a probability) and its parameters, all of them, by name."""

    weight: float
    parameters: Mapping[str, ParameterSettings]


@attrs.frozen
class Split:
    """A named, endless sequence of images, of which ``count`` are rendered. ``overrides`` patch the design."""

    name: str
    count: int
    seed: int = 0
    overrides: Mapping[str, Any] = attrs.field(factory=dict)


def default_factors() -> dict[str, FactorSettings]:
    """Every factor as declared."""
    return {
        factor.name: FactorSettings(
            factor.weight,
            {p.name: ParameterSettings(p.default, p.fixed) for p in factor.parameters},
        )
        for factor in FACTORS.values()
    }


@attrs.frozen
class Design:
    """All that defines a data set. An image is a pure function of (design, split, index).

    ``views_per_scene`` images in a row show one scene, each with a camera of its own.
    ``evidence`` is what was measured of it, the newest last; images do not depend on it.
    ``folder`` is where the design's file lies: library paths are relative to it. It takes no part in equality.
    """

    name: str
    classes: tuple[DesignClass, ...]
    description: str = ""
    seed: int = 0
    instances: Instances = "shared"
    views_per_scene: int = 1
    image: ImageSettings = attrs.field(factory=ImageSettings)
    libraries: Mapping[str, Library] = attrs.field(factory=dict)
    factors: Mapping[str, FactorSettings] = attrs.field(factory=default_factors)
    splits: tuple[Split, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    folder: Path = attrs.field(factory=Path, eq=False)

    @property
    def class_names(self) -> tuple[str, ...]:
        """In label order."""
        return tuple(entry.name for entry in self.classes)

    def split(self, name: str) -> Split:
        """The split of that name; DesignError lists those there are."""
        for split in self.splits:
            if split.name == name:
                return split
        raise DesignError("splits", f"no split '{name}'; there are: {', '.join(s.name for s in self.splits)}")

    def library_folder(self, name: str) -> Path:
        """The folder of a library, as a path that can be opened."""
        if name not in self.libraries:
            raise DesignError(f"libraries.{name}", "is named by an asset but not given")
        # Resolved, as ".." cannot be followed out of a folder that is not there yet.
        return (self.folder / self.libraries[name].path).resolve()


def default_splits(per_class: int, classes: int) -> tuple[Split, ...]:
    """The study's splits: a training set, a test set alike, and one with no background; tests are a fifth in size."""
    test = max(1, per_class // 5) * classes
    no_background = {"factors": {"background": {"weight": 0.0, "kind": {"fixed": "none"}}}}
    return (
        Split("train", per_class * classes),
        Split("test_iid", test),
        Split("test_iid_wo_bg", test, overrides=no_background),
    )


def split_asset(asset: str) -> tuple[str, str]:
    """``("models", "cup/cup.obj")`` of ``models:cup/cup.obj``."""
    library, separator, path = asset.partition(":")
    if not (library and separator and path):
        raise DesignError("", f"'{asset}' is not of the form library:path")
    return library, path


def names_folder(asset: str) -> bool:
    """Whether an asset stands for a whole folder (``ShapeNetCore-v2:02691156/``), still to be replaced by its files."""
    return asset.endswith("/")
