"""The lines a parent process writes to this one's stdin."""

from __future__ import annotations

import os
from collections.abc import Iterator


def stdin_lines() -> Iterator[bytes]:
    """Whole lines as they come, without their ends, until stdin ends.

    By ``os.read``, not ``sys.stdin``: a daemon thread waiting in a buffered reader makes Python abort when it leaves.
    """
    pending = b""
    while piece := os.read(0, 65536):
        *lines, pending = (pending + piece).split(b"\n")
        yield from lines
