"""Environment maps that come with Blender: the embedded defaults, named ``builtin:city.exr``, no download."""

from __future__ import annotations

from pathlib import Path

from .errors import AssetError

PREFIX = "builtin:"
# The eight maps in datafiles/studiolights/world of Blender 4.5 and 5.2 (CC0, Poly Haven; 512x256 OpenEXR).
BUILTIN_ENVIRONMENTS: tuple[str, ...] = tuple(
    f"{PREFIX}{name}.exr"
    for name in ("city", "courtyard", "forest", "interior", "night", "studio", "sunrise", "sunset")
)


def builtin_environment(asset: str, studiolights: Path) -> Path:
    """The file of ``builtin:city.exr`` in Blender's ``datafiles/studiolights/world`` folder.

    Raises AssetError for a name that is not built in, and where this Blender came without the file.
    """
    if asset not in BUILTIN_ENVIRONMENTS:
        known = ", ".join(BUILTIN_ENVIRONMENTS)
        raise AssetError(f"{asset}: there is no such built-in environment map; there are: {known}")
    path = studiolights / asset.removeprefix(PREFIX)
    if not path.is_file():
        raise AssetError(f"{asset}: this Blender has no {path}; choose environment maps of a folder instead")
    return path
