"""Which real photos a study was run on: a hash that changes when any is added, removed, renamed or resized."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ..design.errors import StudyError

LENGTH = 12


def photos_hash(place: Path) -> str:
    """A hash over the names and sizes of a folder's files, less hidden ones; of a list of photos over its text.

    StudyError where there is nothing.
    """
    if place.is_file():
        return hashlib.sha256(place.read_bytes()).hexdigest()[:LENGTH]
    if not place.is_dir():
        raise StudyError(f"--photos {place}: there is no such folder")
    listed = []
    for path in place.rglob("*"):
        name = path.relative_to(place)
        if not any(part.startswith(".") for part in name.parts) and path.is_file():
            listed.append((name.as_posix(), path.stat().st_size))
    if not listed:
        raise StudyError(f"--photos {place}: there is nothing in it")
    return hashlib.sha256(json.dumps(sorted(listed)).encode()).hexdigest()[:LENGTH]
