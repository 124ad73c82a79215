"""One writer at a time: a lock on a data set's folder that the system gives up by itself when its holder dies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..design.errors import DataSetError, SimrealError
from .layout import own_folder
from .writing import writing_to


@contextmanager
def exclusive(data: Path) -> Iterator[None]:
    """Hold the folder. DataSetError if another process does."""
    with writing_to(data):
        own_folder(data).mkdir(parents=True, exist_ok=True)
        (own_folder(data) / "lock").touch()
    refusal = f"{data}: another render is writing to this folder; wait for it, or choose another --out"
    with holding(own_folder(data) / "lock", DataSetError(refusal)):
        yield


@contextmanager
def holding(path: Path, refusal: SimrealError) -> Iterator[None]:
    """Hold the lock on a file, which is made where it is not there. Raises ``refusal`` if another process holds it."""
    with path.open("ab") as file:
        if not _try_lock(file):
            raise refusal
        yield


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
