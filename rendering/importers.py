"""One importer per file format: what is in a file appears in a workshop's scene."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import addon_utils
import bpy

from ..design.errors import AssetError, ToolError
from .blend_files import append_blend
from .file_checks import check_file
from .workshop import Workshop

# Coordinates as in the file; the rotation to Z-up is ours (normalisation.turned_up).
_FILE_AXES = {"forward_axis": "Y", "up_axis": "Z"}

# The axis that points up in the coordinates in which `import_file` leaves a model: the file's own for formats without
# metadata (OBJ files are Y-up by custom, PLY and STL Z-up), Blender's Z where the importer has already turned it.
CONVENTIONAL_UP_AXIS = {".obj": "Y"}


def import_file(path: Path, workshop: Workshop, fragment: str | None = None) -> None:
    """Import a model file into the workshop's scene. ``fragment`` is a collection or model inside a .blend.

    Raises AssetError for a file that is damaged or not of its format, ToolError where this Blender lacks the importer.
    """
    check_file(path)
    suffix = path.suffix.lower()
    if fragment is not None and suffix != ".blend":
        raise AssetError(f"{path}#{fragment}: only a .blend has models inside it")
    if suffix == ".blend":
        append_blend(path, workshop, fragment)
    else:
        with workshop.at_hand():
            _IMPORTERS[suffix](path)


def _import_obj(path: Path) -> None:
    _call(path, "wm.obj_import", **_FILE_AXES, validate_meshes=True)


def _import_ply(path: Path) -> None:
    _call(path, "wm.ply_import", **_FILE_AXES, import_colors="SRGB")


def _import_stl(path: Path) -> None:
    _call(path, "wm.stl_import", **_FILE_AXES, use_mesh_validate=True)


def _import_gltf(path: Path) -> None:
    if not _exists("import_scene.gltf"):
        addon_utils.enable("io_scene_gltf2")
    _call(path, "import_scene.gltf", disable_bone_shape=True, import_pack_images=True, loglevel=50)


def _import_fbx(path: Path) -> None:
    _call(path, "wm.fbx_import", use_anim=False)


def _import_usd(path: Path) -> None:
    _call(
        path,
        "wm.usd_import",
        import_cameras=False,
        import_lights=False,
        create_world_material=False,
        set_frame_range=False,
        import_textures_mode="IMPORT_PACK",
    )


def _call(path: Path, operator: str, **options: Any) -> None:
    """Run an import operator; its complaints become one line."""
    if not _exists(operator):
        raise ToolError(
            f"{path}: this Blender ({bpy.app.version_string}) was built without {path.suffix} import; "
            "use an official build from blender.org, or convert the model to .glb"
        )
    module, name = operator.split(".")
    try:
        result = getattr(getattr(bpy.ops, module), name)(filepath=os.fspath(path), **options)
    except RuntimeError as error:
        raise AssetError(f"{path}: cannot be imported: {_reason(str(error))}") from None
    if "FINISHED" not in result:
        raise AssetError(f"{path}: cannot be imported: Blender gave up on it")


def _exists(operator: str) -> bool:
    module, name = operator.split(".")
    return name in dir(getattr(bpy.ops, module))


def _reason(report: str) -> str:
    """The telling line of an operator's report, which may hold a whole traceback."""
    lines = [line.strip() for line in report.splitlines()]
    telling = [
        line for line in lines if line and not line.startswith(("File ", "Location:", "Traceback", "Error: Python"))
    ]
    last = telling[-1] if "Traceback" in report and telling else " ".join(telling)
    return last.removeprefix("Error: ") or "no reason given"


_IMPORTERS: dict[str, Callable[[Path], None]] = {
    ".obj": _import_obj,
    ".ply": _import_ply,
    ".stl": _import_stl,
    ".glb": _import_gltf,
    ".gltf": _import_gltf,
    ".fbx": _import_fbx,
    ".usd": _import_usd,
    ".usda": _import_usd,
    ".usdc": _import_usd,
    ".usdz": _import_usd,
}
