"""What a design names and this machine has not, by library; where else it may lie; and the design without it."""

from __future__ import annotations

from pathlib import Path

import attrs

from .asset_folders import expanded, files_in, named_assets, replaced
from .assets import AssetLookup
from .design import BUILTIN_LIBRARY, STARTER_LIBRARY, Design, names_folder, split_asset
from .document import relocated
from .errors import AssetError, DesignError

_LISTED = 3
EMBEDDED = {STARTER_LIBRARY: "models", BUILTIN_LIBRARY: "environments"}


@attrs.frozen
class Missing:
    """What is missing of a library: ``assets`` of the ``named`` ones that the design names (without the library).

    ``folder_is_there`` is False where the library's folder itself is missing, and with it all.
    """

    library: str
    kind: str
    folder: Path
    folder_is_there: bool
    assets: tuple[str, ...]
    named: int

    @property
    def text(self) -> str:
        """In one line, for people."""
        if self.library in EMBEDDED:
            return f"{self.library}: {len(self.assets)} {self.kind} that this Simreal does not have: {self.listed}"
        if not self.folder_is_there:
            return f"{self.library} ({self.kind}): there is no folder {self.folder}"
        return f"{self.library} ({self.kind}): {len(self.assets)} of {self.named} are missing: {self.listed}"

    @property
    def brief(self) -> str:
        """In a few words, for a narrow panel that shows the library's name beside it."""
        if not self.folder_is_there:
            return f"{self.kind}: folder not found"
        return f"{self.kind}: {len(self.assets)} of {self.named} missing: {self.listed}"

    @property
    def listed(self) -> str:
        """The first few by name."""
        more = len(self.assets) - _LISTED
        return ", ".join(self.assets[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def missing_libraries(design: Design, *, folders_only: bool = False) -> tuple[Missing, ...]:
    """The libraries of which something is missing, in the design's order.

    ``folders_only`` looks whether the folders are there and no further, which takes no time at any size.
    """
    named: dict[str, list[str]] = {name: [] for name in (*EMBEDDED, *design.libraries)}
    for asset in named_assets(design):
        library, relative = split_asset(asset)
        named[library].append(relative)
    found = []
    lookup = AssetLookup(design)
    for library, relatives in named.items():
        folder = Path() if library in EMBEDDED else design.library_folder(library)
        there = library in EMBEDDED or folder.is_dir()
        if not there:
            gone = relatives
        elif folders_only:
            gone = [one for one in relatives if names_folder(one)]
        else:
            gone = [one for one in relatives if names_folder(one) or not lookup.has(f"{library}:{one}")]
        if gone or not there:
            kind = EMBEDDED.get(library) or design.libraries[library].kind
            found.append(Missing(library, kind, folder, there, tuple(gone), len(relatives)))
    return tuple(found)


def located(design: Design, library: str, folder: Path) -> Design:
    """The design with a library in another folder, and the folders of it that the design names replaced by files.

    AssetError where the folder is not there or holds nothing of what the design names: then it is another one.
    """
    if library not in design.libraries:
        known = ", ".join(design.libraries) or "none"
        raise DesignError(f"libraries.{library}", f"the design has no such library; it has: {known}")
    if not folder.is_dir():
        raise AssetError(f"{folder}: there is no such folder")
    entry = attrs.evolve(design.libraries[library], path=str(folder.resolve()))
    moved = attrs.evolve(design, libraries={**design.libraries, library: entry})
    lookup = AssetLookup(moved)
    names = [asset for asset in named_assets(moved) if split_asset(asset)[0] == library]
    if names and not any(files_in(moved, one) if names_folder(one) else lookup.has(one) for one in names):
        wanted = split_asset(names[0])[1]
        raise AssetError(
            f"{folder} holds none of the {len(names)} {entry.kind} that the design names in '{library}', "
            f"such as {wanted}: choose the folder in which {wanted.partition('/')[0]} lies"
        )
    try:
        placed = relocated(moved, design.folder)
    except DesignError:  # on another drive: the design moves there
        placed = relocated(moved, folder.resolve().parent, lenient=True)
    return expanded(placed)


def without_missing(design: Design) -> Design:
    """The design without what is missing. DesignError where nothing would be left of it."""
    gone = {f"{one.library}:{asset}" for one in missing_libraries(design) for asset in one.assets}
    if not gone:
        return design
    kept = [model for entry in design.classes for model in entry.models if model not in gone]
    if not kept:
        raise DesignError("classes", "all models of the design are missing: locate their folder first")
    left = replaced(design, lambda asset: () if asset in gone else (asset,))
    used = {split_asset(asset)[0] for asset in named_assets(left)}
    libraries = {
        name: one for name, one in left.libraries.items() if name in used or left.library_folder(name).is_dir()
    }
    return attrs.evolve(left, libraries=libraries)
