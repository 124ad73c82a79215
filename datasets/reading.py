"""Reading a data set back: one rendered by Simreal, or plain folders of real photos."""

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
from .layout import DESIGN_FILE, index_file, metadata_files
from .metadata_files import read_batches
from .pictures import FilePictures, FolderPictures, Numbers, Pictures, TarPictures, Vocabulary, Words
from .records import Row
from .state import read_state

PLAIN_SPLIT = "all"
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})


@attrs.frozen(eq=False)
class Images:
    """The images of a split in the order of its rows: where they are, labels, and the 3D models they show."""

    pictures: Pictures
    labels: Numbers
    models: Words


@attrs.frozen
class DataSet:
    """A data set on disk. ``classes`` are in label order, ``splits`` those that are finished.

    ``design_hash`` is empty for plain folders of photos.
    """

    path: Path
    classes: tuple[str, ...]
    splits: tuple[str, ...]
    design_hash: str
    _folders: Mapping[str, Path] = attrs.field(repr=False)

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
        """These columns of a split's rows (all, if none are named), some ten thousand rows at a time. A column that is
        not there is all None. Raises what ``rows`` raises."""
        folder = self._folder(split)
        labels = {name: label for label, name in enumerate(self.classes)}
        asked = None if names is None else list(dict.fromkeys(["class" if name == "label" else name for name in names]))
        for batch in self._batches(folder, split, asked):
            if names is None or "label" in names:
                try:
                    batch["label"] = [labels[name] for name in batch["class"]]
                except KeyError as error:
                    raise DataSetError(f"{folder}: its metadata names a class {error} the design lacks") from None
            yield batch if names is None else {name: batch[name] for name in names}

    def images(self, split: str) -> Images:
        """Where the images of a split are, with their labels and models. Raises what ``rows`` raises."""
        folder = self._folder(split)
        indices, labels, names = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], []
        models = Vocabulary()
        for batch in self.columns(split, ("file_name", "index", "label", "model")):
            indices.append(np.array(batch["index"], np.int64))
            labels.append(np.array(batch["label"], np.int64))
            models.add(batch["model"])
            names += [] if self.design_hash else batch["file_name"]
        numbers, known = np.concatenate(indices), np.concatenate(labels)
        pictures: Pictures
        if not self.design_hash:
            pictures = FilePictures(tuple(folder / name for name in names))
        elif index_file(self.path, split).is_file():
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

    def _batches(self, folder: Path, split: str, names: Sequence[str] | None) -> Iterator[dict[str, list[Any]]]:
        if self.design_hash:
            for path in metadata_files(self.path, split):
                yield from read_batches(path, names)
        else:
            rows = _plain_rows(folder, split)
            yield {name: [row.get(name) for row in rows] for name in names or rows[0]}

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
    """Open a data set: a folder rendered by Simreal, ``split/class/image``, or ``class/image`` (split "all").

    Raises DataSetError where it is neither, and DesignError where its design.json cannot be used.
    """
    path = Path(path)
    if not path.is_dir():
        raise DataSetError(f"{path}: {'is a file, not a folder' if path.exists() else 'there is no such folder'}")
    return _open_rendered(path) if (path / DESIGN_FILE).is_file() else _open_plain(path)


def _open_rendered(path: Path) -> DataSet:
    design = load(path / DESIGN_FILE)
    state = read_state(path)
    splits = tuple(split.name for split in design.splits if metadata_files(path, split.name))
    if not splits:
        raise DataSetError(f"{path}: no split is finished yet; run `simreal render {path}` to go on")
    known = state.design_hash if state else design_hash(design)
    return DataSet(path, design.class_names, splits, known, {name: path / name for name in splits})


def _open_plain(path: Path) -> DataSet:
    folders = {PLAIN_SPLIT: path} if _class_names(path) else {f.name: f for f in _subfolders(path) if _class_names(f)}
    if not folders:
        raise DataSetError(f"{path}: no images in class folders; it should be class/image.jpg or split/class/image.jpg")
    classes = sorted({name for folder in folders.values() for name in _class_names(folder)})
    return DataSet(path, tuple(classes), tuple(folders), "", folders)


def _tar_sizes(path: Path) -> list[tuple[str, int]]:
    """The tars of a split with the number of images in each."""
    try:
        shards = json.loads(path.read_text(encoding="utf-8"))["shardlist"]
        return [(str(shard["url"]), int(shard["nsamples"])) for shard in shards]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataSetError(f"{path}: cannot be read ({error}); delete it and run `simreal render` again") from None


def _plain_rows(folder: Path, split: str) -> list[Row]:
    rows: list[Row] = []
    for name in _class_names(folder):
        for file in _images(folder / name):
            rows.append({"file_name": f"{name}/{file}", "index": len(rows), "split": split, "class": name})
    return rows


def _class_names(folder: Path) -> list[str]:
    return [child.name for child in _subfolders(folder) if _images(child)]


def _subfolders(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith("."))


def _images(folder: Path) -> list[str]:
    return sorted(
        file.name
        for file in folder.iterdir()
        if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".") and file.is_file()
    )
