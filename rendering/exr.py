"""Reading back what Blender rendered: uncompressed scan-line OpenEXR files, as this program has Blender write them.

Blender gives no access to a render's pixels in the background but through a file; read this way it costs a copy
(layout: OpenEXR's "Technical Introduction" and "File Layout").
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from ..design.errors import SimrealError

MAGIC = 20000630
PIXEL_TYPES: dict[int, np.dtype] = {1: np.dtype("<f2"), 2: np.dtype("<f4")}


class ExrError(SimrealError):
    """A file that is not an uncompressed scan-line OpenEXR image, or is cut short."""


def read_exr(path: Path) -> dict[str, np.ndarray]:
    """All channels, each float32 (height, width), top row first, by name without the view layer: ``Combined.R``.

    ExrError if the file is anything else.
    """
    data = path.read_bytes()
    try:
        return _read(data)
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise ExrError(f"cannot read the rendered image {path.name}: {error}") from None


def _read(data: bytes) -> dict[str, np.ndarray]:
    magic, _version = struct.unpack_from("<iI", data, 0)
    if magic != MAGIC:
        raise ValueError("not an OpenEXR file")
    attributes, start = _attributes(data, 8)
    if attributes["compression"] != b"\0":
        raise ValueError("it is compressed")
    x0, y0, x1, y1 = struct.unpack("<4i", attributes["dataWindow"])
    width, height = x1 - x0 + 1, y1 - y0 + 1
    channels = _channels(attributes["channels"])
    row = np.dtype([("y", "<i4"), ("size", "<i4"), *((name, kind, (width,)) for name, kind in channels)])
    rows = np.frombuffer(data, row, count=height, offset=start + 8 * height)
    return {name.partition(".")[2]: rows[name].astype(np.float32) for name, _ in channels}


def _attributes(data: bytes, position: int) -> tuple[dict[str, bytes], int]:
    found = {}
    while data[position] != 0:
        name, position = _text(data, position)
        _kind, position = _text(data, position)
        (size,) = struct.unpack_from("<i", data, position)
        found[name] = data[position + 4 : position + 4 + size]
        position += 4 + size
    return found, position + 1


def _channels(attribute: bytes) -> list[tuple[str, np.dtype]]:
    channels: list[tuple[str, np.dtype]] = []
    position = 0
    while attribute[position] != 0:
        name, position = _text(attribute, position)
        (kind,) = struct.unpack_from("<i", attribute, position)
        channels.append((name, PIXEL_TYPES[kind]))
        position += 16
    return channels


def _text(data: bytes, position: int) -> tuple[str, int]:
    end = data.index(b"\0", position)
    return data[position:end].decode("utf-8"), end + 1
