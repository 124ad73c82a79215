"""Image sets: small JSON files that say which images of a folder are which class of which split.

So a benchmark is read from other data sets as they were unpacked: some of their classes, several of them as one, under
other names, in the splits of a list. Paths are relative to the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from cattrs.errors import ClassValidationError

from ..design.errors import DataSetError, DesignError
from ..design.parsing import parsed
from ..design.strict import first_fault, strict_converter
from .list_files import ImageList, listed, read_list
from .listings import Listing
from .photo_layouts import split_listing
from .writing import write_bytes

IMAGE_SET_SUFFIX = ".images.json"
_KEY = "simreal_images"
_VERSION = 1


@attrs.frozen
class SplitSource:
    """Where the images of a split come from: class folders in ``folder``, or a ``list`` of paths that start there.

    ``folder`` is below that of the set, ``list`` relative to the set's file.
    """

    folder: str = "."
    list: str = ""


@attrs.frozen
class ImageSet:
    """The images of ``splits``. ``classes`` says, in label order, of which classes in the folders each is made; where
    it is empty, the classes are those that are found. Classes that it does not name are left out, unless ``others``.
    ``numbers`` are the names of labels in lists. ``frame_px`` see ``pictures.FramedFile``.

    ``place`` is the folder of the file.
    """

    name: str
    folder: str
    splits: Mapping[str, SplitSource]
    classes: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    others: bool = False
    numbers: tuple[str, ...] = ()
    frame_px: int = 0
    place: Path = attrs.field(default=Path(), eq=False)


def load_image_set(path: Path) -> ImageSet:
    """Read an image set. DataSetError with the path of the fault where it cannot be used."""
    try:
        document = parsed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataSetError(f"{path}: cannot be read ({error})") from None
    except DesignError as error:
        raise DataSetError(f"{path}: {error}") from None
    if not isinstance(document, dict) or document.pop(_KEY, None) != _VERSION:
        raise DataSetError(f'{path}: not an image set: it should begin with "{_KEY}": {_VERSION}')
    try:
        found = _CONVERTER.structure(document, ImageSet)
    except ClassValidationError as error:
        raise DataSetError(f"{path}: {first_fault(error, hidden=('place',))}") from None
    if not found.splits:
        raise DataSetError(f"{path}: splits: an image set needs at least one")
    return attrs.evolve(found, place=path.resolve().parent)


def save_image_set(images: ImageSet, path: Path) -> ImageSet:
    """Write an image set, its paths relative to where it lies, and return it as it is read from there."""
    place = path.resolve().parent
    splits = {
        split: attrs.evolve(source, list=_relative(images.place / source.list, place) if source.list else "")
        for split, source in images.splits.items()
    }
    moved = attrs.evolve(images, folder=_relative(images.place / images.folder, place), splits=splits, place=place)
    write_bytes(path, (json.dumps(_document(moved), indent=2, ensure_ascii=False) + "\n").encode())
    return moved


def set_listings(images: ImageSet) -> dict[str, Listing]:
    """The listings of an image set's splits, all with the same classes. DataSetError where images cannot be listed."""
    root = images.place / images.folder
    lists: dict[str, tuple[Path, ImageList]] = {}
    found: dict[str, Listing] = {}
    for split, source in images.splits.items():
        folder = root / source.folder
        if not folder.is_dir():
            raise DataSetError(f"{images.name}: there is no folder {folder} for its split '{split}'")
        if source.list:
            lists[split] = folder, read_list(images.place / source.list)
        else:
            found[split] = split_listing(folder)
    found |= listed(lists, images.numbers)
    named = {split: _named(found[split], images) for split in images.splits}
    empty = [split for split, listing in named.items() if not len(listing)]
    if empty:
        wanted = ", ".join(next(iter(images.classes.values()), ())) or "class folders"
        raise DataSetError(
            f"{images.name}: no image of its split '{empty[0]}' is of its classes ({wanted}, ...) in {root}"
        )
    return named


def _named(listing: Listing, images: ImageSet) -> Listing:
    framed = attrs.evolve(listing, frame_px=images.frame_px)
    return framed.renamed(images.classes, others=images.others) if images.classes else framed


def _document(images: ImageSet) -> dict[str, Any]:
    """What is to be said of it; what is as it would be anyway is left out."""
    document: dict[str, Any] = {_KEY: _VERSION, "name": images.name, "folder": images.folder}
    splits = {}
    for split, source in images.splits.items():
        splits[split] = {key: value for key, value in attrs.asdict(source).items() if value not in ("", ".")}
    document["splits"] = splits
    if images.classes:
        document["classes"] = {name: list(olds) for name, olds in images.classes.items()}
    rest = {"others": images.others, "numbers": list(images.numbers), "frame_px": images.frame_px}
    return document | {key: value for key, value in rest.items() if value}


def _relative(target: Path, place: Path) -> str:
    """Relative where one drive has both."""
    try:
        return Path(os.path.relpath(target.resolve(), place)).as_posix()
    except ValueError:
        return str(target.resolve())


_CONVERTER = strict_converter()
