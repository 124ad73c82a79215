"""Whether a file is still the one it was: by size and time of change, without opening it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

Stamp: TypeAlias = tuple[int, int]


def stamp(path: Path) -> Stamp | None:
    """Size in bytes and time of the last change in nanoseconds; None where there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
