"""Blocks: a thousand images whose records, once all are committed, become one; and their tars with them.

So a data set of 12.8 million images is 12,800 records, and 12,800 tars, whatever its shards were. Every step leaves a
folder that is whole: the tar is renamed into place, then the record, and only then goes what they were made from.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from .layout import record_file, surplus_folder, tar_name
from .records import Record, RecordedImage, Shard, by_block, claims, make_record, read_record, write_record
from .storage import Storage
from .tars import Span, holds, sample_spans, tar_bytes, write_tar
from .writing import process_number, sync_folder, writing_to


class Packer:
    """Told of every committed shard while a data set is rendered, it merges each block that is complete.

    It belongs to the process that holds the folder's lock; ``missing`` and ``committed`` are true at any moment.
    """

    def __init__(self, data: Path, storage: Storage) -> None:
        self._data = data
        self._storage = storage
        self._there: dict[str, Counter[int]] = {}

    def committed(self, shard: Shard) -> None:
        """A shard was committed. DataSetError where the disk does not let the block be written."""
        block = self._storage.block
        if shard.split not in self._there:  # what an earlier process left in pieces too
            found = [*by_block(claims(self._data, shard.split), block)]
            self._there[shard.split] = Counter({number: sum(map(len, shards)) for number, shards in found})
            merge(self._data, shard.split, self._storage)
            return
        there, number = self._there[shard.split], shard.start // block
        there[number] += len(shard)
        if there[number] >= block:
            merge(self._data, shard.split, self._storage, number)


def merge(data: Path, split: str, storage: Storage, only: int | None = None) -> None:
    """Merge the records of a split's complete blocks, or of one of them. DataSetError where it cannot write."""
    for number, shards in by_block(claims(data, split), storage.block):
        if only in (None, number) and len(shards) > 1 and _covers(shards, storage.block):
            merge_block(data, storage, shards)


def merge_block(data: Path, storage: Storage, shards: Sequence[Shard]) -> Record | None:
    """Make the records of one block, which leave no gap, a single one; older ones come first.

    None where one of them, or an image it needs, cannot be read: then nothing is changed.
    """
    pieces = [_tars(data, shard, storage.block)[0] for shard in shards]
    if len(shards) == 1 and not pieces[0].is_file():
        return read_record(data, shards[0])
    records = [record for shard in shards if (record := read_record(data, shard))]
    if len(records) < len(shards):
        return None
    whole = _union(records)
    with writing_to(data):
        if storage.layout == "webdataset" and not _pack(data, storage, whole, records):
            return None
        write_record(data, whole)
        for shard, piece in zip(shards, pieces, strict=True):
            if shard != whole.shard:
                record_file(data, shard.split, shard.start, shard.stop).unlink(missing_ok=True)
            piece.unlink(missing_ok=True)
    return whole


def tar_of(data: Path, record: Record, block: int) -> Path | None:
    """The tar that has a record's images: the writer's, the one laid aside, or the one shown; None if none fits."""
    return next((path for path in _tars(data, record.shard, block) if _fits(path, record)), None)


def write_tar_whole(target: Path, samples: Iterator[bytes]) -> None:
    """Write a tar by renaming it into existence."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{process_number()}")
    try:
        with temporary.open("wb") as file:
            write_tar(file, samples)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _covers(shards: Sequence[Shard], block: int) -> bool:
    """Whether shards, the wide ones first, have all of their block."""
    whole = len(shards[0]) == block
    return whole or len({index for shard in shards for index in shard.indices}) == block


def _union(records: Sequence[Record]) -> Record:
    """Records of one block as one: of an image in several the last counts, and a row wins over a failure."""
    images: dict[int, RecordedImage] = {}
    lines: dict[int, bytes] = {}
    failures: dict[int, str] = {}
    for record in records:
        images |= {image.index: image for image in record.header.images}
        lines |= {image.index: line for image, line in zip(record.header.images, record.lines, strict=True)}
        failures |= record.header.failures
    shard = Shard(records[0].shard.split, min(r.shard.start for r in records), max(r.shard.stop for r in records))
    left = {index: reason for index, reason in failures.items() if index not in images}
    return make_record(shard, list(images.values()), [lines[index] for index in images], left)


def _pack(data: Path, storage: Storage, whole: Record, records: Sequence[Record]) -> bool:
    """Write a block's tar from the tars of its records. False where one of these has none that fits."""
    _, aside, shown = _tars(data, whole.shard, storage.block)
    target = aside if aside.is_file() else shown
    places: dict[int, tuple[BinaryIO, Span]] = {}
    with ExitStack() as stack:
        for record in records:
            tar = tar_of(data, record, storage.block)
            if tar is None:
                return False
            if tar == target:  # until the new record is there, the old one must find its own
                tar = _tars(data, record.shard, storage.block)[0]
                tar.unlink(missing_ok=True)
                _link(target, tar)
            file = stack.enter_context(tar.open("rb"))
            spans = sample_spans(record)
            places |= {image.index: (file, span) for image, span in zip(record.header.images, spans, strict=True)}
        write_tar_whole(target, (_sample(*places[image.index]) for image in whole.header.images))
    return True


def _tars(data: Path, shard: Shard, block: int) -> tuple[Path, Path, Path]:
    """Where a record's images may lie: as its writer left them, laid aside as surplus, and where readers look."""
    name = tar_name(shard.split, shard.start // block)
    piece = record_file(data, shard.split, shard.start, shard.stop).with_suffix(".tar")
    return piece, surplus_folder(data, shard.split) / name, data / shard.split / name


def _fits(tar: Path, record: Record) -> bool:
    """Whether a tar is a record's, by its size and where its last image lies."""
    spans = sample_spans(record)
    try:
        if tar.stat().st_size != tar_bytes(spans):
            return False
        with tar.open("rb") as file:
            return not spans or holds(file, spans[-1], record.header.images[-1].index)
    except OSError:
        return False


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a disk without links
        shutil.copyfile(source, target)


def _sample(file: BinaryIO, span: Span) -> bytes:
    file.seek(span[0])
    return file.read(span[1])
