"""Who keeps a data set's records, metadata and card while it is rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from ..datasets.blocks import Packer
from ..datasets.finishing import finish_split
from ..datasets.lock import exclusive, shared
from ..datasets.publishing import publish
from ..datasets.records import Shard
from ..datasets.state import State, check_usable, kept_counts, prepare, read_state, sweep, write_state
from ..datasets.storage import Storage
from ..design.design import Design
from ..design.errors import DataSetError
from ..design.identity import design_hash
from .begun_folder import begun


class Keeper(Protocol):
    """Keeps a data set in the folder ``data``; its images are there too, or, if ``url`` is not "", there."""

    data: Path
    url: str

    @property
    def place(self) -> str:
        """Where the data set is, for people: ``simreal render PLACE`` goes on with it."""

    def held(self) -> AbstractContextManager[None]:
        """Inside it, nobody else does what this keeper does. All else is called there."""

    def kept_counts(self) -> Mapping[str, int]:
        """How many images of each split it was last meant to have; empty for a new one."""

    def open(self, design: Design, storage: Storage | None) -> State:
        """Begin it, or go on with it. DataSetError where it belongs to something else."""

    def note(self, state: State) -> None:
        """Keep what is now known of it."""

    def committed(self, shard: Shard) -> None:
        """A worker has committed a shard."""

    def refresh(self, split: str) -> None:
        """The names of the split's records are about to be asked for."""

    def look_up(self, split: str) -> None:
        """What stands in the split's records is about to be asked for."""

    def finish(self, design: Design, split: str, state: State) -> None:
        """A split is complete. Raises DamagedSplit if some of it turns out not to be."""

    def leave(self) -> None:
        """All workers have left."""


class FolderKeeper:
    """Holds the folder for itself."""

    url = ""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._packer: Packer | None = None

    @property
    def place(self) -> str:
        return str(self.data)

    @contextmanager
    def held(self) -> Iterator[None]:
        check_usable(self.data)
        with begun(self.data), exclusive(self.data):
            yield

    def kept_counts(self) -> Mapping[str, int]:
        return kept_counts(self.data)

    def open(self, design: Design, storage: Storage | None) -> State:
        state = prepare(self.data, design, storage)
        self._packer = Packer(self.data, state.storage)
        return state

    def note(self, state: State) -> None:
        write_state(self.data, state)

    def committed(self, shard: Shard) -> None:
        assert self._packer, "it is open"
        self._packer.committed(shard)

    def refresh(self, split: str) -> None:
        return

    def look_up(self, split: str) -> None:
        return

    def finish(self, design: Design, split: str, state: State) -> None:
        finish_split(self.data, split, design.split(split).count)
        publish(self.data, design, state)

    def leave(self) -> None:
        sweep(self.data)


class PartKeeper(FolderKeeper):
    """Holds the folder together with others, each of which renders a part; it was begun before, is finished after."""

    @contextmanager
    def held(self) -> Iterator[None]:
        if read_state(self.data) is None:
            raise not_begun(self.place)
        with shared(self.data):
            yield

    def open(self, design: Design, storage: Storage | None) -> State:
        state = read_state(self.data)
        if state is None or state.design_hash != design_hash(design):
            raise DataSetError(f"{self.data}: holds the images of another design; leave out what changes the design")
        return state

    def committed(self, shard: Shard) -> None:
        return

    def finish(self, design: Design, split: str, state: State) -> None:
        return

    def leave(self) -> None:
        return


def not_begun(place: str) -> DataSetError:
    return DataSetError(f"{place}: was not begun yet: `simreal render DESIGN --out {place} --emit slurm` does that")
