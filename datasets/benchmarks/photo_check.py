"""Whether all photos that a benchmark counts on are there: classes without any, and listed files that are missing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np
import numpy.typing as npt

from ..image_sets import ImageSet, set_listings
from ..list_files import read_list
from ..listings import Listing
from ..writing import write_bytes


@attrs.frozen
class PhotoCheck:
    """``classes`` are those that were looked for, in label order, ``counts`` their photos by split that are there.

    ``empty`` are the classes without a photo in one of the splits that are looked at, ``absent`` files that are listed
    but not there.
    """

    classes: tuple[str, ...]
    counts: Mapping[str, int]
    empty: tuple[str, ...]
    absent: tuple[Path, ...]


def check_photos(images: ImageSet, splits: Sequence[str], classes: Sequence[str] = ()) -> PhotoCheck:
    """Look for the photos of these classes, or of all, in ``splits``: some seconds for 60,000.

    Raises what ``set_listings`` raises.
    """
    listings = {split: listing for split, listing in set_listings(images).items() if split in splits}
    wanted = tuple(classes) or tuple(dict.fromkeys(name for one in listings.values() for name in one.classes))
    absent: list[Path] = []
    counts: dict[str, dict[str, int]] = {}
    for split, listing in listings.items():
        chosen = listing.within(wanted)
        there = _there(chosen) if images.splits[split].list else np.ones(len(chosen), bool)
        absent += [chosen.folder / os.fsdecode(path) for path in chosen.paths[~there].tolist()]
        counts[split] = attrs.evolve(chosen, paths=chosen.paths[there], labels=chosen.labels[there]).counts
    return PhotoCheck(
        classes=wanted,
        counts={split: sum(of_class.values()) for split, of_class in counts.items()},
        empty=tuple(name for name in wanted if not all(of_class[name] for of_class in counts.values())),
        absent=tuple(absent),
    )


def without_absent(images: ImageSet, folder: Path) -> ImageSet:
    """The image set with its lists written anew into ``folder``, without the files that are not there."""
    splits = dict(images.splits)
    for split, source in images.splits.items():
        if source.list:
            root = images.place / images.folder / source.folder
            found = read_list(images.place / source.list)
            kept = [
                path if number is None else f"{path} {number}"
                for path, number in zip(found.paths, found.numbers, strict=True)
                if (root / path).is_file()
            ]
            file = folder / f"{split}.txt"
            write_bytes(file, "".join(f"{line}\n" for line in kept).encode(errors="surrogateescape"))
            splits[split] = attrs.evolve(source, list=str(file.resolve()))
    return attrs.evolve(images, splits=splits)


def _there(listing: Listing) -> npt.NDArray[np.bool_]:
    root = os.fsencode(listing.folder)
    found = [os.path.isfile(os.path.join(root, path)) for path in listing.paths.tolist()]  # noqa: PTH113, PTH118 (speed)
    return np.array(found, bool)
