"""Reading a data set back: one rendered by Simreal, or plain folders of real photos."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..design.document import load
from ..design.errors import DataSetError
from ..design.identity import design_hash
from .layout import DESIGN_FILE, metadata_file
from .shards import Row
from .state import read_state

PLAIN_SPLIT = "all"
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})


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
        """A row per image: ``file_name`` (in the split's folder), ``index``, ``class``, ``label``, and for rendered
        images every drawn value. DataSetError if there is no such finished split, or its metadata is damaged."""
        folder = self._folder(split)
        rows = _read_rows(metadata_file(self.path, split)) if self.design_hash else _plain_rows(folder, split)
        labels = {name: label for label, name in enumerate(self.classes)}
        return [{**row, "label": labels[row["class"]]} for row in rows]

    def image_path(self, split: str, row: Row) -> Path:
        """The file of a row's image."""
        return self._folder(split) / str(row["file_name"])

    def _folder(self, split: str) -> Path:
        if split in self._folders:
            return self._folders[split]
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
    splits = tuple(split.name for split in design.splits if metadata_file(path, split.name).is_file())
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


def _read_rows(path: Path) -> list[Row]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if not all({"file_name", "class", "index"} <= row.keys() for row in rows):
            raise ValueError("a row lacks its file_name, class or index")
    except (OSError, ValueError, AttributeError) as error:
        raise DataSetError(f"{path}: cannot be read ({error}); delete it and run `simreal render` again") from None
    return rows


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
