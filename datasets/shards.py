"""Shards: contiguous ranges of a split's images, each rendered aside and then moved into existence.

A shard's record *is* its commit: it is renamed into place after the shard's images are. So resuming, working in
parallel and streaming all ask one question, ``missing``: which indices does no record claim? Names answer it; what a
record holds is checked when the split is finished.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

import attrs

from ..design.errors import DataSetError
from .layout import moves_folder, parts_folder, record_file
from .records import (
    RecordedImage,
    Row,
    Shard,
    claims,
    headers,
    json_line,
    make_record,
    read_record,
    write_record,
)
from .storage import BLOCK, read_storage
from .tars import sample_bytes, write_tar
from .writing import process_number, sync_folder, write_whole, writing_to

SHARD_SIZE = 50


@attrs.frozen
class ShardRecord:
    """A committed shard: a row per image, in index order, and why the images without a row failed."""

    shard: Shard
    rows: tuple[Row, ...]
    failures: Mapping[int, str]


def plan(split: str, count: int, size: int = SHARD_SIZE, block: int = BLOCK) -> tuple[Shard, ...]:
    """The shards of a whole split: cut at multiples of ``size``, and where a block of images ends."""
    return tuple(_cut(split, [(0, count)], size, block))


def missing(
    data: Path, split: str, count: int, size: int = SHARD_SIZE, *, retry_failed: bool = False
) -> tuple[Shard, ...]:
    """Shards of the images that no record claims, cut as ``plan`` does. Only names are read.

    With ``retry_failed``, whose images are looked up in all records, the shards with failed images are missing too.
    """
    block = read_storage(data).block
    gaps = _gaps(claims(data, split), count)
    if retry_failed:
        failed = [index for header in headers(data, split, block) for index in header.failures if index < count]
        around = ((index // size * size, min((index // size + 1) * size, count)) for index in failed)
        gaps = _merged(sorted([*gaps, *around]))
    return tuple(_cut(split, gaps, size, block))


def committed(data: Path, split: str) -> Iterator[ShardRecord]:
    """The committed shards of a split by first index. One whose record cannot be read is passed over."""
    for shard in claims(data, split):
        record = read_shard(data, shard)
        if record is not None:
            yield record


def read_shard(data: Path, shard: Shard) -> ShardRecord | None:
    """One committed shard; None where there is no such record, or it is damaged."""
    record = read_record(data, shard)
    return None if record is None else ShardRecord(shard, record.rows(), record.header.failures)


def shard_files(data: Path, shard: Shard) -> tuple[Path, ...]:
    """All files that make up a committed shard as its writer left it; copied in this order, its record is the last.

    DataSetError where there is no such record, or it is damaged.
    """
    storage = read_storage(data)
    record = read_record(data, shard)
    if record is None:
        raise DataSetError(f"{data}: shard {shard} is not committed, or its record is damaged")
    own = record_file(data, shard.split, shard.start, shard.stop)
    if storage.layout == "webdataset":
        return own.with_suffix(".tar"), own
    images = (data / shard.split / storage.file_name(image.class_name, image.index) for image in record.header.images)
    return *images, own


def claimed_images(data: Path, split: str, count: int | None = None) -> int:
    """How many of a split's first ``count`` images are committed, by the names of the records alone."""
    images = end = 0
    for shard in claims(data, split):
        stop = shard.stop if count is None else min(shard.stop, count)
        images, end = images + max(0, stop - max(shard.start, end)), max(end, stop)
    return images


class ShardWriter:
    """Writes one shard: ``add`` or ``fail`` every index, in any order, then ``commit``. Leaving without is no trace.

    ``commit_part`` keeps what there is of a shard that is left early. The images go where the data set's state says.

    All methods raise DataSetError where the disk does not let them write.
    """

    def __init__(self, data: Path, shard: Shard) -> None:
        self.shard = shard
        self._data = data
        self._storage = read_storage(data)
        if shard.start // self._storage.block != (shard.stop - 1) // self._storage.block:
            raise ValueError(f"shard {shard} reaches across a block of {self._storage.block} images")
        self._part = parts_folder(data) / f"{shard.split}-{shard.start:08d}-{shard.stop:08d}.{process_number()}"
        self._images: dict[int, RecordedImage] = {}
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
        """Write an image. ``row`` holds its "index" and "class", and is kept with the "file_name" of the layout."""
        path = self._note(row, len(jpeg), zlib.crc32(jpeg))
        with writing_to(self._data), path.open("wb") as file:
            file.write(jpeg)
            if self._storage.layout == "folders":
                file.flush()
                os.fsync(file.fileno())

    def add_file(self, source: Path, row: Row) -> None:
        """``add`` the image in a file, by a hard link to it where the layout and the disk allow."""
        jpeg = source.read_bytes()
        path = self._note(row, len(jpeg), zlib.crc32(jpeg))
        with writing_to(self._data):
            try:
                path.hardlink_to(source)
            except OSError:  # another disk, or one without links
                path.write_bytes(jpeg)

    def fail(self, index: int, reason: str) -> None:
        """Record that an image could not be rendered."""
        self._failures[index] = reason

    def commit(self) -> ShardRecord:
        """Move the images to where they belong, then the record into existence.

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
        runs = _merged((index, index + 1) for index in sorted(self._rows))
        return tuple(self._commit(Shard(self.shard.split, start, stop)) for start, stop in runs)

    def _note(self, row: Row, size: int, crc32: int) -> Path:
        """Keep a row; returns where its image is to be until the commit."""
        index, class_name = row["index"], row["class"]
        name = self._storage.file_name(class_name, index)
        self._images[index] = RecordedImage(index, class_name, size, crc32)
        self._rows[index] = {"file_name": name, **row, **({"file_name": name} if "file_name" in row else {})}
        path = self._part / name
        with writing_to(self._data):
            path.parent.mkdir(exist_ok=True)
        return path

    def _commit(self, shard: Shard) -> ShardRecord:
        kept = [index for index in shard.indices if index in self._rows]
        failures = {index: self._failures[index] for index in shard.indices if index in self._failures}
        rows = {index: self._rows[index] for index in kept}
        lines = {index: json_line(row) for index, row in rows.items()}
        with writing_to(self._data):
            if self._storage.layout == "folders":
                self._move(shard, rows)
            else:
                self._pack(shard, lines)
            record = make_record(shard, [self._images[index] for index in kept], list(lines.values()), failures)
            write_record(self._data, record)
            self._moves(shard).unlink(missing_ok=True)
        return ShardRecord(shard, tuple(rows.values()), failures)

    def _move(self, shard: Shard, rows: Mapping[int, Row]) -> None:
        names = [row["file_name"] for row in rows.values()]
        write_whole(self._moves(shard), json.dumps(names).encode())
        folder = self._data / shard.split
        for name in names:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._part / name).replace(target)
        for class_name in {row["class"] for row in rows.values()}:
            sync_folder(folder / class_name)

    def _pack(self, shard: Shard, lines: Mapping[int, bytes]) -> None:
        samples = (
            sample_bytes(index, row["label"], (self._part / row["file_name"]).read_bytes(), lines[index])
            for index, row in ((index, self._rows[index]) for index in lines)
        )
        target = record_file(self._data, shard.split, shard.start, shard.stop).with_suffix(".tar")
        target.parent.mkdir(exist_ok=True)
        whole = self._part / target.name
        with whole.open("wb") as file:
            write_tar(file, samples)
            file.flush()
            os.fsync(file.fileno())
        whole.replace(target)
        sync_folder(target.parent)

    def _moves(self, shard: Shard) -> Path:
        return moves_folder(self._data) / f"{shard.split}-{shard.start:08d}-{shard.stop:08d}.{process_number()}"


def sweep_moves(data: Path) -> None:
    """Take back what killed writers had begun to commit: images and tars that no record came to claim.

    The caller holds the folder's lock, and no writer is at work.
    """
    for note in moves_folder(data).glob("*.*"):
        split, start, stop = note.name.rpartition(".")[0].rsplit("-", 2)
        claimed = {
            index for shard in claims(data, split) for index in range(int(start), int(stop)) if index in shard.indices
        }
        for name in _names_in(note):
            if int(Path(name).stem) not in claimed:
                (data / split / name).unlink(missing_ok=True)
        note.unlink()
    for folder in (path for path in parts_folder(data).parent.glob("[!.]*") if path.is_dir()):
        for tar in folder.glob("*-*.tar"):
            if not tar.with_suffix(".jsonl").is_file():
                tar.unlink()


def _names_in(note: Path) -> list[str]:
    """The images a note lists. One that is cut short was written before anything was moved."""
    try:
        return list(json.loads(note.read_bytes()))
    except ValueError:
        return []


def _gaps(shards: Iterable[Shard], count: int) -> list[tuple[int, int]]:
    """The ranges below ``count`` that shards, in order of their starts, leave open."""
    gaps: list[tuple[int, int]] = []
    end = 0
    for shard in shards:
        if end < min(shard.start, count):
            gaps.append((end, min(shard.start, count)))
        end = max(end, shard.stop)
    return [*gaps, (end, count)] if end < count else gaps


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order of their starts, those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, stop in ranges:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], stop)
        else:
            merged.append((start, stop))
    return merged


def _cut(split: str, ranges: Iterable[tuple[int, int]], size: int, block: int) -> Iterator[Shard]:
    """Ranges cut at multiples of ``size`` and of ``block``."""
    for first, stop in ranges:
        start = first
        while start < stop:
            end = min(stop, (start // size + 1) * size, (start // block + 1) * block)
            yield Shard(split, start, end)
            start = end
