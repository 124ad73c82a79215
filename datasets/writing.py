"""Writing files that appear whole or not at all, and saying in one line why they cannot be written."""

from __future__ import annotations

import errno
import os
import platform
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..design.errors import DataSetError

PIDS = 10**7  # more than any system numbers its processes by
_ADVICE = {
    errno.ENOENT: "it was deleted or moved meanwhile; started again, it begins anew",
    errno.ENOSPC: "the disk is full; free some space and start it again, what is finished is kept",
    errno.EDQUOT: "the disk quota is used up; free some space and start it again, what is finished is kept",
    errno.EROFS: "the file system is read-only; choose another folder with --out",
    errno.EACCES: "permission denied; choose another folder with --out",
    errno.EPERM: "permission denied; choose another folder with --out",
}


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Inside it, an OSError becomes a DataSetError that names ``folder`` and says what to do."""
    try:
        yield
    except OSError as error:
        reason = _ADVICE.get(error.errno or 0) or f"{error.strerror or error} ({error.filename})"
        raise DataSetError(f"cannot write to {folder}: {reason}") from error


def process_number() -> int:
    """A number for the names of unfinished files that no other process has, also on other machines with this folder."""
    return zlib.crc32(platform.node().encode()) * PIDS + os.getpid()


def write_bytes(path: Path, content: bytes) -> None:
    """``write_whole`` for a file on its own: raises DataSetError where it cannot be written."""
    with writing_to(path.parent):
        write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file by renaming it into existence. A file that has this content already is left as it is."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{process_number()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` last through a power cut, where the system lets a folder be synced (not Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
