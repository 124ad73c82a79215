"""Tars as WebDataset reads them, with nothing in them that depends on when, where or by whom they were written.

Sample ``00000012`` is three members: ``.cls`` (the label), ``.jpg``, ``.json`` (the row). Its bytes are the same in
whichever tar it lies, so that tars are put together by copying, and its place follows from the sizes of its parts.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TypeAlias

from .layout import member_name
from .records import Record

Span: TypeAlias = tuple[int, int]

_UNIT = tarfile.BLOCKSIZE


def sample_bytes(index: int, label: int, jpeg: bytes, line: bytes) -> bytes:
    """An image with its label and row, as it lies in a tar."""
    key = f"{index:08d}"
    members = ((f"{key}.cls", str(label).encode()), (f"{key}.jpg", jpeg), (f"{key}.json", line))
    return b"".join(_member(name, content) for name, content in members)


def write_tar(file: BinaryIO, samples: Iterable[bytes]) -> int:
    """Write samples and the end of the tar; returns its size in bytes."""
    size = 0
    for sample in samples:
        size += file.write(sample)
    size += file.write(bytes(_closed(size) - size))
    return size


def sample_spans(record: Record) -> list[Span]:
    """(offset, length) of each of a record's images in its tar."""
    spans: list[Span] = []
    offset = 0
    for image, line in zip(record.header.images, record.lines, strict=True):
        length = 4 * _UNIT + _padded(image.bytes) + _padded(len(line))
        spans.append((offset, length))
        offset += length
    return spans


def tar_bytes(spans: Sequence[Span]) -> int:
    """The size of the tar of these samples."""
    return _closed(sum(length for _, length in spans))


def jpeg_offset(span: Span) -> int:
    """Where in a tar the JPEG of a sample begins: behind the label and its own header."""
    return span[0] + 3 * _UNIT


def holds(file: BinaryIO, span: Span, index: int) -> bool:
    """Whether a sample's image is where it should be, by its header alone."""
    file.seek(jpeg_offset(span) - _UNIT)
    name = member_name(index).encode()
    return file.read(len(name) + 1) == name + b"\0"


def members(path: Path) -> Iterator[tuple[str, int, int]]:
    """(name, offset, size) of the files in any uncompressed tar with short names, in order.

    Raises OSError where it cannot be read, ValueError where it is damaged.
    """
    with path.open("rb") as file:
        end = path.stat().st_size
        offset = 0
        while offset < end:
            file.seek(offset)
            header = file.read(_UNIT)
            if not header.strip(b"\0"):
                return
            if len(header) < _UNIT:
                break
            try:
                info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
            except (tarfile.TarError, UnicodeDecodeError) as error:
                raise ValueError(f"{path}: damaged at byte {offset} ({error})") from None
            offset += _UNIT
            if offset + info.size > end:
                break
            if info.isreg():
                yield info.name, offset, info.size
            offset += _padded(info.size)
    raise ValueError(f"{path}: ends in the middle")


def _member(name: str, content: bytes) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info.tobuf(tarfile.USTAR_FORMAT) + content + bytes(_padded(len(content)) - len(content))


def _padded(size: int) -> int:
    return -(-size // _UNIT) * _UNIT


def _closed(size: int) -> int:
    """The size of a tar with its end: two empty units, then up to a whole record of tar's."""
    return -(-(size + 2 * _UNIT) // tarfile.RECORDSIZE) * tarfile.RECORDSIZE
