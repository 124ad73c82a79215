"""Distractors as objects on the stage: a few, kept for the whole session, that are given other meshes and materials.

They share the meshes of loaded models, so any number of distractors costs no memory of its own.
"""

from __future__ import annotations

import math

import attrs
import bmesh
import bpy
from mathutils import Matrix

from ..design.distractors import Placed
from . import compat

# Longest side 1, as models have; slabs lie in their x and y, rods along x.
_RING = (0.36, 0.14)
_SLAB = (1.0, 0.62, 0.03)
_ROD = (1.0, 0.025, 0.025)
_BEVEL = 0.025


@attrs.frozen
class Surface:
    """One colour (linear RGB) all over, and how rough it is."""

    colour_rgb: tuple[float, float, float]
    roughness: float


class Clutter:
    """The distractors of a stage. ``placed`` and ``visible_fraction`` of the object are those of the image now."""

    def __init__(self, scene: bpy.types.Scene, turn: bpy.types.Object) -> None:
        self.placed: list[Placed] = []
        self.visible_fraction = 1.0
        self._scene = scene
        self._turn = turn
        self._objects: list[bpy.types.Object] = []
        self._materials: list[bpy.types.Material] = []
        self._shapes: dict[str, bpy.types.Mesh] = {}

    @property
    def shown(self) -> tuple[bpy.types.Object, ...]:
        """The objects of those that are placed."""
        return tuple(self._objects[: len(self.placed)])

    def clear(self) -> None:
        """Show none."""
        for thing in self.shown:
            thing.hide_render = True
        self.placed = []
        self.visible_fraction = 1.0

    def put(self, placed: Placed, mesh: bpy.types.Mesh, matrix: Matrix, surface: Surface | None) -> None:
        """Show one more, with its mesh's own materials or one surface all over; ``matrix`` is relative to the turn."""
        number = len(self.placed)
        if number == len(self._objects):
            self._objects.append(self._new_object(number, mesh))
        thing = self._objects[number]
        if thing.data is not mesh:
            thing.data = mesh
        for slot in thing.material_slots:
            slot.link = "OBJECT" if surface else "DATA"
            if surface:
                slot.material = self._material(number, surface)
        thing.matrix_basis = matrix
        thing.hide_render = False
        self.placed.append(placed)

    def shape(self, name: str) -> bpy.types.Mesh:
        """The mesh of a shape: ``box``, ``cylinder``, ``ball``, ``cone``, ``ring``, ``slab`` or ``stick``."""
        if name not in self._shapes:
            self._shapes[name] = _new_shape(name)
        return self._shapes[name]

    def forget(self, mesh: bpy.types.Mesh) -> None:
        """``mesh`` is about to be removed."""
        for thing in self._objects:
            if thing.data == mesh:
                thing.data = self.shape("box")

    def _new_object(self, number: int, mesh: bpy.types.Mesh) -> bpy.types.Object:
        thing = bpy.data.objects.new(f"simreal distractor {number}", mesh)
        thing.parent = self._turn
        self._scene.collection.objects.link(thing)
        return thing

    def _material(self, number: int, surface: Surface) -> bpy.types.Material:
        while len(self._materials) <= number:
            made = bpy.data.materials.new(f"simreal distractor {len(self._materials)}")
            compat.enable_nodes(made)
            self._materials.append(made)
        material = self._materials[number]
        shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        shader.inputs["Base Color"].default_value = (*surface.colour_rgb, 1.0)
        shader.inputs["Roughness"].default_value = surface.roughness
        return material


def _new_shape(name: str) -> bpy.types.Mesh:
    """Its mesh, with one material slot, smooth but for its edges."""
    mesh = bpy.data.meshes.new(f"simreal {name}")
    geometry = bmesh.new()
    if name in ("box", "slab"):
        bmesh.ops.create_cube(
            geometry, size=1.0, matrix=Matrix.Diagonal((*(_SLAB if name == "slab" else (1.0,) * 3), 1.0))
        )
        if name == "box":
            bmesh.ops.bevel(geometry, geom=geometry.edges[:], offset=_BEVEL, segments=2, affect="EDGES", profile=0.5)
    elif name == "ball":
        bmesh.ops.create_uvsphere(geometry, u_segments=32, v_segments=16, radius=0.5)
    elif name == "ring":
        _add_ring(geometry)
    else:
        tip = 0.0 if name == "cone" else 0.35
        bmesh.ops.create_cone(geometry, cap_ends=True, segments=32, radius1=0.35, radius2=tip, depth=1.0)
        if name == "stick":
            lying = Matrix.Rotation(math.pi / 2, 4, "Y")
            slim = Matrix.Diagonal((_ROD[0], _ROD[1] / 0.7, _ROD[2] / 0.7, 1.0))
            bmesh.ops.transform(geometry, matrix=slim @ lying, verts=geometry.verts)
    for face in geometry.faces:
        face.smooth = True
    geometry.to_mesh(mesh)
    geometry.free()
    mesh.materials.append(None)
    mesh.set_sharp_from_angle(angle=math.radians(35.0))
    return mesh


def _add_ring(geometry: bmesh.types.BMesh, around: int = 32, across: int = 12) -> None:
    """A torus that lies flat."""
    radius, thickness = _RING
    rows = []
    for step in range(around):
        angle = 2 * math.pi * step / around
        row = []
        for part in range(across):
            turn = 2 * math.pi * part / across
            reach = radius + thickness * math.cos(turn)
            row.append(
                geometry.verts.new((reach * math.cos(angle), reach * math.sin(angle), thickness * math.sin(turn)))
            )
        rows.append(row)
    for step, row in enumerate(rows):
        following = rows[(step + 1) % around]
        for part in range(across):
            other = (part + 1) % across
            geometry.faces.new((row[part], following[part], following[other], row[other]))
