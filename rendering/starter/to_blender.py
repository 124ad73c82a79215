"""A starter model as a Blender object: one mesh, one Principled material per part."""

from __future__ import annotations

from math import radians

import bpy
import numpy as np

from . import build
from .mesh import Mesh, Part

# Edges that fold by more than this are shaded hard: keeps bevels soft and the rims of cylinders crisp.
HARD_EDGE_DEG = 38.0


def make_object(name: str) -> bpy.types.Object:
    """The starter model ``name`` ("chair/03") as an object that no collection links yet.

    Raises AssetError for a name that is not in the catalogue.
    """
    model = build(name)
    data = _mesh_data(name, model.mesh)
    for part in model.parts:
        data.materials.append(_material(f"{name}.{part.name}", part))
    return bpy.data.objects.new(name, data)


def _mesh_data(name: str, mesh: Mesh) -> bpy.types.Mesh:
    data = bpy.data.meshes.new(name)
    corners = np.array([v for face in mesh.faces for v in face], np.int32)
    starts = np.cumsum([0, *(len(face) for face in mesh.faces[:-1])]).astype(np.int32)
    data.vertices.add(len(mesh.vertices))
    data.vertices.foreach_set("co", mesh.vertices.astype(np.float32).ravel())
    data.loops.add(len(corners))
    data.loops.foreach_set("vertex_index", corners)
    data.polygons.add(len(mesh.faces))
    data.polygons.foreach_set("loop_start", starts)
    data.polygons.foreach_set("material_index", mesh.face_part)
    data.polygons.foreach_set("use_smooth", mesh.smooth)
    data.update(calc_edges=True)
    data.set_sharp_from_angle(angle=radians(HARD_EDGE_DEG))
    return data


def _material(name: str, part: Part) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0):  # from 5.0 on every material has nodes and the switch is deprecated
        material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    colour = (*part.colour, 1.0)
    shader.inputs["Base Color"].default_value = colour
    shader.inputs["Metallic"].default_value = part.metallic
    shader.inputs["Roughness"].default_value = part.roughness
    shader.inputs["Transmission Weight"].default_value = part.transmission
    if part.emission > 0:
        shader.inputs["Emission Color"].default_value = colour
        shader.inputs["Emission Strength"].default_value = part.emission
        # It shows its glow but is not sampled as a lamp: the key light and the environment light the scene.
        material.cycles.emission_sampling = "NONE"
    material.diffuse_color = colour
    return material
