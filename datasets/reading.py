"""Reading a data set back: one rendered by Simreal, or real photos in folders, lists or an image set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from ..design.document import load
from ..design.errors import DataSetError
from ..design.identity import design_hash
from .image_sets import IMAGE_SET_SUFFIX, load_image_set, set_listings
from .layout import DESIGN_FILE, index_file, metadata_files
from .list_files import folder_of_list, listed, read_list
from .listings import IMAGE_SUFFIXES, Listing
from .metadata_files import read_batches
from .photo_layouts import PLAIN_SPLIT, recognised
from .pictures import FolderPictures, Numbers, Pictures, TarPictures, Vocabulary, Words
from .records import Row
from .state import read_state

__all__ = ["IMAGE_SUFFIXES", "PLAIN_SPLIT", "DataSet", "Images", "open_data_set"]


@attrs.frozen(eq=False)
class Images:
    """The images of a split in the order of its rows: where they are, labels, and the 3D models they show."""

    pictures: Pictures
    labels: Numbers
    models: Words


@attrs.frozen
class DataSet:
    """A data set on disk. ``classes`` are in label order, ``splits`` those that are finished.

    ``design_hash`` is empty for photos.
    """

    path: Path
    classes: tuple[str, ...]
    splits: tuple[str, ...]
    design_hash: str
    _folders: Mapping[str, Path] = attrs.field(repr=False)
    _listings: Mapping[str, Listing] = attrs.field(factory=dict, repr=False, eq=False)

    @property
    def name(self) -> str:
        """What it is called: its folder's name, or its file's without suffixes."""
        path = self.path.resolve()
        return path.name if path.is_dir() else path.name.partition(".")[0]

    def rows(self, split: str) -> list[Row]:
        """A row per image: ``file_name`` (in the split's folder, or in its tar), ``index``, ``class``, ``label``, and
        for rendered images every drawn value. Of a large split, ask for ``columns``.

        DataSetError if there is no such finished split, or its metadata is damaged.
        """
        return [
            dict(zip(batch, values, strict=True))
            for batch in self.columns(split)
            for values in zip(*batch.values(), strict=True)
        ]

    def columns(self, split: str, names: Sequence[str] | None = None) -> Iterator[dict[str, list[Any]]]:
        """These columns of a split's rows (all, if none are named), some thousand rows at a time. A column that is
        not there is all None. Raises what ``rows`` raises."""
        folder = self._folder(split)
        labels = {name: label for label, name in enumerate(self.classes)}
        asked = None if names is None else list(dict.fromkeys(["class" if name == "label" else name for name in names]))
        for batch in self._batches(split, asked):
            if names is None or "label" in names:
                try:
                    batch["label"] = [labels[name] for name in batch["class"]]
                except KeyError as error:
                    raise DataSetError(f"{folder}: its metadata names a class {error} the design lacks") from None
            yield batch if names is None else {name: batch[name] for name in names}

    def images(self, split: str) -> Images:
        """Where the images of a split are, with their labels and models. Raises what ``rows`` raises."""
        folder = self._folder(split)
        if split in self._listings:
            listing = self._listings[split]
            return Images(listing.pictures, listing.labels, Words((None,), np.zeros(len(listing), np.int32)))
        indices, labels = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        models = Vocabulary()
        for batch in self.columns(split, ("file_name", "index", "label", "model")):
            indices.append(np.array(batch["index"], np.int64))
            labels.append(np.array(batch["label"], np.int64))
            models.add(batch["model"])
        numbers, known = np.concatenate(indices), np.concatenate(labels)
        pictures: Pictures
        if index_file(self.path, split).is_file():
            pictures = TarPictures.of(folder, _tar_sizes(index_file(self.path, split)), numbers)
        else:
            pictures = FolderPictures(folder, self.classes, numbers, known)
        return Images(pictures, known, models.words())

    def image_path(self, split: str, row: Row) -> Path:
        """The file of a row's image. DataSetError where images lie in tars."""
        folder = self._folder(split)
        if self.design_hash and index_file(self.path, split).is_file():
            raise DataSetError(
                f"{folder}: its images lie in tars; `simreal data convert --layout folders` unpacks them"
            )
        return folder / str(row["file_name"])

    def _batches(self, split: str, names: Sequence[str] | None) -> Iterator[dict[str, list[Any]]]:
        if split not in self._listings:
            for path in metadata_files(self.path, split):
                yield from read_batches(path, names)
            return
        for batch in self._listings[split].columns(split):
            none = [None] * len(batch["index"])
            yield {name: batch.get(name, none) for name in names or batch}

    def _folder(self, split: str) -> Path:
        if split in self._folders:
            folder = self._folders[split]
            if not self.design_hash or metadata_files(self.path, split):
                return folder
        there = ", ".join(self.splits) or "none"
        if self.design_hash and (self.path / split).is_dir():
            raise DataSetError(f"{self.path}: split '{split}' is not finished; run `simreal render {self.path}`")
        raise DataSetError(f"{self.path}: no split '{split}'; there are: {there}")


def open_data_set(path: Path | str) -> DataSet:
    """Open a data set: a folder rendered by Simreal, a folder of photos in one of the layouts of ``photo_layouts``, an
    image set (``image_sets``), or a list of images (``list_files``).

    Raises DataSetError where it is none of them, and DesignError where its design.json cannot be used.
    """
    path = Path(path)
    if path.is_file():
        return _open_file(path)
    if not path.is_dir():
        raise DataSetError(f"{path}: there is no such folder or file")
    return _open_rendered(path) if (path / DESIGN_FILE).is_file() else _photos(path, recognised(path))


def _open_rendered(path: Path) -> DataSet:
    design = load(path / DESIGN_FILE)
    state = read_state(path)
    splits = tuple(split.name for split in design.splits if metadata_files(path, split.name))
    if not splits:
        raise DataSetError(f"{path}: no split is finished yet; run `simreal render {path}` to go on")
    known = state.design_hash if state else design_hash(design)
    return DataSet(path, design.class_names, splits, known, {name: path / name for name in splits})


def _open_file(path: Path) -> DataSet:
    if path.suffix == ".txt":
        found = read_list(path)
        return _photos(path, listed({PLAIN_SPLIT: (folder_of_list(found), found)}))
    if path.name.endswith(IMAGE_SET_SUFFIX):
        return _photos(path, set_listings(load_image_set(path)))
    raise DataSetError(f"{path}: is a file, and neither a list of images (.txt) nor an image set ({IMAGE_SET_SUFFIX})")


def _photos(path: Path, listings: Mapping[str, Listing]) -> DataSet:
    """The data set of these splits, with one order of classes: an order that all share, else by name."""
    orders = {listing.classes for listing in listings.values()}
    classes = (
        orders.pop() if len(orders) == 1 else tuple(sorted({name for one in listings.values() for name in one.classes}))
    )
    aligned = {split: listing.within(classes) for split, listing in listings.items()}
    folders = {split: listing.folder for split, listing in aligned.items()}
    return DataSet(path, classes, tuple(aligned), "", folders, aligned)


def _tar_sizes(path: Path) -> list[tuple[str, int]]:
    """The tars of a split with the number of images in each."""
    try:
        shards = json.loads(path.read_text(encoding="utf-8"))["shardlist"]
        return [(str(shard["url"]), int(shard["nsamples"])) for shard in shards]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataSetError(f"{path}: cannot be read ({error}); delete it and run `simreal render` again") from None
