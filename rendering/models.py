"""Loading a 3D model, whatever its format, as one mesh of unit size that stands upright at the origin."""

from __future__ import annotations

from pathlib import Path

import attrs
import bpy
import numpy as np

from ..design.errors import AssetError
from .blend_files import blend_collections
from .doubled_faces import without_doubles
from .importers import CONVENTIONAL_UP_AXIS, import_file
from .model_materials import complete_materials, repair_materials
from .model_mesh import make_mesh
from .model_textures import repair_textures
from .normalisation import UP_AXES, centred_unit, turned_up, without_strays
from .parts import gather
from .workshop import workshop

__all__ = ["LoadedModel", "blend_collections", "load_model", "remove_model"]


@attrs.frozen
class LoadedModel:
    """A model in memory. ``object`` is linked into no scene; its matrix is the identity, its longest side 1 m.

    ``triangles`` is the count after triangulation, ``bounds_original`` the size (x, y, z) the model had in its file's
    unit, Z up. ``warnings`` say what was put right.
    """

    object: bpy.types.Object
    triangles: int
    bounds_original: tuple[float, float, float]
    warnings: tuple[str, ...] = ()


def load_model(
    path: Path,
    *,
    name: str,
    up_axis: str = "auto",
    fragment: str | None = None,
    max_triangles: int = 2_000_000,
    max_texture_px: int = 1024,
) -> LoadedModel:
    """Import, join and normalise a model; ``bpy.data`` gains the object, its mesh, materials and images, nothing else.

    ``up_axis`` is ``auto`` (the custom of the format) or the axis that points up: in the file's own coordinates for
    OBJ, PLY and STL, as Blender imports it for the others. ``fragment`` is a collection, or ``collection/model``, of a
    .blend. Raises AssetError where the file is damaged, has no faces or no extent, ToolError where this Blender lacks
    the importer.
    """
    what = f"{path}#{fragment}" if fragment else f"{path}"
    if up_axis not in ("auto", *UP_AXES):
        raise AssetError(f"{what}: there is no up axis '{up_axis}'; there are: auto, {', '.join(UP_AXES)}")
    with workshop() as here:
        import_file(path, here, fragment)
        geometry, found_materials = gather(here, what, max_triangles)
        up = CONVENTIONAL_UP_AXIS.get(path.suffix.lower(), "Z") if up_axis == "auto" else up_axis
        geometry, strays = without_strays(turned_up(geometry, up))
        geometry, bounds = centred_unit(geometry, what)
        geometry = without_doubles(geometry)
        used, face_material = np.unique(geometry.face_material, return_inverse=True)
        geometry = attrs.evolve(geometry, face_material=face_material.reshape(-1))
        materials = complete_materials([found_materials[slot] for slot in used], list(geometry.colours), name)
        warnings = [f"{strays} stray faces far from the rest of the model are dropped"] if strays else []
        warnings += repair_textures(materials, path.parent, max_texture_px, here.is_new)
        warnings += repair_materials(materials, geometry)
        mesh = make_mesh(name, geometry, materials)
        model = bpy.data.objects.new(name, mesh)
        here.keep(model, mesh, *materials)
    return LoadedModel(
        model, geometry.triangles, (float(bounds[0]), float(bounds[1]), float(bounds[2])), tuple(warnings)
    )


def remove_model(model: bpy.types.Object) -> None:
    """Take a loaded model out of memory, with its mesh, its materials and their images."""
    mesh = model.data
    materials = [material for material in mesh.materials if material is not None]
    nodes = [node for material in materials if material.node_tree for node in material.node_tree.nodes]
    images = [node.image for node in nodes if getattr(node, "image", None) is not None]
    bpy.data.batch_remove(list({block.session_uid: block for block in (model, mesh, *materials, *images)}.values()))
