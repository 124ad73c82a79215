"""Images that data sets have in common: taken over instead of rendered again.

An image is a function of its spec, the image settings and the assets. Designs that differ in one factor's weight draw
most of their images alike, number for number (common random numbers), so that a new data set begins with what is there.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from ..design.counts import with_counts
from ..design.design import Design
from ..design.document import load
from ..design.sampling import Sampler
from .layout import DESIGN_FILE
from .lock import exclusive
from .records import Row, claims, read_record
from .shards import ShardWriter, missing
from .state import check_usable, prepare, read_state, write_state


@attrs.frozen
class _Donor:
    """A data set in class folders, of the same renderer and settings."""

    data: Path
    split: str
    sampler: Sampler

    def images(self) -> Iterator[tuple[Row, Path]]:
        """What is committed and undamaged, with its row."""
        for shard in claims(self.data, self.split):
            record = read_record(self.data, shard)
            if record is None:
                continue
            for image, row in zip(record.header.images, record.rows(), strict=True):
                file = self.data / self.split / str(row["file_name"])
                if file.is_file() and zlib.crc32(file.read_bytes()) == image.crc32:
                    yield row, file


def share_images(target: Path, design: Design, split: str, count: int, donors: Sequence[Path]) -> int:
    """Begin a data set, or go on with it, with those of the first ``count`` images of a split that ``donors`` have.

    They are hard links where the disk allows. Returns how many there are; `simreal render` renders the others. A donor
    that is no data set in class folders, or of another renderer, other image settings or assets, gives none.
    Raises DataSetError where ``target`` holds something else, or cannot be written.
    """
    wanted = with_counts(design, {split: count})
    check_usable(target)
    with exclusive(target):
        state = prepare(target, wanted)
        sampler = Sampler(wanted, split)
        there: dict[int, tuple[Row, Path]] = {}
        for data in donors:
            renderer = _renderer(data)
            if not renderer or state.renderer not in ("", renderer):
                continue
            donor = _donor(data, wanted, split)
            found = {} if donor is None else _alike(donor, sampler, count)
            if found and not state.renderer:
                state = attrs.evolve(state, renderer=renderer)
                write_state(target, state)
            there = found | there
        return sum(_commit(target, split, count, there))


def _commit(target: Path, split: str, count: int, there: dict[int, tuple[Row, Path]]) -> Iterator[int]:
    """Commit what is there of the missing shards; yields the number of images of each."""
    for shard in missing(target, split, count):
        taken = [index for index in shard.indices if index in there]
        if taken:
            with ShardWriter(target, shard) as writer:
                for index in taken:
                    row, file = there[index]
                    writer.add_file(file, row)
                writer.commit_part()
            yield len(taken)


def _alike(donor: _Donor, sampler: Sampler, count: int) -> dict[int, tuple[Row, Path]]:
    """The donor's images that the sampler would draw just so, by index."""
    found: dict[int, tuple[Row, Path]] = {}
    for row, file in donor.images():
        index = int(row["index"])
        if index < count and donor.sampler.spec(index) == sampler.spec(index):
            found[index] = row, file
    return found


def _donor(data: Path, design: Design, split: str) -> _Donor | None:
    """The donor in a folder, None where its images would look otherwise."""
    given = load(data / DESIGN_FILE)
    if split not in {one.name for one in given.splits} or _look(given) != _look(design):
        return None
    return _Donor(data, split, Sampler(given, split))


def _renderer(data: Path) -> str:
    """What rendered the data set in a folder; "" where there is none in class folders."""
    state = read_state(data) if (data / DESIGN_FILE).is_file() else None
    return "" if state is None or state.derived or state.storage.layout != "folders" else state.renderer


def _look(design: Design) -> object:
    """All that an image depends on beside its spec."""
    libraries = {
        name: (library.kind, library.up_axis, design.library_folder(name)) for name, library in design.libraries.items()
    }
    return design.image, libraries, design.class_names
