"""Assets in .blend files: objects and collections marked as such, with their catalogues. Nothing stays in memory."""

from __future__ import annotations

import os
from pathlib import Path

import attrs
import bpy

from ..design.errors import AssetError
from .blend_files import has_geometry
from .file_checks import check_file
from .workshop import all_blocks


@attrs.frozen
class BlendAsset:
    """An asset: the ``catalogue`` it is in (an id), and the ``fragment`` that names it in its file."""

    catalogue: str
    fragment: str


def blend_assets(path: Path) -> tuple[BlendAsset, ...]:
    """The assets of a .blend that are models. Raises AssetError where the file cannot be read.

    They are linked for a moment, which reads all that they need, and runs no Python: nothing of them is evaluated.
    """
    check_file(path)
    before = {block.session_uid for block in all_blocks()}
    try:
        with bpy.data.libraries.load(os.fspath(path), link=True, assets_only=True) as (there, here):
            here.objects, here.collections = there.objects, there.collections
        objects = [one for one in here.objects if one is not None and has_geometry([one])]
        collections = [one for one in here.collections if one is not None and has_geometry(one.all_objects)]
        return (
            *(BlendAsset(one.asset_data.catalog_id, f"/{one.name}") for one in objects if one.asset_data),
            *(BlendAsset(one.asset_data.catalog_id, one.name) for one in collections if one.asset_data),
        )
    except (OSError, RuntimeError) as error:
        raise AssetError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
    finally:
        bpy.data.batch_remove([block for block in all_blocks() if block.session_uid not in before])
