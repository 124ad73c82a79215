"""A model's materials made fit to render: what file formats garble is put right, what is missing is neutral grey."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np

from .model_textures import NEUTRAL_GREY
from .normalisation import Geometry

_INVISIBLE = 0.02
_MIN_IOR, _USUAL_IOR = 1.05, 1.45


def complete_materials(
    materials: Sequence[bpy.types.Material | None], colours: Sequence[str], name: str
) -> list[bpy.types.Material]:
    """The materials, with a neutral one (or one that shows the vertex colours, if there are any) in place of None."""
    complete = [material or _plain_material(f"{name} surface", colours) for material in materials]
    for material in complete:
        if material.node_tree is None:
            material.use_nodes = True
    return complete


def repair_materials(materials: Sequence[bpy.types.Material], geometry: Geometry) -> list[str]:
    """Put right what MTL and other files often get wrong; returns warnings.

    - A surface that cannot be seen at all (MTL writers disagree on whether ``Tr 1`` is opaque) becomes opaque.
    - An index of refraction of 1 (Blender's old MTL exporter writes ``Ni 1`` everywhere), by which an opaque surface
      would reflect nothing, becomes the usual 1.45.
    """
    areas = np.bincount(geometry.face_material, weights=geometry.face_areas(), minlength=len(materials))
    warnings = []
    for material, area in zip(materials, areas, strict=True):
        for shader in [node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled"]:
            alpha, ior = shader.inputs["Alpha"], shader.inputs["IOR"]
            if not alpha.is_linked and alpha.default_value < _INVISIBLE and area > 0:
                alpha.default_value = 1.0
                share = area / areas.sum()
                warnings.append(f"material '{material.name}' ({share:.0%} of the surface) is invisible: made opaque")
            if not ior.is_linked and ior.default_value < _MIN_IOR:
                ior.default_value = _USUAL_IOR
    return warnings


def _plain_material(name: str, colours: Sequence[str]) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    if material.node_tree is None:  # Blender 5 always has one
        material.use_nodes = True
    tree = material.node_tree
    shader = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    shader.inputs["Base Color"].default_value = NEUTRAL_GREY
    if colours:
        attribute = tree.nodes.new("ShaderNodeVertexColor")
        attribute.layer_name = colours[0]
        tree.links.new(attribute.outputs["Color"], shader.inputs["Base Color"])
    return material
