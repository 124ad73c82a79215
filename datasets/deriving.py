"""Data sets made from others: converted to another layout, thinned to a part, merged into one.

Each is written aside as a render would commit it, block by block, and renamed into existence when it is finished.
Images are hard links where both are class folders on one disk.
"""

from __future__ import annotations

import itertools
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from ..design.counts import with_counts
from ..design.design import Design
from ..design.document import load, save
from ..design.errors import DataSetError
from ..design.identity import design_hash
from .conditions import parse_condition
from .finishing import finish_split
from .layout import DESIGN_FILE, own_folder
from .lock import exclusive
from .messages import Progress, Report
from .pictures import PictureFile, TarMember
from .publishing import publish
from .reading import DataSet, open_data_set
from .records import Row, Shard, headers
from .shards import ShardWriter
from .state import State, read_state, write_state
from .storage import MetadataFormat, Storage
from .writing import writing_to

SOURCES_FOLDER = "sources"


@attrs.frozen
class _Taken:
    """An image taken over from another data set."""

    row: Row
    file: PictureFile


def convert(data: Path, out: Path, storage: Storage, report: Report) -> None:
    """The finished splits of a data set in another layout, or with other metadata; it can be rendered on."""
    source = _opened(data)
    design, state = load(data / DESIGN_FILE), _state(data)
    with _new(out, design, attrs.evolve(state, storage=storage), report) as copy:
        for split in source.splits:
            failures = dict(
                failure for header in headers(data, split, state.storage.block) for failure in header.failures.items()
            )
            copy.write(split, _images(source, split), design.split(split).count, failures)


def convert_metadata(data: Path, metadata: MetadataFormat, report: Report) -> None:
    """Write the metadata of a data set anew, in place. Interrupted, the same call goes on."""
    source, design, state = _opened(data), load(data / DESIGN_FILE), _state(data)
    state = attrs.evolve(state, storage=attrs.evolve(state.storage, metadata=metadata))
    state.storage.check_possible()
    with exclusive(data):
        write_state(data, state)
        for done, split in enumerate(source.splits):
            report(Progress("convert", done, len(source.splits), "splits"))
            finish_split(data, split, design.split(split).count)
        report(Progress("convert", len(source.splits), len(source.splits), "splits"))
        publish(data, design, state)


def thin(
    data: Path,
    out: Path,
    report: Report,
    *,
    splits: Sequence[str] = (),
    count: int | None = None,
    per_class: int | None = None,
    where: Sequence[str] = (),
) -> None:
    """The first images of each split that meet all conditions, numbered anew; ``source_index`` is what they were."""
    source, design, state = _opened(data), load(data / DESIGN_FILE), _state(data)
    chosen = tuple(splits) or source.splits
    wanted: dict[str, list[int]] = {}
    for split in chosen:
        wanted[split] = _chosen(source, split, count, per_class, where)
        if not wanted[split]:
            raise DataSetError(f"{data}: no image of split '{split}' meets the conditions")
    kept = attrs.evolve(design, splits=tuple(one for one in design.splits if one.name in chosen))
    kept = with_counts(kept, {split: len(numbers) for split, numbers in wanted.items()})
    with _new(out, kept, attrs.evolve(state, derived="thin"), report) as copy:
        for split in chosen:
            numbers = wanted[split]
            copy.write(split, _renumbered(_images(source, split, numbers), 0, {}), len(numbers))


def merge_data_sets(sources: Sequence[Path], out: Path, report: Report) -> None:
    """All images of several data sets with the same classes, one after the other; ``source`` says whose an image is.

    A split is the sources' splits of that name. The designs lie in ``sources/``. DataSetError if classes differ.
    """
    opened = [_opened(path) for path in sources]
    for one in opened[1:]:
        if one.classes != opened[0].classes:
            raise DataSetError(
                f"{one.path} has the classes {', '.join(one.classes)}, {opened[0].path} has "
                f"{', '.join(opened[0].classes)}: only data sets with the same classes, in one order, can be merged"
            )
    names = _source_names(sources)
    designs = [load(path / DESIGN_FILE) for path in sources]
    splits = list(dict.fromkeys(split for one in opened for split in one.splits))
    counts = {split: sum(_count(one, split) for one in opened) for split in splits}
    by_name = {split.name: split for design in reversed(designs) for split in design.splits}
    text = f"Merged from {', '.join(names)}; the design of each is in sources/. {designs[0].description}"
    merged = attrs.evolve(
        designs[0],
        name=" + ".join(names),
        description=text.strip(),
        splits=tuple(by_name[split] for split in splits),
    )
    merged = with_counts(merged, counts)
    state = State(design_hash(merged), _state(sources[0]).renderer, _state(sources[0]).storage, "merge")
    with _new(out, merged, state, report) as copy:
        with writing_to(out):
            (copy.data / SOURCES_FOLDER).mkdir()
        for name, design in zip(names, designs, strict=True):
            save(design, copy.data / SOURCES_FOLDER / f"{name}.json")
        for split in splits:
            having = [(name, one) for name, one in zip(names, opened, strict=True) if split in one.splits]
            starts = itertools.accumulate((_count(one, split) for _, one in having), initial=0)
            images = (
                image
                for start, (name, one) in zip(starts, having, strict=False)
                for image in _renumbered(_images(one, split), start, {"source": name})
            )
            copy.write(split, images, counts[split])


class _Copy:
    """A data set in the making, in a folder of its own."""

    def __init__(self, data: Path, storage: Storage, total: int, report: Report) -> None:
        self.data = data
        self._block = storage.block
        self._total = total
        self._report = report
        self._done = 0
        self._start = time.monotonic()

    def write(self, split: str, images: Iterator[_Taken], count: int, failures: dict[int, str] | None = None) -> None:
        """Commit ``count`` images in the order of their index, and finish the split."""
        failed, following = failures or {}, next(images, None)
        for start in range(0, count, self._block):
            shard = Shard(split, start, min(start + self._block, count))
            with ShardWriter(self.data, shard) as writer:
                while following is not None and following.row["index"] < shard.stop:
                    _add(writer, following)
                    following = next(images, None)
                    self._progress()
                for index in shard.indices:
                    if index in failed:
                        writer.fail(index, failed[index])
                writer.commit()
        finish_split(self.data, split, count)

    def _progress(self) -> None:
        self._done += 1
        rate = self._done / max(time.monotonic() - self._start, 1e-9)
        self._report(Progress("write", self._done, self._total, "images", rate, (self._total - self._done) / rate))


@contextmanager
def _new(out: Path, design: Design, state: State, report: Report) -> Iterator[_Copy]:
    """A folder beside ``out`` that becomes it at the end; whatever goes wrong, nothing is left of it."""
    if out.exists():
        raise DataSetError(f"{out}: is there already; choose another --out")
    state.storage.check_possible()
    aside = out.absolute().with_name(f".{out.absolute().name}.{os.getpid()}")
    try:
        with writing_to(out.absolute().parent):
            own_folder(aside).mkdir(parents=True)
        save(design, aside / DESIGN_FILE)
        write_state(aside, state)
        yield _Copy(aside, state.storage, sum(split.count for split in design.splits), report)
        publish(aside, design, state)
        with writing_to(out.absolute().parent):
            aside.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _add(writer: ShardWriter, image: _Taken) -> None:
    if isinstance(image.file, TarMember):
        writer.add(image.file.open().getvalue(), image.row)
    else:
        assert isinstance(image.file, Path), "rendered images have no frame"
        writer.add_file(image.file, image.row)


def _images(source: DataSet, split: str, numbers: Sequence[int] | None = None) -> Iterator[_Taken]:
    """The images of a split, or those at some places in it, in order."""
    pictures = source.images(split).pictures
    wanted = None if numbers is None else iter(numbers)
    following = None if wanted is None else next(wanted, None)
    place = 0
    for batch in source.columns(split):
        for values in zip(*batch.values(), strict=True):
            if wanted is None or place == following:
                yield _Taken(dict(zip(batch, values, strict=True)), pictures[place])
                following = None if wanted is None else next(wanted, None)
            place += 1


def _renumbered(images: Iterator[_Taken], start: int, provenance: Row) -> Iterator[_Taken]:
    for index, image in enumerate(images, start):
        row = {**image.row, "index": index, **provenance, "source_index": image.row["index"]}
        yield _Taken(row, image.file)


def _chosen(source: DataSet, split: str, count: int | None, per_class: int | None, where: Sequence[str]) -> list[int]:
    """The places of the first images that meet all conditions."""
    columns = list(next(source.columns(split), {}))
    conditions = [parse_condition(text, columns) for text in where]
    asked = list(dict.fromkeys(["class", *(condition.column for condition in conditions)]))
    taken: Counter[str] = Counter()
    chosen: list[int] = []
    place = -1
    meets: Callable[[Row], bool] = lambda row: all(condition.holds(row) for condition in conditions)  # noqa: E731
    for batch in source.columns(split, asked):
        for values in zip(*batch.values(), strict=True):
            place += 1
            row = dict(zip(batch, values, strict=True))
            if count is not None and len(chosen) >= count:
                return chosen
            if meets(row) and (per_class is None or taken[row["class"]] < per_class):
                taken[row["class"]] += 1
                chosen.append(place)
    return chosen


def _count(source: DataSet, split: str) -> int:
    return len(source.images(split).labels) if split in source.splits else 0


def _opened(data: Path) -> DataSet:
    """A data set that was rendered. DataSetError for plain folders, which have no rows to take over."""
    source = open_data_set(data)
    if not source.design_hash:
        raise DataSetError(f"{data}: has no design.json; only data sets that Simreal rendered can be taken from")
    return source


def _state(data: Path) -> State:
    """A data set's state; of one that came without, what its files say."""
    known = read_state(data)
    if known is not None:
        return known
    tars = any(data.glob("*/shards.json"))
    parquet = any(data.glob("*/metadata*.parquet"))
    storage = Storage("webdataset" if tars else "folders", "parquet" if parquet else "jsonl")
    return State(design_hash(load(data / DESIGN_FILE)), storage=storage)


def _source_names(sources: Sequence[Path]) -> list[str]:
    """The sources' folder names, numbered where two are the same."""
    names = [path.resolve().name for path in sources]
    return [name if names.count(name) == 1 else f"{name}-{place + 1}" for place, name in enumerate(names)]
