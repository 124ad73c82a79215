"""Finishing a split: from records to a folder that holds exactly the images wanted, and their metadata.

It goes through the split block by block, however many images there are: records are merged, each image is looked for by
its name, and what is damaged or gone is made missing again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from ..design.document import load, to_document
from ..design.errors import DataSetError
from .blocks import merge_block, tar_of, write_tar_whole
from .layout import DESIGN_FILE, OWN_FOLDER, index_file, record_file, surplus_folder, tar_name
from .metadata import column_types
from .metadata_files import MetadataWriter
from .records import Record, Shard, by_block, claims, headers, make_record, write_record
from .shards import missing
from .storage import Storage, read_storage
from .tars import sample_spans
from .writing import write_whole, writing_to


@attrs.frozen
class FinishedSplit:
    """What a finished split holds: ``images`` by class in label order, and why images that are not there failed."""

    name: str
    images: Mapping[str, int]
    failures: Mapping[int, str]

    @property
    def total(self) -> int:
        return sum(self.images.values())


class DamagedSplit(DataSetError):
    """Images that were committed are damaged or gone. They are missing again: ``shards``."""

    def __init__(self, data: Path, shards: tuple[Shard, ...]) -> None:
        images = sum(map(len, shards))
        first = ", ".join(map(str, shards[:3])) + (", ..." if len(shards) > 3 else "")
        super().__init__(
            f"{data}: {images} images are damaged or gone ({first}); `simreal render {data}` renders them again"
        )
        self.shards = shards


def split_contents(data: Path, name: str, count: int, classes: tuple[str, ...]) -> FinishedSplit:
    """What is committed of a split's first ``count`` images, by what the records say in their first lines."""
    counts: Counter[str] = Counter()
    failures: dict[int, str] = {}
    for header in headers(data, name, read_storage(data).block):
        counts.update(image.class_name for image in header.images if image.index < count)
        failures |= {index: reason for index, reason in header.failures.items() if index < count}
    return FinishedSplit(name, {class_name: counts[class_name] for class_name in classes}, failures)


def finish_split(data: Path, name: str, count: int, *, images_here: bool = True) -> None:
    """Write a split's metadata, once all its shards are there. However they came to be, the bytes are the same.

    Images beyond ``count`` (it was larger once) are laid aside, and fetched back when it grows again; unless
    ``images_here``, images in class folders lie elsewhere, and are not looked for. Raises DataSetError if shards are
    missing, and DamagedSplit, a kind of it, if some turn out to be damaged.
    """
    gaps = missing(data, name, count)
    if gaps:
        raise DataSetError(f"{data}: {sum(map(len, gaps))} images of {name} are not rendered yet")
    if not (data / name).is_dir() and not claims(data, name):  # no image was ever wanted
        return
    storage = read_storage(data)
    design = data / DESIGN_FILE
    columns = column_types(load(design)) if storage.metadata == "parquet" and design.is_file() else {}
    lost: list[Shard] = []
    tars: list[tuple[str, int, int]] = []
    with writing_to(data), MetadataWriter(data / name, storage, columns) as metadata:
        for number, shards in by_block(claims(data, name), storage.block):
            record = merge_block(data, storage, shards)
            if record is None:
                lost += _give_up_unreadable(data, storage, shards)
                continue
            gone = _place(data, storage, record, count) if images_here else []
            lost += gone
            lines = [
                line for image, line in zip(record.header.images, record.lines, strict=True) if image.index < count
            ]
            if lines and not gone:
                metadata.add(lines)
                if storage.layout == "webdataset":
                    tar = data / name / tar_name(name, number)
                    tars.append((tar.name, len(lines), tar.stat().st_size))
        if any(shard.start < count for shard in lost):
            raise DamagedSplit(data, tuple(shard for shard in lost if shard.start < count))
        if storage.layout == "folders" and images_here:
            _remove_empty_folders(data / name)
        metadata.commit()
        if storage.layout == "webdataset":
            write_whole(index_file(data, name), _wids_index(name, tars))


def data_hash(data: Path) -> str:
    """SHA-256 over the paths and bytes of all files, without ``.simreal``.

    Of design.json all counts but where its libraries lie, which depends on where the data set does.
    """
    digest = hashlib.sha256()
    for path in sorted(data.rglob("*"), key=lambda path: path.relative_to(data).as_posix()):
        relative = path.relative_to(data)
        if relative.parts[0] == OWN_FOLDER or not path.is_file():
            continue
        content = _design_without_places(path) if relative == Path(DESIGN_FILE) else path.read_bytes()
        digest.update(f"{relative.as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def release(data: Path, storage: Storage, record: Record, indices: set[int]) -> Iterator[Shard]:
    """Make images of a record missing again: what is left of it becomes records of their own. Yields what is missing.

    The tar of a block has one record; of it all images go.
    """
    shard = record.shard
    kept = [] if storage.layout == "webdataset" else [index for index in shard.indices if index not in indices]
    places = {image.index: place for place, image in enumerate(record.header.images)}
    for run in _runs(shard.split, kept):
        chosen = [places[index] for index in run.indices if index in places]
        failures = {index: reason for index, reason in record.header.failures.items() if index in run.indices}
        images = [record.header.images[place] for place in chosen]
        write_record(data, make_record(run, images, [record.lines[place] for place in chosen], failures))
    record_file(data, shard.split, shard.start, shard.stop).unlink(missing_ok=True)
    yield from _runs(shard.split, sorted(set(shard.indices) - set(kept)))


def _runs(split: str, indices: list[int]) -> Iterator[Shard]:
    """Runs of consecutive indices."""
    start = 0
    for place in range(1, len(indices) + 1):
        if place == len(indices) or indices[place] != indices[place - 1] + 1:
            yield Shard(split, indices[start], indices[place - 1] + 1)
            start = place


def _give_up_unreadable(data: Path, storage: Storage, shards: list[Shard]) -> Iterator[Shard]:
    """Forget the records of a block that cannot be read, or whose tar does not fit, so that they are missing again."""
    for shard in shards:
        alone = merge_block(data, storage, [shard])
        fits = alone is not None and (storage.layout == "folders" or tar_of(data, alone, storage.block) is not None)
        if not fits:
            record_file(data, shard.split, shard.start, shard.stop).unlink(missing_ok=True)
            yield shard


def _place(data: Path, storage: Storage, record: Record, count: int) -> list[Shard]:
    """Put the images of a block where they belong: shown below ``count``, else aside. Returns what is missing of it."""
    if storage.layout == "webdataset":
        return _place_tar(data, storage, record, count)
    shown, aside = data / record.shard.split, surplus_folder(data, record.shard.split)
    gone: set[int] = set()
    for image in record.header.images:
        name = storage.file_name(image.class_name, image.index)
        if image.index < count:
            if not os.path.isfile(shown / name) and not _move(aside / name, shown / name):  # noqa: PTH113 - millions
                gone.add(image.index)
        else:
            _move(shown / name, aside / name)
    return list(release(data, storage, record, gone)) if gone else []


def _place_tar(data: Path, storage: Storage, record: Record, count: int) -> list[Shard]:
    shard = record.shard
    name = tar_name(shard.split, shard.start // storage.block)
    shown, aside = data / shard.split / name, surplus_folder(data, shard.split) / name
    tar = tar_of(data, record, storage.block)
    if tar is None:
        return list(release(data, storage, record, set(shard.indices)))
    if shard.stop <= count:
        if tar != shown:
            _move(tar, shown)
        aside.unlink(missing_ok=True)
        return []
    if tar != aside:
        _move(tar, aside)
    spans = sample_spans(record)
    wanted = [span for image, span in zip(record.header.images, spans, strict=True) if image.index < count]
    if wanted:
        with aside.open("rb") as file:
            write_tar_whole(shown, iter([file.read(sum(length for _, length in wanted))]))
    else:
        shown.unlink(missing_ok=True)
    return []


def _move(source: Path, target: Path) -> bool:
    """Whether there was something to move."""
    try:
        source.replace(target)
    except FileNotFoundError:
        if not source.is_file():
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    return True


def _remove_empty_folders(folder: Path) -> None:
    for child in folder.iterdir():
        if child.is_dir() and not any(child.iterdir()):
            child.rmdir()


def _wids_index(name: str, tars: list[tuple[str, int, int]]) -> bytes:
    """The index of a split's tars as the wids library writes it."""
    shards = [{"url": url, "nsamples": samples, "filesize": size} for url, samples, size in tars]
    document = {"__kind__": "wids-shard-index-v1", "wids_version": 1, "name": name, "shardlist": shards}
    return (json.dumps(document, indent=1) + "\n").encode()


def _design_without_places(path: Path) -> bytes:
    document = to_document(load(path))
    for library in document["libraries"].values():
        del library["path"]
    return json.dumps(document, ensure_ascii=False).encode()
