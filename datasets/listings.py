"""Listings: which images a split of photos has and which class each shows, from class folders or from a list."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from .pictures import ListedPictures, Numbers

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
_BATCH = 10_000

Paths: TypeAlias = npt.NDArray[np.bytes_]


@attrs.frozen(eq=False)
class Listing:
    """The images of a split: ``paths`` (N,) below ``folder`` in the system's own bytes, ``labels`` (N,) into
    ``classes``. A million of them take some tens of megabytes. ``frame_px`` see ``pictures.FramedFile``."""

    folder: Path
    classes: tuple[str, ...]
    paths: Paths
    labels: Numbers
    frame_px: int = 0

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def pictures(self) -> ListedPictures:
        """Where the images are."""
        return ListedPictures(self.folder, self.paths, self.frame_px)

    @property
    def counts(self) -> dict[str, int]:
        """Images a class."""
        found = np.bincount(self.labels, minlength=len(self.classes))
        return dict(zip(self.classes, found.tolist(), strict=True))

    def columns(self, split: str) -> Iterator[dict[str, list[Any]]]:
        """The columns ``file_name``, ``index``, ``split`` and ``class``, some thousand rows at a time."""
        for start in range(0, len(self), _BATCH):
            stop = min(start + _BATCH, len(self))
            yield {
                "file_name": [os.fsdecode(path) for path in self.paths[start:stop].tolist()],
                "index": list(range(start, stop)),
                "split": [split] * (stop - start),
                "class": [self.classes[label] for label in self.labels[start:stop].tolist()],
            }

    def renamed(self, sources: Mapping[str, Sequence[str]], *, others: bool = False) -> Listing:
        """The images of some classes under other names: ``sources`` names, for each new class, the old ones that it is
        made of. ``others`` stay as they are, in the order of their names, or are left out."""
        new = {old: name for name, olds in sources.items() for old in olds}
        kept = [name for name in sorted(self.classes) if name not in new and name not in sources] if others else []
        classes = (*sources, *kept)
        numbers = {name: number for number, name in enumerate(classes)}
        wanted = [numbers.get(new.get(old, old if others else ""), -1) for old in self.classes]
        return self._relabelled(classes, wanted)

    def within(self, classes: Sequence[str]) -> Listing:
        """The same images with their labels into ``classes``; those of other classes are left out."""
        numbers = {name: number for number, name in enumerate(classes)}
        return self._relabelled(tuple(classes), [numbers.get(name, -1) for name in self.classes])

    def _relabelled(self, classes: tuple[str, ...], wanted: Sequence[int]) -> Listing:
        labels = np.array([*wanted, -1], np.int64)[self.labels]
        return attrs.evolve(self, classes=classes, paths=self.paths[labels >= 0], labels=labels[labels >= 0])


def listing_of(folder: Path, pairs: Iterable[tuple[str, str]], classes: Sequence[str] = ()) -> Listing:
    """A listing of (path below the folder, class) pairs, in that order. Classes not in ``classes`` follow by name."""
    pairs = list(pairs)
    every = tuple(dict.fromkeys([*classes, *sorted({name for _, name in pairs})]))
    numbers = {name: number for number, name in enumerate(every)}
    paths = np.array([os.fsencode(path) for path, _ in pairs], np.bytes_)
    return Listing(folder, every, paths, np.array([numbers[name] for _, name in pairs], np.int64))


def class_folders(folder: Path) -> Listing:
    """The images in class folders, ``cat/1.jpg``, by their names; none where there are no such folders.

    A class folder may hold subsets called after it, as MetaShift's do (``cat/cat(sofa)/1.jpg``). An image that lies in
    several of them is taken once.
    """
    return listing_of(
        folder, ((f"{name}/{file}", name) for name in _entries(folder)[1] for file in _images(folder / name))
    )


def _images(folder: Path) -> list[str]:
    """The images of a class below its folder."""
    files, folders = _entries(folder)
    found = {file: file for file in files}
    for subset in folders:
        if subset.startswith(f"{folder.name}("):
            for file in _entries(folder / subset)[0]:
                found.setdefault(file, f"{subset}/{file}")
    return sorted(found.values())


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    """Names of the images and of the folders in a folder, sorted. What is hidden is passed over."""
    files, folders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                folders.append(entry.name)
            elif os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES and entry.is_file():  # noqa: PTH122 (speed)
                files.append(entry.name)
    return sorted(files), sorted(folders)
