"""Records: which images are committed, with their rows. A record's name is its claim; its file proves it.

The first line names each image (index, class, size and CRC-32) and each failure, and has the SHA-256 of what follows:
a row per image, as metadata.jsonl has it. So images are counted and checked without reading rows, and rows are put
together without understanding them.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from .layout import RECORD_NAME, record_file, shards_folder
from .writing import write_whole

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
class RecordedImage:
    """A committed image: its index, class, and the size in bytes and CRC-32 of its JPEG file."""

    index: int
    class_name: str
    bytes: int
    crc32: int


@attrs.frozen
class Header:
    """The first line of a record: its images in index order, and why those without a row failed."""

    shard: Shard
    images: tuple[RecordedImage, ...]
    failures: Mapping[int, str]
    rows_sha256: str


@attrs.frozen
class Record:
    """A whole record: ``lines`` are the images' rows, JSON in UTF-8 without an end of line."""

    header: Header
    lines: tuple[bytes, ...]

    @property
    def shard(self) -> Shard:
        return self.header.shard

    def rows(self) -> tuple[Row, ...]:
        return tuple(json.loads(line) for line in self.lines)


def make_record(
    shard: Shard, images: Sequence[RecordedImage], lines: Sequence[bytes], failures: Mapping[int, str]
) -> Record:
    """A record of images (with their rows) and failures; both are put into the order of indices."""
    order = sorted(range(len(images)), key=lambda place: images[place].index)
    rows = tuple(lines[place] for place in order)
    digest = hashlib.sha256(_body(rows)).hexdigest()
    return Record(Header(shard, tuple(images[place] for place in order), dict(sorted(failures.items())), digest), rows)


def json_line(row: Mapping[str, Any]) -> bytes:
    """A row as it stands in records and in metadata.jsonl."""
    return json.dumps(row, ensure_ascii=False, allow_nan=False).encode()


def write_record(data: Path, record: Record) -> None:
    """Commit: the record is renamed into existence."""
    header = record.header
    first = {
        "images": [attrs.astuple(image) for image in header.images],
        "failures": {str(index): reason for index, reason in header.failures.items()},
        "rows_sha256": header.rows_sha256,
    }
    shard = record.shard
    path = record_file(data, shard.split, shard.start, shard.stop)
    write_whole(path, json_line(first) + b"\n" + _body(record.lines))


def read_record(data: Path, shard: Shard) -> Record | None:
    """A whole record; None where it is not there, or damaged."""
    try:
        content = record_file(data, shard.split, shard.start, shard.stop).read_bytes()
    except OSError:
        return None
    first, _, body = content.partition(b"\n")
    header = _header(shard, first)
    lines = tuple(body.split(b"\n")[:-1])
    if header is None or len(lines) != len(header.images) or hashlib.sha256(body).hexdigest() != header.rows_sha256:
        return None
    return Record(header, lines)


def read_header(data: Path, shard: Shard) -> Header | None:
    """What a record says in its first line; None where it is not there, or damaged. Its rows are not looked at."""
    try:
        with record_file(data, shard.split, shard.start, shard.stop).open("rb") as file:
            return _header(shard, file.readline())
    except OSError:
        return None


def claims(data: Path, split: str) -> list[Shard]:
    """The ranges that have a record, by names alone, in the order of their starts, wide ones first."""
    try:
        names = [entry.name for entry in os.scandir(shards_folder(data, split))]
    except FileNotFoundError:
        return []
    found = [Shard(split, int(match[1]), int(match[2])) for match in map(RECORD_NAME.fullmatch, names) if match]
    return sorted(found, key=lambda shard: (shard.start, -shard.stop))


def by_block(shards: Iterable[Shard], block: int) -> Iterator[tuple[int, list[Shard]]]:
    """Ranges in order of their starts, block by block; wide ones first, so that what comes later is newer."""
    for number, group in itertools.groupby(shards, lambda shard: shard.start // block):
        yield number, sorted(group, key=lambda shard: (-len(shard), shard.start))


def headers(data: Path, split: str, block: int) -> Iterator[Header]:
    """What is committed, a header per block: records of it that overlap are put together, damaged ones left out.

    A row wins over a failure: that image was tried again.
    """
    for number, shards in by_block(claims(data, split), block):
        images: dict[int, RecordedImage] = {}
        failures: dict[int, str] = {}
        for header in filter(None, (read_header(data, shard) for shard in shards)):
            images |= {image.index: image for image in header.images}
            failures |= header.failures
        ordered = tuple(images[index] for index in sorted(images))
        left = {index: reason for index, reason in sorted(failures.items()) if index not in images}
        yield Header(Shard(split, number * block, (number + 1) * block), ordered, left, "")


def _body(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _header(shard: Shard, line: bytes) -> Header | None:
    try:
        document = json.loads(line)
        images = tuple(
            RecordedImage(int(index), str(name), int(size), int(crc)) for index, name, size, crc in document["images"]
        )
        failures = {int(index): str(reason) for index, reason in document["failures"].items()}
        digest = str(document["rows_sha256"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    known = [image.index for image in images]
    whole = sorted([*known, *failures]) == list(shard.indices) and known == sorted(known)
    return Header(shard, images, failures, digest) if whole else None
