"""Shards: contiguous ranges of a split's images, each rendered aside and then moved into existence.

A shard's file of rows *is* its commit: it is renamed into place after the shard's images are. So resuming, working in
parallel and streaming all ask one question, ``missing``: which indices has no committed shard?
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

import attrs

from ..design.errors import DataSetError
from .layout import image_name, parts_folder, shards_folder, surplus_folder
from .writing import sync_folder, write_whole, writing_to

SHARD_SIZE = 50

Row: TypeAlias = dict[str, Any]


@attrs.frozen(order=True)
class Shard:
    """The images ``start`` .. ``stop`` - 1 of a split."""

    split: str
    start: int
    stop: int

    @property
    def indices(self) -> range:
        return range(self.start, self.stop)

    def __len__(self) -> int:
        return self.stop - self.start

    def __str__(self) -> str:
        return f"{self.split} {self.start}-{self.stop - 1}"


@attrs.frozen
class ShardRecord:
    """A committed shard: a row per image, in index order, and why the images without a row failed."""

    shard: Shard
    rows: tuple[Row, ...]
    failures: Mapping[int, str]


def plan(split: str, count: int, size: int = SHARD_SIZE) -> tuple[Shard, ...]:
    """The shards of a whole split."""
    return _cut(split, range(count), size)


def missing(
    data: Path, split: str, count: int, size: int = SHARD_SIZE, *, retry_failed: bool = False
) -> tuple[Shard, ...]:
    """Shards of the images that no committed shard has, cut at multiples of ``size``.

    A shard whose image files are not all there counts as missing; with ``retry_failed``, one with failures does too.
    """
    present = present_images(data, split)
    done: set[int] = set()
    for record in committed(data, split):
        if all(row["file_name"] in present for row in record.rows) and not (retry_failed and record.failures):
            done.update(record.shard.indices)
    return _cut(split, (index for index in range(count) if index not in done), size)


def committed(data: Path, split: str) -> Iterator[ShardRecord]:
    """The committed shards of a split by first index. A file that cannot be read is no commit, and is passed over."""
    for path in sorted(shards_folder(data, split).glob("*-*.jsonl")):
        record = _read(path, split)
        if record is not None:
            yield record


def claimed(data: Path, split: str) -> tuple[Shard, ...]:
    """The committed shards of a split by first index, as their names tell: quick, nothing is read."""
    names = sorted(path.stem for path in shards_folder(data, split).glob("*-*.jsonl"))
    return tuple(Shard(split, *(int(number) for number in name.split("-"))) for name in names)


def claimed_images(data: Path, split: str, count: int | None = None) -> int:
    """How many of a split's first ``count`` images are committed, by the names of the shards alone: quick, for show."""
    images = end = 0
    for shard in claimed(data, split):
        stop = shard.stop if count is None else min(shard.stop, count)
        images, end = images + max(0, stop - max(shard.start, end)), max(end, stop)
    return images


def read_record(data: Path, shard: Shard) -> ShardRecord | None:
    """A committed shard; None where its file is not there, or cannot be read."""
    return _read(shards_folder(data, shard.split) / f"{shard.start:08d}-{shard.stop:08d}.jsonl", shard.split)


def present_images(data: Path, split: str) -> set[str]:
    """File names (``cup/00000012.jpg``) of a split's images, those laid aside as surplus too."""
    return {*image_files(data / split), *image_files(surplus_folder(data, split))}


def image_files(folder: Path) -> Iterator[str]:
    """``class/file`` of all files one level below ``folder``."""
    if not folder.is_dir():
        return
    for class_folder in folder.iterdir():
        if class_folder.is_dir():
            for file in class_folder.iterdir():
                yield f"{class_folder.name}/{file.name}"


class ShardWriter:
    """Writes one shard: ``add`` or ``fail`` every index, in any order, then ``commit``. Leaving without is no trace.

    ``commit_part`` keeps what there is of a shard that is left early.

    All methods raise DataSetError where the disk does not let them write.
    """

    def __init__(self, data: Path, shard: Shard) -> None:
        self.shard = shard
        self._data = data
        self._part = parts_folder(data) / f"{shard.split}-{shard.start:08d}-{shard.stop:08d}.{os.getpid()}"
        self._rows: dict[int, Row] = {}
        self._failures: dict[int, str] = {}

    def __enter__(self) -> ShardWriter:
        with writing_to(self._data):
            self._part.parent.mkdir(exist_ok=True)  # not its parents: a data set that was deleted is not to come back
            self._part.mkdir(exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        shutil.rmtree(self._part, ignore_errors=True)

    def add(self, jpeg: bytes, row: Row) -> None:
        """Write an image. ``row`` holds its "index", "class" and "file_name"."""
        path = self._part / row["file_name"]
        with writing_to(self._data):
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as file:
                file.write(jpeg)
                file.flush()
                os.fsync(file.fileno())
        self._rows[row["index"]] = row

    def fail(self, index: int, reason: str) -> None:
        """Record that an image could not be rendered."""
        self._failures[index] = reason

    def commit(self) -> ShardRecord:
        """Move the images into their class folders, then the rows into existence.

        DataSetError if an index is neither added nor failed, or if all failed: then the shard stays missing.
        """
        if {*self._rows, *self._failures} != set(self.shard.indices):
            raise DataSetError(f"shard {self.shard} is not complete")
        if not self._rows:
            reason = self._failures[self.shard.start]
            raise DataSetError(f"all {len(self.shard)} images of shard {self.shard} failed; the first: {reason}")
        return self._commit(self.shard)

    def commit_part(self) -> tuple[ShardRecord, ...]:
        """Commit what there is, where the shard is not to be finished: runs of consecutive images, as shards each."""
        runs = _cut(self.shard.split, sorted(self._rows), self.shard.stop)
        return tuple(self._commit(run) for run in runs)

    def _commit(self, shard: Shard) -> ShardRecord:
        rows = tuple(self._rows[index] for index in shard.indices if index in self._rows)
        failures = {index: self._failures[index] for index in shard.indices if index in self._failures}
        split_folder = self._data / shard.split
        with writing_to(self._data):
            for row in rows:
                target = split_folder / row["file_name"]
                target.parent.mkdir(parents=True, exist_ok=True)
                (self._part / row["file_name"]).replace(target)
            for class_name in {row["class"] for row in rows}:
                sync_folder(split_folder / class_name)
            lines = [*rows, *({"index": index, "failed": reason} for index, reason in failures.items())]
            name = f"{shard.start:08d}-{shard.stop:08d}.jsonl"
            write_whole(shards_folder(self._data, shard.split) / name, json_lines(lines))
        return ShardRecord(shard, rows, failures)


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as JSON lines in UTF-8."""
    return "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows).encode()


def _cut(split: str, indices: Iterable[int], size: int) -> tuple[Shard, ...]:
    """Runs of consecutive indices, cut at multiples of ``size``."""
    shards: list[Shard] = []
    for index in indices:
        if shards and shards[-1].stop == index and index % size:
            shards[-1] = Shard(split, shards[-1].start, index + 1)
        else:
            shards.append(Shard(split, index, index + 1))
    return tuple(shards)


def _read(path: Path, split: str) -> ShardRecord | None:
    try:
        start, stop = (int(number) for number in path.stem.split("-"))
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows = tuple(line for line in lines if "failed" not in line)
        failures = {line["index"]: line["failed"] for line in lines if "failed" in line}
        indices = {*(row["index"] for row in rows), *failures}
        shard = Shard(split, start, stop)
        named = all(row["file_name"] == image_name(row["class"], row["index"]) for row in rows)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return ShardRecord(shard, rows, failures) if named and indices == set(shard.indices) else None
