"""A split that is consumed while it is rendered: how far its consumer is, and its images in the order of their index.

The consumer says in ``.simreal/.streams/<split>.json`` which images it wants. Whoever renders reads it there: the two
may be different programs, and on different machines. What is committed is seen by the names of the shards.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import attrs

from ..design.errors import DataSetError
from .layout import IMAGE_NAME, shards_folder, stream_file
from .shards import Shard, ShardRecord, claimed, image_files, json_lines, read_record
from .writing import write_whole, writing_to


@attrs.frozen
class Window:
    """The images a consumer may still read: those from ``first`` on. Those below ``stop`` are to be rendered now."""

    first: int
    stop: int


def write_window(data: Path, split: str, window: Window) -> None:
    """Say how far the consumer is. Renamed into place, not synced: it is written anew whenever a consumer starts."""
    path = stream_file(data, split)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
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


def record_at(data: Path, split: str, index: int) -> ShardRecord | None:
    """The committed shard that holds an image; None where it is not committed yet.

    Of several the one that reaches farthest. DataSetError where the only one there is cannot be read.
    """
    holding = [shard for shard in claimed(data, split) if shard.start <= index < shard.stop]
    for shard in sorted(holding, key=lambda shard: -shard.stop):
        record = read_record(data, shard)
        if record is not None:
            return record
    if holding:
        path = shards_folder(data, split) / f"{holding[0].start:08d}-{holding[0].stop:08d}.jsonl"
        raise DataSetError(f"{path}: damaged; delete it and go on: its images are rendered again")
    return None


def discard(data: Path, split: str, index: int) -> int:
    """Delete the shards that end at or before an image, with their images. Returns how many images are gone.

    A shard's record goes first: killed in between, its images are left behind, and ``discard_strays`` finds them.
    """
    gone = 0
    with writing_to(data):
        for shard in claimed(data, split):
            if shard.stop > index:
                continue
            record = read_record(data, shard)
            (shards_folder(data, split) / f"{shard.start:08d}-{shard.stop:08d}.jsonl").unlink(missing_ok=True)
            for row in record.rows if record else ():
                (data / split / row["file_name"]).unlink(missing_ok=True)
                gone += 1
    return gone


def discard_strays(data: Path, split: str, index: int) -> None:
    """Delete image files below an index that no committed shard holds: what a killed ``discard`` left."""
    kept = [range(shard.start, shard.stop) for shard in claimed(data, split)]
    with writing_to(data):
        for name in list(image_files(data / split)):
            if not IMAGE_NAME.fullmatch(Path(name).name):
                continue
            number = int(Path(name).stem)
            if number < index and not any(number in indices for indices in kept):
                (data / split / name).unlink(missing_ok=True)


def record_given_up(data: Path, shard: Shard, reason: str) -> None:
    """Commit a shard none of whose images will come, so that a consumer goes past it: all of them failed."""
    lines = [{"index": index, "failed": reason} for index in shard.indices]
    with writing_to(data):
        write_whole(shards_folder(data, shard.split) / f"{shard.start:08d}-{shard.stop:08d}.jsonl", json_lines(lines))
