"""How people lay out photos, recognised by what lies in a folder, so that a data set is read as it was unpacked.

::

    cat/1.jpg                          class folders: the split "all"
    cat/cat(sofa)/1.jpg                class folders with subsets: MetaShift
    train/cat/1.jpg                    splits, or domains, with class folders: ImageNet, Office-Home, DomainNet
    amazon/images/mug/1.jpg            the same with a folder between: Office-31
    train/image_list.txt               splits with lists: VisDA-2017
    101_ObjectCategories/ant/1.jpg     Caltech-101, here or in caltech101/, where torchvision puts it
    images/mug/1.png, mappings/        ObjectNet
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..design.errors import DataSetError
from .list_files import LIST_NAME, listed, read_list
from .listings import Listing, class_folders

PLAIN_SPLIT = "all"
TEST_SPLIT = "test"

CALTECH_101 = "101_ObjectCategories"
CALTECH_CLUTTER = "BACKGROUND_Google"  # pictures of no class; torchvision leaves them out too
OBJECTNET_NAMES = Path("mappings", "folder_to_objectnet_label.json")
OBJECTNET_FRAME_PX = 1  # a red line around every picture, so that it is known where it is published again


def recognised(folder: Path) -> Mapping[str, Listing]:
    """The splits of a folder of photos. DataSetError where it is in none of the layouts."""
    for layout in (_objectnet, _caltech_101, _with_lists, _plain, _splits):
        listings = layout(folder)
        if listings:
            return listings
    raise DataSetError(f"{folder}: no images in class folders; it should be class/image.jpg or split/class/image.jpg")


def split_listing(folder: Path) -> Listing:
    """The images of one split in class folders, right in it or in its folder ``images``."""
    listing = class_folders(folder)
    return class_folders(folder / "images") if not len(listing) and (folder / "images").is_dir() else listing


def _plain(folder: Path) -> dict[str, Listing]:
    listing = class_folders(folder)
    return {PLAIN_SPLIT: listing} if len(listing) else {}


def _splits(folder: Path) -> dict[str, Listing]:
    found = {split.name: split_listing(split) for split in _subfolders(folder)}
    return {name: listing for name, listing in found.items() if len(listing)}


def _with_lists(folder: Path) -> dict[str, Listing]:
    """Splits with lists, and beside them those with class folders."""
    if (folder / LIST_NAME).is_file():
        return listed({PLAIN_SPLIT: (folder, read_list(folder / LIST_NAME))})
    there = [split for split in _subfolders(folder) if (split / LIST_NAME).is_file()]
    if not there:
        return {}
    lists = listed({split.name: (split, read_list(split / LIST_NAME)) for split in there})
    others = {split.name: split_listing(split) for split in _subfolders(folder) if split not in there}
    return lists | {name: listing for name, listing in others.items() if len(listing)}


def _caltech_101(folder: Path) -> dict[str, Listing]:
    root = next((one for one in (folder / CALTECH_101, folder / "caltech101" / CALTECH_101) if one.is_dir()), None)
    if root is None:
        return {}
    listing = class_folders(root)
    return {PLAIN_SPLIT: listing.within([name for name in listing.classes if name != CALTECH_CLUTTER])}


def _objectnet(folder: Path) -> dict[str, Listing]:
    """ObjectNet's classes are its folders; its own table says which those are. It is for testing only."""
    names = folder / OBJECTNET_NAMES
    if not names.is_file() or not (folder / "images").is_dir():
        return {}
    try:
        known = set(json.loads(names.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataSetError(f"{names}: ObjectNet's names of classes cannot be read ({error}); unpack it again") from None
    listing = class_folders(folder / "images")
    kept = listing.within([name for name in listing.classes if name in known])
    return {TEST_SPLIT: attrs.evolve(kept, frame_px=OBJECTNET_FRAME_PX)} if len(kept) else {}


def _subfolders(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith("."))
