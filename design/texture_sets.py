"""PBR texture sets in folders: which image is colour, roughness, height, by Poly Haven's and ambientCG's naming."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from .errors import AssetError

_IMAGES = (".jpg", ".jpeg", ".png", ".exr", ".tif", ".tiff", ".webp")
_RESOLUTION = re.compile(r"^\d+k$", re.IGNORECASE)
# What a file calls its channel (lower case) -> the field of PbrSet. DirectX normal maps have their green flipped.
_CHANNELS = {
    "diff": "colour", "diffuse": "colour", "col": "colour", "color": "colour", "albedo": "colour",
    "basecolor": "colour",
    "rough": "roughness", "roughness": "roughness",
    "metal": "metallic", "metalness": "metallic", "metallic": "metallic",
    "nor_gl": "normal", "normalgl": "normal", "nor_dx": "normal_dx", "normaldx": "normal_dx",
    "disp": "height", "displacement": "height", "height": "height",
    "ao": "occlusion", "ambientocclusion": "occlusion",
    "arm": "arm",
}  # fmt: skip


@frozen
class PbrSet:
    """One material's images. ``arm`` packs occlusion, roughness and metallic in red, green and blue."""

    name: str
    colour: Path
    roughness: Path | None = None
    metallic: Path | None = None
    normal: Path | None = None
    normal_dx: Path | None = None
    height: Path | None = None
    occlusion: Path | None = None
    arm: Path | None = None


def channel_of(file_name: str) -> tuple[str, str] | None:
    """(set name, field of PbrSet) of an image's file name, None if it belongs to no set.

    ``rock_05_nor_gl_1k.jpg`` gives ("rock_05", "normal"), ``Rock023_1K-JPG_Color.jpg`` ("Rock023_1K-JPG", "colour").
    """
    path = Path(file_name)
    if path.suffix.lower() not in _IMAGES:
        return None
    words = path.stem.split("_")
    if len(words) > 1 and _RESOLUTION.match(words[-1]):
        words = words[:-1]
    for length in (2, 1):  # "nor_gl" before "gl"
        channel = _CHANNELS.get("_".join(words[-length:]).lower())
        if channel and len(words) > length:
            return "_".join(words[:-length]), channel
    return None


def pbr_sets(folder: Path) -> list[PbrSet]:
    """All sets below ``folder``, by name. A set needs a colour image; other images are left alone.

    Raises AssetError if the folder is not there or holds no set.
    """
    if not folder.is_dir():
        raise AssetError(f"no texture folder at {folder}")
    found: dict[tuple[Path, str], dict[str, Path]] = {}
    for path in sorted(_files(folder)):
        named = channel_of(path.name)
        if named:
            # The first by name wins when a set lies there in several resolutions or formats.
            found.setdefault((path.parent, named[0]), {}).setdefault(named[1], path)
    sets = [PbrSet(name=name, **channels) for (_, name), channels in sorted(found.items()) if "colour" in channels]
    if not sets:
        raise AssetError(
            f"no texture set in {folder}: expected names like rock_05_diff_1k.jpg (Poly Haven)"
            " or Rock023_1K-JPG_Color.jpg (ambientCG)"
        )
    return sets


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
