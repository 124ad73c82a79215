"""All geometry of a scene as one Geometry: modifiers, instances and transforms applied, materials gathered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import bpy
import numpy as np
import numpy.typing as npt

from ..design.errors import AssetError
from .normalisation import Floats, Geometry
from .workshop import Workshop

RENDER_UV = "UVMap"
_GEOMETRY = ("MESH", "CURVE", "SURFACE", "FONT", "META")


@attrs.frozen
class Part:
    """One evaluated object: its geometry in world coordinates, whose ``face_material`` counts in ``materials``."""

    geometry: Geometry
    materials: tuple[bpy.types.Material | None, ...]
    has_own_normals: bool


def gather(workshop: Workshop, what: str, max_triangles: int) -> tuple[Geometry, list[bpy.types.Material | None]]:
    """The workshop's whole scene as one geometry and its materials, each once. None stands for no material.

    UVs: each part's render-active layer becomes ``UVMap``; further layers keep their names. Raises AssetError where
    there are no faces, more than ``max_triangles``, or points that are not numbers.
    """
    with workshop.at_hand():
        depsgraph = bpy.context.evaluated_depsgraph_get()
    return join((part for _, part in shown_parts(depsgraph)), what, max_triangles)


def join(found: Iterable[Part], what: str, max_triangles: int) -> tuple[Geometry, list[bpy.types.Material | None]]:
    """Parts as one geometry and its materials, each once; see ``gather``."""
    parts, triangles = [], 0
    for part in found:
        triangles += part.geometry.triangles
        if triangles > max_triangles:
            raise AssetError(f"{what}: more than {max_triangles:,} triangles; simplify the model or raise the limit")
        parts.append(part)
    if not parts:
        raise AssetError(f"{what}: there are no faces in it")
    materials = list(dict.fromkeys(material for part in parts for material in part.materials))
    geometry = _joined([_renumbered(part, materials) for part in parts])
    if not any(part.has_own_normals for part in parts):
        geometry = attrs.evolve(geometry, corner_normals=None)
    if not np.isfinite(geometry.vertices[geometry.corner_vertex]).all():
        raise AssetError(f"{what}: some of its points are not numbers; the file is damaged")
    return geometry, materials


def shown_parts(depsgraph: bpy.types.Depsgraph) -> Iterator[tuple[bpy.types.Object, Part]]:
    """Every evaluated object with faces, and the object of the scene that it is or that instances it."""
    for instance in depsgraph.object_instances:
        one = instance.object
        if one.type not in _GEOMETRY or not instance.show_self or one.original.hide_render:
            continue
        owner = instance.parent if instance.is_instance else one
        mesh = one.to_mesh(preserve_all_data_layers=True, depsgraph=depsgraph)
        if mesh is not None and len(mesh.polygons):
            yield owner.original, _part(mesh, np.array(instance.matrix_world, dtype=np.float64), _materials(one, mesh))
        one.to_mesh_clear()


def _materials(one: bpy.types.Object, mesh: bpy.types.Mesh) -> tuple[bpy.types.Material | None, ...]:
    """The materials of an evaluated object: its mesh's, and in their place those that are linked to the object."""
    own = {number: slot.material for number, slot in enumerate(one.material_slots) if slot.link == "OBJECT"}
    materials = [own.get(number, material) for number, material in enumerate(mesh.materials)]
    return tuple(material.original if material else None for material in materials) or (None,)


def _part(mesh: bpy.types.Mesh, matrix: Floats, materials: tuple[bpy.types.Material | None, ...]) -> Part:
    corners, faces = len(mesh.loops), len(mesh.polygons)
    local = _read(mesh.vertices, "co", (len(mesh.vertices), 3))
    linear = matrix[:3, :3]
    geometry = Geometry(
        vertices=local @ linear.T + matrix[:3, 3],
        corner_vertex=_read(mesh.loops, "vertex_index", (corners,), np.int32),
        face_sizes=_read(mesh.polygons, "loop_total", (faces,), np.int32),
        face_material=_read(mesh.polygons, "material_index", (faces,), np.int32),
        face_flat=~_read(mesh.polygons, "use_smooth", (faces,), np.bool_),
        corner_normals=_normals(mesh, linear),
        uvs=_uvs(mesh),
        colours=_colours(mesh),
    )
    flipped = np.linalg.det(linear) < 0
    return Part(_reversed(geometry) if flipped else geometry, materials, _has_own_normals(mesh))


def _normals(mesh: bpy.types.Mesh, linear: Floats) -> Floats:
    """Corner normals in world space (L, 3). Cofactors instead of an inverse: a part may be squashed flat."""
    x, y, z = linear
    cofactors = np.stack([np.cross(y, z), np.cross(z, x), np.cross(x, y)])
    normals = _read(mesh.corner_normals, "vector", (len(mesh.loops), 3)) @ cofactors.T
    normals *= -1.0 if np.linalg.det(linear) < 0 else 1.0
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    sane = np.isfinite(lengths) & (lengths > 1e-30)  # faces without area have no normal
    return np.where(sane, normals / np.where(sane, lengths, 1.0), (0.0, 0.0, 1.0))


def _has_own_normals(mesh: bpy.types.Mesh) -> bool:
    """Whether flat and smooth faces alone do not tell the corner normals."""
    return mesh.normals_domain == "CORNER" and (mesh.has_custom_normals or "sharp_edge" in mesh.attributes)


def _uvs(mesh: bpy.types.Mesh) -> dict[str, Floats]:
    corners = len(mesh.loops)
    layers = {layer.name: _read(layer.uv, "vector", (corners, 2)) for layer in mesh.uv_layers}
    for layer in mesh.uv_layers:
        if layer.active_render:
            layers[RENDER_UV] = layers[layer.name]
    return layers


def _colours(mesh: bpy.types.Mesh) -> dict[str, Floats]:
    colours = {}
    vertex = None
    for layer in mesh.color_attributes:
        values = _read(layer.data, "color", (len(layer.data), 4))
        if layer.domain == "POINT":
            vertex = _read(mesh.loops, "vertex_index", (len(mesh.loops),), np.int32) if vertex is None else vertex
            values = values[vertex]
        colours[layer.name] = values
    return colours


def _reversed(geometry: Geometry) -> Geometry:
    """The same faces wound the other way, after a mirroring transform."""
    starts = np.repeat(geometry.face_starts, geometry.face_sizes)
    sizes = np.repeat(geometry.face_sizes, geometry.face_sizes)
    corners = starts + (sizes - 1 - (np.arange(len(starts)) - starts))
    return attrs.evolve(
        geometry,
        corner_vertex=geometry.corner_vertex[corners],
        corner_normals=None if geometry.corner_normals is None else geometry.corner_normals[corners],
        uvs={name: values[corners] for name, values in geometry.uvs.items()},
        colours={name: values[corners] for name, values in geometry.colours.items()},
    )


def _renumbered(part: Part, materials: list[bpy.types.Material | None]) -> Geometry:
    numbers = np.array([materials.index(material) for material in part.materials], dtype=np.int32)
    slots = np.clip(part.geometry.face_material, 0, len(numbers) - 1)
    return attrs.evolve(part.geometry, face_material=numbers[slots])


def _joined(parts: list[Geometry]) -> Geometry:
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    return Geometry(
        vertices=np.concatenate([part.vertices for part in parts]),
        corner_vertex=np.concatenate(
            [part.corner_vertex + offset for part, offset in zip(parts, offsets, strict=True)]
        ),
        face_sizes=np.concatenate([part.face_sizes for part in parts]),
        face_material=np.concatenate([part.face_material for part in parts]),
        face_flat=np.concatenate([part.face_flat for part in parts]),
        corner_normals=np.concatenate([part.corner_normals for part in parts if part.corner_normals is not None]),
        uvs=_joined_layers([(len(part.corner_vertex), part.uvs) for part in parts], (0.0, 0.0)),
        colours=_joined_layers([(len(part.corner_vertex), part.colours) for part in parts], (1.0, 1.0, 1.0, 1.0)),
    )


def _joined_layers(parts: list[tuple[int, dict[str, Floats]]], default: tuple[float, ...]) -> dict[str, Floats]:
    names = sorted({name for _, layers in parts for name in layers}, key=lambda name: (name != RENDER_UV, name))
    return {
        name: np.concatenate([layers.get(name, np.full((corners, len(default)), default)) for corners, layers in parts])
        for name in names
    }


def _read(items: Any, name: str, shape: tuple[int, ...], kind: npt.DTypeLike = np.float32) -> Any:
    """A property of all items at once as an array, float64 where it is a float."""
    values = np.empty(int(np.prod(shape)), dtype=kind)
    items.foreach_get(name, values)
    values = values.reshape(shape)
    return values.astype(np.float64) if kind is np.float32 else values
