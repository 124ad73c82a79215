"""Keeping a data set that lies in storage: a local folder with all of it but the images, of which the records tell.

Names of records are enough to know what is missing; what stands in them is fetched when a split is finished.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import attrs

from ..datasets.finishing import DamagedSplit, finish_split
from ..datasets.layout import (
    CARD_FILE,
    CROISSANT_FILE,
    DESIGN_FILE,
    RECORD_NAME,
    metadata_files,
    record_file,
    shards_folder,
    state_file,
)
from ..datasets.messages import Report
from ..datasets.publishing import publish
from ..datasets.records import Shard, claims
from ..datasets.remote import PATIENCE_S, Remote
from ..datasets.state import State, kept_counts, prepare, read_state, write_state
from ..datasets.storage import Storage
from ..design.design import Design
from ..design.document import to_text
from ..design.errors import DataSetError
from ..design.identity import design_hash
from .keeper import not_begun


class Mirror:
    """The Keeper of a data set at ``url``; of a ``part`` of it if others render the rest, and somebody will finish it.

    Nothing keeps two renders from the same place in storage; as both make the same images, that does no harm.
    """

    data: Path

    def __init__(self, url: str, report: Report, patience_s: float = PATIENCE_S, part: bool = False) -> None:
        self.url = url
        self._remote = Remote(url, report, patience_s)
        self._part = part

    @property
    def place(self) -> str:
        return self.url

    @contextmanager
    def held(self) -> Iterator[None]:
        with tempfile.TemporaryDirectory(prefix="simreal-mirror-") as folder:
            self.data = Path(folder) / "data"
            state_file(self.data).parent.mkdir(parents=True)
            self._pull()
            yield

    def kept_counts(self) -> Mapping[str, int]:
        return kept_counts(self.data)

    def open(self, design: Design, storage: Storage | None) -> State:
        """As ``prepare`` does for a folder; but in storage, images once there are never laid aside."""
        if storage is not None and storage.layout != "folders":
            raise DataSetError(f"{self.url}: in storage a data set has class folders; leave out --layout")
        if self._part:
            state = read_state(self.data)
            if state is None:
                raise not_begun(self.url)
            if state.design_hash != design_hash(design):
                raise DataSetError(f"{self.url}: holds the images of another design; leave out what changes the design")
            return state
        for name, count in self.kept_counts().items():
            if design.split(name).count < count:
                raise DataSetError(f"{self.url}: {name} has {count} images, and in storage none are taken away again")
        state = prepare(self.data, design, storage)
        self._push_design(design)
        return state

    def note(self, state: State) -> None:
        write_state(self.data, state)
        self._push(state_file(self.data))

    def committed(self, shard: Shard) -> None:
        path = record_file(self.data, shard.split, shard.start, shard.stop)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def refresh(self, split: str) -> None:
        folder = shards_folder(self.data, split)
        folder.mkdir(parents=True, exist_ok=True)
        for name in self._records(split):
            (self.data / name).touch()

    def look_up(self, split: str) -> None:
        self.refresh(split)
        files = [record_file(self.data, split, shard.start, shard.stop) for shard in claims(self.data, split)]
        self._remote.fetch((self._name(file) for file in files if not file.stat().st_size), self.data)

    def finish(self, design: Design, split: str, state: State) -> None:
        if self._part:
            return
        self.look_up(split)
        try:
            finish_split(self.data, split, design.split(split).count, images_here=False)
        except DamagedSplit:
            self._push_records(split)
            raise
        publish(self.data, design, state)
        self._push_records(split)
        self._push(*metadata_files(self.data, split))
        self._push(self.data / CARD_FILE, self.data / CROISSANT_FILE)

    def leave(self) -> None:
        return

    def _pull(self) -> None:
        """Get what there is. DataSetError where something else is in its place."""
        state, design = self._remote.read(self._name(state_file(self.data))), self._remote.read(DESIGN_FILE)
        if state is None or design is None:
            if others := self._remote.names(""):
                raise DataSetError(f"{self.url}: holds other files ({', '.join(others[:3])}); choose another --out")
            return
        state_file(self.data).write_bytes(state)
        (self.data / DESIGN_FILE).write_bytes(design)
        for split in self.kept_counts():
            self.refresh(split)

    def _push_design(self, design: Design) -> None:
        """Its libraries are named by whole paths: in storage there is nothing that a path could be relative to."""
        libraries = {
            name: attrs.evolve(library, path=design.library_folder(name).as_posix())
            for name, library in design.libraries.items()
        }
        (self.data / DESIGN_FILE).write_text(to_text(attrs.evolve(design, libraries=libraries)), encoding="utf-8")
        self._push(self.data / DESIGN_FILE, state_file(self.data))

    def _push_records(self, split: str) -> None:
        """Put the records that were merged, then remove those they were made from, and those that were damaged."""
        here = {
            self._name(record_file(self.data, split, shard.start, shard.stop)) for shard in claims(self.data, split)
        }
        there = set(self._records(split))
        self._remote.put(self.data, here - there)
        self._remote.remove(there - here)

    def _records(self, split: str) -> list[str]:
        folder = self._name(shards_folder(self.data, split))
        return [name for name in self._remote.names(folder) if RECORD_NAME.fullmatch(Path(name).name)]

    def _push(self, *files: Path) -> None:
        self._remote.put(self.data, map(self._name, files))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.data).as_posix()
