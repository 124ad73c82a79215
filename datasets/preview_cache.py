"""Images already rendered for previews, by what they depend on: a folder of JPEGs that is kept to a size.

Any number of processes may share a folder: files appear whole, and one that has gone is rendered again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from ..design.design import ImageSettings
from ..design.sampling import ImageSpec

MOST_BYTES = 256 * 1024 * 1024
KEPT = 0.8  # of the size, when it was exceeded


def image_key(
    spec: ImageSpec, settings: ImageSettings, assets: Sequence[Sequence[Any]], renderer: Mapping[str, str]
) -> str:
    """A hash of everything the bytes of an image depend on.

    ``assets`` tell which files it reads, and as they are now (``Assets.identities``); ``renderer`` says what renders
    it, and with which version of what.
    """
    document = {
        "seed": spec.seed,
        "noise": str(spec.sensor_key),
        "scene": str(spec.distractor_key(0)),
        "factors": {name: dict(draw.values) for name, draw in spec.factors.items()},
        "image": attrs.asdict(settings),
        "assets": [list(asset) for asset in assets],
        "renderer": dict(renderer),
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


class PreviewCache:
    """The images of a folder. When they take more than ``most_bytes``, those not looked at for longest go."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._bytes = sum(size for size, _, _ in self._files())

    def find(self, key: str) -> Path | None:
        """The file of an image, None if it is not there. It counts as looked at now."""
        path = self._path(key)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def keep(self, key: str, jpeg: bytes) -> Path:
        """Keep an image. Returns its file. OSError where the disk does not let it be written."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        try:
            temporary.write_bytes(jpeg)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        self._bytes += len(jpeg)
        if self._bytes > self._most_bytes:
            self._shrink(path)
        return path

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.jpg"

    def _files(self) -> list[tuple[int, int, Path]]:
        """(bytes, time of the last look, path) of every file, and what a killed process left unfinished."""
        found = []
        for path in self.folder.glob("??/*"):
            try:
                status = path.stat()
            except FileNotFoundError:  # another process has made room
                continue
            found.append((status.st_size, status.st_mtime_ns, path))
        return found

    def _shrink(self, newest: Path) -> None:
        files = sorted(self._files(), key=lambda file: file[1])
        self._bytes = sum(size for size, _, _ in files)
        for size, _, path in files:
            if self._bytes <= KEPT * self._most_bytes:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                self._bytes -= size
