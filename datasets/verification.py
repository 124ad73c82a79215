"""Whether a data set is still what was committed, without rendering anything again."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs
from PIL import Image, UnidentifiedImageError

from ..design.design import Design
from ..design.document import load
from ..design.errors import DataSetError
from ..design.sampling import Sampler
from .blocks import tar_of
from .finishing import release
from .layout import DESIGN_FILE, metadata_files
from .messages import Progress, Report
from .metadata_files import count_rows
from .records import Record, RecordedImage, Row, Shard, by_block, claims, read_record
from .state import State, read_state
from .storage import Storage
from .tars import Span, holds, jpeg_offset, sample_spans
from .writing import writing_to


@attrs.frozen
class Fault:
    """What is wrong with some images of a split."""

    split: str
    indices: tuple[int, ...]
    problem: str

    def __str__(self) -> str:
        first, more = self.indices[0], len(self.indices) - 1
        return f"{self.split}/{first}{f' and {more} more' if more else ''}: {self.problem}"


@attrs.frozen
class Verification:
    """``images`` were looked at; ``faults`` are what was found."""

    images: int
    faults: tuple[Fault, ...]


def verify(data: Path, report: Report, *, fast: bool = False, repair: bool = False) -> Verification:
    """Compare the files with what the records say of them.

    ``fast`` looks at names, counts, sizes and headers; else images are decoded and hashed, and every row is compared
    with what the design draws for its index. ``repair`` makes damaged images missing, so that ``simreal render``
    renders them again. DataSetError where there are no records.
    """
    state, design = read_state(data), load(data / DESIGN_FILE) if (data / DESIGN_FILE).is_file() else None
    if state is None or design is None:
        raise DataSetError(
            f"{data}: has no records of a render (design.json, .simreal); there is nothing to compare with"
        )
    total = sum(shard.stop - shard.start for split in design.splits for shard in claims(data, split.name))
    faults: list[Fault] = []
    done = 0
    report(Progress("verify", 0, total, "images", None, None))
    for split in design.splits:
        rows = 0
        check = _Check(data, design, state, split.name, fast)
        for _, shards in by_block(claims(data, split.name), state.storage.block):
            for shard in shards:
                record = read_record(data, shard)
                found = (
                    list(check.record(record))
                    if record
                    else [Fault(split.name, tuple(shard.indices), "record is damaged")]
                )
                faults += found
                if repair and found and not state.derived:
                    _repair(data, state.storage, shard, record, {index for fault in found for index in fault.indices})
                rows += sum(image.index < split.count for image in record.header.images) if record else 0
                done += len(shard)
            report(Progress("verify", done, total, "images", None, None))
        faults += _metadata_faults(data, split.name, rows)
    return Verification(done, tuple(faults))


class _Check:
    """Checks records of one split."""

    def __init__(self, data: Path, design: Design, state: State, split: str, fast: bool) -> None:
        self._data = data
        self._storage = state.storage
        self._split = split
        self._count = design.split(split).count
        self._fast = fast
        self._sampler = None if fast or state.derived else Sampler(design, split)
        self._size = design.image.resolution_px

    def record(self, record: Record) -> Iterator[Fault]:
        """What is wrong with the images of a record; each image is named once."""
        if self._storage.layout == "webdataset":
            tar = tar_of(self._data, record, self._storage.block)
            if tar is None:
                yield self._fault(record.shard.indices, "the tar is gone, or not of its size")
                return
            with tar.open("rb") as file:
                found = list(self._each(record, file))
        else:
            found = list(self._each(record, None))
        by_problem: dict[str, list[int]] = {}
        for index, problem in found:
            by_problem.setdefault(problem, []).append(index)
        for problem, indices in by_problem.items():
            yield self._fault(indices, problem)

    def _each(self, record: Record, tar: BinaryIO | None) -> Iterator[tuple[int, str]]:
        rows = () if self._fast else record.rows()
        spans = sample_spans(record) if tar is not None else []
        for place, image in enumerate(record.header.images):
            span = spans[place] if spans else None
            problem = self._quick(image, tar, span) if self._fast else self._thorough(image, rows[place], tar, span)
            if problem:
                yield image.index, problem

    def _quick(self, image: RecordedImage, tar: BinaryIO | None, span: Span | None) -> str:
        if tar is not None and span is not None:
            return "" if holds(tar, span, image.index) else "is not where it should be in its tar"
        try:
            size = os.stat(self._file(image)).st_size  # noqa: PTH116 - a Path for each of millions takes longer
        except OSError:
            return "the image is gone"
        return "" if size == image.bytes else f"the image has {size} bytes, not {image.bytes}"

    def _thorough(self, image: RecordedImage, row: Row, tar: BinaryIO | None, span: Span | None) -> str:
        problem = self._quick(image, tar, span)
        if problem:
            return problem
        if tar is not None and span is not None:
            tar.seek(jpeg_offset(span))
            jpeg = tar.read(image.bytes)
        else:
            jpeg = Path(self._file(image)).read_bytes()
        if zlib.crc32(jpeg) != image.crc32:
            return "the image's bytes are not those that were rendered"
        return self._undecodable(jpeg) or self._undrawn(row)

    def _undecodable(self, jpeg: bytes) -> str:
        try:
            with Image.open(io.BytesIO(jpeg)) as picture:
                picture.load()
        except (OSError, SyntaxError, ValueError, UnidentifiedImageError):
            return "the image cannot be decoded"
        return ""

    def _undrawn(self, row: Row) -> str:
        """What of a row is not what the design draws for its index."""
        if self._sampler is None:
            return ""
        spec = self._sampler.spec(row["index"])
        drawn = {"class": spec.class_name, "label": spec.label, "seed": spec.seed}
        for name, draw in spec.factors.items():
            drawn |= {f"{name}.drawn": draw.drawn, **{f"{name}.{key}": value for key, value in draw.values.items()}}
        wrong = [name for name, value in drawn.items() if row.get(name) != value]
        if row.get("model") not in spec.models:
            wrong.append("model")
        return f"the row is not what the design draws: {', '.join(wrong[:3])}" if wrong else ""

    def _file(self, image: RecordedImage) -> str:
        name = self._storage.file_name(image.class_name, image.index)
        shown = f"{self._data}/{self._split}/{name}"
        return shown if image.index < self._count else f"{self._data}/.simreal/.surplus/{self._split}/{name}"

    def _fault(self, indices: range | list[int], problem: str) -> Fault:
        return Fault(self._split, tuple(indices), problem)


def _metadata_faults(data: Path, split: str, rows: int) -> Iterator[Fault]:
    """A finished split's metadata has a row for every image wanted."""
    files = metadata_files(data, split)
    if not files:
        return
    try:
        there = sum(map(count_rows, files))
    except DataSetError as error:
        yield Fault(split, (0,), str(error))
        return
    if there != rows:
        yield Fault(split, (min(there, rows),), f"the metadata has {there} rows for {rows} images")


def _repair(data: Path, storage: Storage, shard: Shard, record: Record | None, indices: set[int]) -> None:
    with writing_to(data):
        if record is None:
            (data / ".simreal" / shard.split / f"{shard.start:08d}-{shard.stop:08d}.jsonl").unlink()
        else:
            list(release(data, storage, record, indices))
