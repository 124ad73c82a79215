"""Bringing finished shards from a worker's scratch folder to where the data set is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..datasets.layout import OWN_FOLDER, own_folder
from ..datasets.remote import Remote


class Courier:
    """Brings what is committed in ``scratch``, a data set's folder of one worker, to ``remote``."""

    def __init__(self, scratch: Path, remote: Remote) -> None:
        self._scratch = scratch
        self._remote = remote

    def deliver(self) -> None:
        """Put all finished images, then the records that commit them; what is there is removed here.

        The worker must not be at a shard. Raises DataSetError where the storage stays away, with nothing removed.
        """
        images, records = list(self._images()), list(self._records())
        self._remote.put(self._scratch, images)
        self._remote.put(self._scratch, records)
        for name in (*images, *records):
            (self._scratch / name).unlink()

    def _images(self) -> Iterator[str]:
        for folder in self._scratch.iterdir():
            if folder.is_dir() and folder.name != OWN_FOLDER:
                yield from (path.relative_to(self._scratch).as_posix() for path in folder.rglob("*") if path.is_file())

    def _records(self) -> Iterator[str]:
        """Records lie in a folder per split; Simreal's other folders begin with a dot."""
        for folder in own_folder(self._scratch).iterdir():
            if folder.is_dir() and not folder.name.startswith("."):
                yield from (path.relative_to(self._scratch).as_posix() for path in folder.iterdir() if path.is_file())
