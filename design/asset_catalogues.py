"""Asset Browser catalogues: what ``blender_assets.cats.txt`` says, and which class an asset belongs to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from .errors import AssetError
from .folders import Entry, Skipped, Walk
from .sources import free_name

CATALOGUES_FILE = "blender_assets.cats.txt"


@attrs.frozen
class AssetCatalogue:
    """A catalogue: its ``id``, and its ``path`` among the others (``Furniture/Chairs``)."""

    id: str
    path: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def read_catalogues(folder: Path) -> tuple[AssetCatalogue, ...]:
    """The catalogues of an asset library, by path. AssetError where there are none or they cannot be read."""
    file = folder / CATALOGUES_FILE
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AssetError(f"{folder}: has no catalogues; make some in the Asset Browser, and save") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise AssetError(f"{file}: cannot be read ({reason})") from None
    found = {one.id: one for one in filter(None, map(_parsed, text.splitlines()))}
    if not found:
        raise AssetError(f"{file}: has no catalogue in it")
    return tuple(sorted(found.values(), key=lambda one: one.path.casefold()))


def class_names(chosen: Sequence[AssetCatalogue]) -> dict[str, str]:
    """The class of each chosen catalogue, by its id: its name, with those above it where that is not enough."""
    names = [one.name.casefold() for one in chosen]
    classes: dict[str, str] = {}
    for one in chosen:
        wanted = one.name if names.count(one.name.casefold()) == 1 else one.path.replace("/", "-")
        classes[one.id] = free_name(wanted, classes.values())
    return classes


def chosen_for(catalogues: Iterable[AssetCatalogue], chosen: Iterable[AssetCatalogue]) -> Mapping[str, str]:
    """For each catalogue's id the id of the chosen one that its assets belong to: itself, else the nearest above it."""
    by_path = {one.path: one.id for one in chosen}
    found = {}
    for one in catalogues:
        path = one.path
        while path and path not in by_path:
            path = path.rpartition("/")[0]
        if path:
            found[one.id] = by_path[path]
    return found


def blend_files(folder: Path) -> tuple[tuple[str, ...], tuple[Skipped, ...]]:
    """The .blend files of an asset library, as sorted paths relative to it, and what was left out."""
    walk = Walk(folder)
    files: list[str] = []

    def look(into: Entry) -> None:
        for entry in walk.entries(into):
            if entry.is_dir:
                look(entry)
            elif entry.suffix == ".blend" and walk.fits(entry):
                files.append(entry.path)

    look(walk.root())
    return tuple(sorted(files)), walk.skipped


def _parsed(line: str) -> AssetCatalogue | None:
    """``UUID:path:name`` as a catalogue; None for comments, the version, and what is none."""
    identifier, _, rest = line.strip().partition(":")
    path = rest.partition(":")[0].strip("/ ")
    try:
        return AssetCatalogue(str(uuid.UUID(identifier)), path) if path else None
    except ValueError:
        return None
