"""Whether a design's assets are on this machine. Only names are looked up; nothing is opened."""

from __future__ import annotations

from collections.abc import Iterator

from .catalogue import split_fragment
from .declaration import AssetKind
from .design import BUILTIN_LIBRARY, STARTER_LIBRARY, Design, split_asset
from .distributions import Choice
from .document import overridden
from .environments_catalogue import BUILTIN_ENVIRONMENTS
from .errors import AssetError
from .factors import FACTORS
from .starter_catalogue import STARTER_CLASSES, starter_model_names
from .texture_sets import pbr_sets


def check_libraries(design: Design) -> None:
    """Raise AssetError naming the first library whose folder is not there."""
    for name, library in design.libraries.items():
        folder = design.library_folder(name)
        if not folder.is_dir():
            raise AssetError(f"library '{name}' ({library.kind}): there is no folder {folder}")


def missing_assets(design: Design) -> tuple[str, ...]:
    """Assets the design names, or one of its splits does, that are not there: ``classes.cup: models:cup/a.obj``."""
    designs = (design, *(overridden(design, split) for split in design.splits))
    faults = {f"{place}: {asset}": None for one in designs for place, asset in _named(one) if not _exists(one, asset)}
    return tuple(faults)


def _named(design: Design) -> Iterator[tuple[str, str]]:
    for entry in design.classes:
        for model in entry.models:
            yield f"classes.{entry.name}", model
    for factor, settings in design.factors.items():
        for name, given in settings.parameters.items():
            parameter = FACTORS[factor].parameter(name)
            options = given.distribution.options if isinstance(given.distribution, Choice) else {}
            for option in dict.fromkeys((*options, str(given.fixed))):
                if parameter.assets is not None and option not in parameter.options:
                    yield f"factors.{factor}.{name}", option


def _exists(design: Design, asset: str) -> bool:
    library, relative = split_asset(asset)
    if library == STARTER_LIBRARY:
        class_name = relative.partition("/")[0]
        return class_name in STARTER_CLASSES and relative in starter_model_names(class_name)
    if library == BUILTIN_LIBRARY:
        return asset in BUILTIN_ENVIRONMENTS
    folder = design.library_folder(library)
    if design.libraries[library].kind == AssetKind.TEXTURE.value:
        return relative in {texture.name for texture in pbr_sets(folder)}
    return (folder / split_fragment(relative)[0]).exists()
