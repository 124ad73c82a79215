"""The folder that a file browser was left with."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..design.errors import AssetError


def chosen_folder(directory: str, what: str) -> Path:
    """The folder as an absolute path. AssetError where none was chosen."""
    if not directory:
        raise AssetError(f"choose a folder of {what}")
    return Path(bpy.path.abspath(directory)).resolve()
