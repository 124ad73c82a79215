"""Whether a design's assets are on this machine. Only names are looked up; nothing is opened."""

from __future__ import annotations

from .asset_folders import named_assets
from .catalogue import split_fragment
from .declaration import AssetKind
from .design import BUILTIN_LIBRARY, STARTER_LIBRARY, Design, names_folder, split_asset
from .environments_catalogue import BUILTIN_ENVIRONMENTS
from .errors import AssetError
from .starter_catalogue import STARTER_CLASSES, starter_model_names
from .texture_sets import pbr_sets


def check_libraries(design: Design) -> None:
    """Raise AssetError naming the first library whose folder is not there."""
    for name, library in design.libraries.items():
        folder = design.library_folder(name)
        if not folder.is_dir():
            raise AssetError(
                f"library '{name}' ({library.kind}): there is no folder {folder}: locate it "
                "(panel Presets, or `simreal design locate`)"
            )


def missing_assets(design: Design) -> tuple[str, ...]:
    """Assets the design names, or one of its splits does, that are not there: ``classes.cup: models:cup/a.obj``."""
    lookup = AssetLookup(design)
    return tuple(f"{place}: {asset}" for asset, place in named_assets(design).items() if not lookup.has(asset))


class AssetLookup:
    """Whether assets of a design are there. Folders of texture sets, named by what lies in them, are read once."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._folders = {name: design.library_folder(name) for name in design.libraries}
        self._textures: dict[str, frozenset[str]] = {}

    def has(self, asset: str) -> bool:
        """Whether the asset is there; a name of a whole folder is not one."""
        library, relative = split_asset(asset)
        if names_folder(asset):
            return False
        if library == STARTER_LIBRARY:
            class_name = relative.partition("/")[0]
            return class_name in STARTER_CLASSES and relative in starter_model_names(class_name)
        if library == BUILTIN_LIBRARY:
            return asset in BUILTIN_ENVIRONMENTS
        if self._design.libraries[library].kind == AssetKind.TEXTURE.value:
            return relative in self._texture_sets(library)
        return (self._folders[library] / split_fragment(relative)[0]).is_file()

    def _texture_sets(self, library: str) -> frozenset[str]:
        if library not in self._textures:
            try:
                names = frozenset(texture.name for texture in pbr_sets(self._folders[library]))
            except AssetError:  # no folder, or no set in it
                names = frozenset()
            self._textures[library] = names
        return self._textures[library]
