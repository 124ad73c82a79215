"""A split that is consumed while it is rendered: how far its consumer is, and its images in the order of their index.

The consumer says in ``.simreal/.streams/<split>.json`` which images it wants. Whoever renders reads it there: the two
may be different programs, and on different machines. What is committed is seen by the names of the shards.
"""

from __future__ import annotations

import json
from pathlib import Path

import attrs

from ..design.errors import DataSetError
from .layout import image_name, record_file, stream_file
from .records import Record, Shard, claims, make_record, read_header, read_record, write_record
from .shards import SHARD_SIZE
from .writing import process_number, writing_to


@attrs.frozen
class Window:
    """The images a consumer may still read: those from ``first`` on. Those below ``stop`` are to be rendered now."""

    first: int
    stop: int


def write_window(data: Path, split: str, window: Window) -> None:
    """Say how far the consumer is. Renamed into place, not synced: it is written anew whenever a consumer starts."""
    path = stream_file(data, split)
    temporary = path.with_name(f".{path.name}.{process_number()}")
    with writing_to(data):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(attrs.asdict(window)), encoding="utf-8")
        temporary.replace(path)


def read_window(data: Path, split: str) -> Window | None:
    """How far the consumer is; None where none has begun. DataSetError where the file cannot be understood."""
    path = stream_file(data, split)
    try:
        return Window(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise DataSetError(f"{path}: cannot be read ({error}); start the training that streams again") from None


def record_at(data: Path, split: str, index: int) -> Record | None:
    """The record that holds an image, of several the one that reaches farthest; None where it is not committed yet.

    DataSetError where the only one there is cannot be read.
    """
    usual = read_record(data, Shard(split, index, (index // SHARD_SIZE + 1) * SHARD_SIZE))
    if usual is not None:  # without a look at all names there are
        return usual
    holding = [shard for shard in claims(data, split) if index in shard.indices]
    for shard in sorted(holding, key=lambda shard: -shard.stop):
        record = read_record(data, shard)
        if record is not None:
            return record
    if holding:
        path = record_file(data, split, holding[0].start, holding[0].stop)
        raise DataSetError(f"{path}: damaged; delete it and go on: its images are rendered again")
    return None


def discard(data: Path, split: str, index: int) -> None:
    """Delete the shards that end at or before an image, with their images.

    A shard's record goes first: killed in between, its images are left behind, and ``discard_strays`` finds them.
    """
    with writing_to(data):
        for shard in claims(data, split):
            if shard.stop > index:
                continue
            header = read_header(data, shard)
            record_file(data, split, shard.start, shard.stop).unlink(missing_ok=True)
            for image in header.images if header else ():
                (data / split / image_name(image.class_name, image.index)).unlink(missing_ok=True)


def discard_all(data: Path, split: str) -> None:
    """Delete whatever there is of a split, and the empty folders of its classes."""
    last = max((shard.stop for shard in claims(data, split)), default=0)
    discard(data, split, last)
    discard_strays(data, split, last)
    with writing_to(data):
        for folder in (*(data / split).glob("*"), data / split):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def discard_strays(data: Path, split: str, index: int) -> None:
    """Delete the images below an index that no record knows: what a killed ``discard`` left."""
    known = {number for shard in claims(data, split) for number in shard.indices}
    with writing_to(data):
        for path in (data / split).glob("*/*.jpg"):
            if path.stem.isdigit() and int(path.stem) < index and int(path.stem) not in known:
                path.unlink(missing_ok=True)


def record_given_up(data: Path, shard: Shard, reason: str) -> None:
    """Commit a shard none of whose images will come, so that a consumer goes past it: all of them failed."""
    with writing_to(data):
        write_record(data, make_record(shard, [], [], dict.fromkeys(shard.indices, reason)))
