"""A Geometry as a Blender mesh, written array by array (bpy.ops.object.join takes longer than the import itself)."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np

from .normalisation import Geometry

_MAX_UV_LAYERS = 8


def make_mesh(name: str, geometry: Geometry, materials: Sequence[bpy.types.Material]) -> bpy.types.Mesh:
    """A new mesh data-block with the geometry's faces, UVs, colours and normals, and ``materials`` as its slots."""
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(geometry.vertices))
    mesh.loops.add(len(geometry.corner_vertex))
    mesh.polygons.add(len(geometry.face_sizes))
    mesh.vertices.foreach_set("co", _flat(geometry.vertices))
    mesh.loops.foreach_set("vertex_index", geometry.corner_vertex.astype(np.int32))
    mesh.polygons.foreach_set("loop_start", geometry.face_starts.astype(np.int32))
    mesh.polygons.foreach_set("material_index", geometry.face_material.astype(np.int32))
    mesh.polygons.foreach_set("use_smooth", ~geometry.face_flat)
    for material in materials:
        mesh.materials.append(material)
    mesh.update(calc_edges=True)
    for layer_name in list(geometry.uvs)[:_MAX_UV_LAYERS]:
        mesh.uv_layers.new(name=layer_name, do_init=False).uv.foreach_set("vector", _flat(geometry.uvs[layer_name]))
    for layer_name, values in geometry.colours.items():
        mesh.color_attributes.new(layer_name, "FLOAT_COLOR", "CORNER").data.foreach_set("color", _flat(values))
    if geometry.corner_normals is not None:
        # "Free" custom normals (Blender 4.5 on): plain vectors, where normals_split_custom_set encodes each corner.
        attribute = mesh.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER")
        attribute.data.foreach_set("vector", _flat(geometry.corner_normals))
    mesh.validate(clean_customdata=False)
    return mesh


def _flat(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, dtype=np.float32).reshape(-1)
