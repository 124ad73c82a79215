"""Environment maps and photos: the image files of a folder, at any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import attrs
from PIL import Image, UnidentifiedImageError

from .errors import AssetError
from .folders import DEFAULT_MAX_BYTES, Entry, Skipped, Walk

ENVIRONMENT_SUFFIXES = frozenset({".hdr", ".exr"})
PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
_HDR_MAGIC = (b"#?RADIANCE", b"#?RGBE")
_EXR_MAGIC = (b"\x76\x2f\x31\x01",)
_MIN_EQUIRECTANGULAR_PX = 1024
_LISTED = 3


@attrs.frozen
class ImageCatalogue:
    """Image files as sorted paths relative to the folder, with forward slashes, and what was left out and why."""

    files: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()


def scan_environments(
    folder: Path, *, include_photos: bool = False, max_bytes: int = DEFAULT_MAX_BYTES
) -> ImageCatalogue:
    """The .hdr and .exr files below a folder.

    ``include_photos`` adds JPEG and PNG panoramas: twice as wide as high and at least 1024 pixels wide. AssetError
    where the folder is missing or nothing in it is usable.
    """
    suffixes = ENVIRONMENT_SUFFIXES | (PHOTO_SUFFIXES if include_photos else frozenset())
    return _scan(folder, suffixes, _environment_fault, "environment map (.hdr, .exr)", max_bytes)


def scan_photos(folder: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> ImageCatalogue:
    """The photos below a folder. AssetError where the folder is missing or nothing in it is usable."""
    return _scan(folder, PHOTO_SUFFIXES, lambda path: None, "photo (.jpg, .png, .webp, ...)", max_bytes)


def _scan(
    folder: Path, suffixes: frozenset[str], fault: Callable[[Path], str | None], what: str, max_bytes: int
) -> ImageCatalogue:
    walk = Walk(folder, max_bytes)
    files = []
    for entry in _below(walk, walk.root()):
        if entry.suffix not in suffixes or not walk.fits(entry):
            continue
        problem = fault(folder / entry.path)
        if problem:
            walk.skip(entry.path, problem)
        else:
            files.append(entry.path)
    skipped = tuple(sorted(walk.skipped, key=lambda one: one.path))
    if not files:
        reasons = "; ".join(f"{one.path}: {one.reason}" for one in skipped[:_LISTED])
        raise AssetError(f"{folder}: no {what} found" + (f"; skipped {reasons}" if reasons else ""))
    return ImageCatalogue(tuple(sorted(files)), skipped)


def _below(walk: Walk, folder: Entry) -> Iterable[Entry]:
    for entry in walk.entries(folder):
        if entry.is_dir:
            yield from _below(walk, entry)
        else:
            yield entry


def _environment_fault(path: Path) -> str | None:
    """Why a file is no environment map, judged by its first bytes; None where it looks like one."""
    suffix = path.suffix.lower()
    if suffix in ENVIRONMENT_SUFFIXES:
        magic, words = (_HDR_MAGIC, "a Radiance HDR") if suffix == ".hdr" else (_EXR_MAGIC, "an OpenEXR")
        with path.open("rb") as file:
            return None if file.read(16).startswith(magic) else f"is not {words} file"
    try:
        with Image.open(path) as image:
            width, height = image.size
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return "cannot be read as an image"
    is_panorama = width == 2 * height and width >= _MIN_EQUIRECTANGULAR_PX
    return None if is_panorama else f"{width}x{height} is no panorama (2:1, at least {_MIN_EQUIRECTANGULAR_PX} wide)"
