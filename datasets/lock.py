"""One writer at a time, or several that each write a part: locks on a data set's folder.

The system gives a lock up by itself when its holder dies.
"""

from __future__ import annotations

import random
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
    with holding(_lock_file(data), _refusal(data)):
        yield


@contextmanager
def shared(data: Path) -> Iterator[None]:
    """Hold the folder together with others that do the same. DataSetError if a process holds it for itself."""
    with _lock_file(data).open("a+b") as file:
        if not _try_share(file):
            raise _refusal(data)
        yield


@contextmanager
def holding(path: Path, refusal: SimrealError) -> Iterator[None]:
    """Hold the lock on a file, which is made where it is not there. Raises ``refusal`` if another process holds it."""
    with path.open("ab") as file:
        if not _try_lock(file):
            raise refusal
        yield


def _lock_file(data: Path) -> Path:
    path = own_folder(data) / "lock"
    with writing_to(data):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return path


def _refusal(data: Path) -> DataSetError:
    return DataSetError(f"{data}: another render is writing to this folder; wait for it, or choose another --out")


if sys.platform == "win32":
    import msvcrt

    _BYTES = 0x3FFFFFFF  # Windows locks bytes, which need not be there: who shares takes one of them

    def _try_lock(file: BinaryIO) -> bool:
        return _try_bytes(file, 0, _BYTES)

    def _try_share(file: BinaryIO) -> bool:
        return _try_bytes(file, random.SystemRandom().randrange(_BYTES), 1)

    def _try_bytes(file: BinaryIO, first: int, count: int) -> bool:
        file.seek(first)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, count)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        return _try_flock(file, fcntl.LOCK_EX)

    def _try_share(file: BinaryIO) -> bool:
        return _try_flock(file, fcntl.LOCK_SH)

    def _try_flock(file: BinaryIO, kind: int) -> bool:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
