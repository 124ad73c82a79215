"""Building a material's nodes: the few inputs that change per image, and short words for the textures between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import bpy

if TYPE_CHECKING:
    Socket: TypeAlias = bpy.types.NodeSocket
    Value: TypeAlias = bpy.types.NodeSocket | float


class Recipe:
    """A material under construction. ``colour``, ``wear`` (0 smoothest .. 1 roughest) and ``scale`` stay adjustable.

    Textures are solid (three-dimensional, in the object's own space), so they need no UVs.
    """

    def __init__(self, material: bpy.types.Material) -> None:
        if bpy.app.version < (5, 0):  # from 5.0 on every material has nodes and the switch is deprecated
            material.use_nodes = True
        self.tree = material.node_tree
        self.shader = next(node for node in self.tree.nodes if node.type == "BSDF_PRINCIPLED")
        self.colour_node = self.tree.nodes.new("ShaderNodeRGB")
        self.wear_node = self.tree.nodes.new("ShaderNodeValue")
        self.scale_node = self.tree.nodes.new("ShaderNodeValue")
        self.colour: Socket = self.colour_node.outputs[0]
        self.wear: Socket = self.wear_node.outputs[0]
        coordinates = self.tree.nodes.new("ShaderNodeTexCoord")
        scaled = self.tree.nodes.new("ShaderNodeVectorMath")
        scaled.operation = "SCALE"
        self.tree.links.new(coordinates.outputs["Object"], scaled.inputs[0])
        self.tree.links.new(self.scale_node.outputs[0], scaled.inputs["Scale"])
        self.position: Socket = scaled.outputs[0]

    def set(self, **inputs: Value | Sequence[float]) -> None:
        """Feed inputs of the Principled shader, named as in ``_INPUTS`` (``base_color``, ``coat_weight``)."""
        for name, value in inputs.items():
            self._feed(self.shader.inputs[_INPUTS[name]], value)

    def roughness(self, low: float, high: float, variation: Value = 0.0) -> None:
        """Roughness from ``low`` to ``high`` by wear, plus ``variation``."""
        spread = self.math("MULTIPLY_ADD", self.wear, high - low, low)
        self.set(roughness=self.math("ADD", spread, variation, clamp=True))

    def stretched(self, x: float, y: float, z: float) -> Socket:
        """The position, multiplied per axis."""
        node = self.tree.nodes.new("ShaderNodeVectorMath")
        node.operation = "MULTIPLY"
        self._feed(node.inputs[0], self.position)
        node.inputs[1].default_value = (x, y, z)
        return node.outputs[0]

    def noise(self, scale: float, detail: float = 3.0, distortion: float = 0.0, at: Socket | None = None) -> Socket:
        """Fractal noise, 0..1 about 0.5."""
        return self._texture("ShaderNodeTexNoise", at, Scale=scale, Detail=detail, Distortion=distortion)

    def cells(self, scale: float, feature: str = "F1", colour: bool = False) -> Socket:
        """Voronoi cells: distance to the nearest point ("F1") or the edge ("DISTANCE_TO_EDGE"), or a cell's colour."""
        out = self._texture("ShaderNodeTexVoronoi", None, Scale=scale)
        node = out.node
        node.feature = feature
        return node.outputs["Color" if colour else "Distance"]

    def waves(self, scale: float, axis: str, distortion: float = 0.0, rings: bool = False) -> Socket:
        """Sine bands across an axis ("X", "Y", "Z"), or rings about it."""
        out = self._texture("ShaderNodeTexWave", None, Scale=scale, Distortion=distortion, Detail=3.0)
        node = out.node
        node.wave_type = "RINGS" if rings else "BANDS"
        setattr(node, "rings_direction" if rings else "bands_direction", axis)
        return node.outputs[1]

    def math(self, operation: str, a: Value, b: Value = 0.0, c: Value = 0.0, clamp: bool = False) -> Socket:
        """A Math node."""
        node = self.tree.nodes.new("ShaderNodeMath")
        node.operation, node.use_clamp = operation, clamp
        for socket, value in zip(node.inputs, (a, b, c), strict=False):
            self._feed(socket, value)
        return node.outputs[0]

    def between(self, value: Socket, low: float, high: float) -> Socket:
        """0 where ``value`` is below ``low``, 1 above ``high``, smooth in between (either order)."""
        node = self.tree.nodes.new("ShaderNodeMapRange")
        node.interpolation_type = "SMOOTHSTEP"
        for socket, number in zip(node.inputs, (value, low, high, 0.0, 1.0), strict=False):
            self._feed(socket, number)
        return node.outputs[0]

    def mix(self, share: Value, a: Socket | Sequence[float], b: Socket | Sequence[float], blend: str = "MIX") -> Socket:
        """Colour ``a`` turning into ``b``."""
        node = self.tree.nodes.new("ShaderNodeMix")
        node.data_type, node.blend_type = "RGBA", blend
        self._feed(node.inputs[0], share)
        a_socket, b_socket = (socket for socket in node.inputs if socket.type == "RGBA")
        self._feed(a_socket, a)
        self._feed(b_socket, b)
        return next(socket for socket in node.outputs if socket.type == "RGBA")

    def shade(self, colour: Socket, value: float, saturation: float = 1.0, hue: float = 0.5) -> Socket:
        """The colour, darker or lighter by the factor ``value``; ``hue`` 0.5 leaves the hue."""
        node = self.tree.nodes.new("ShaderNodeHueSaturation")
        for name, number in (("Hue", hue), ("Saturation", saturation), ("Value", value), ("Color", colour)):
            self._feed(node.inputs[name], number)
        return node.outputs[0]

    def bump(self, height: Socket, depth: float, strength: float = 1.0) -> None:
        """Relief from a height of 0..1; ``depth`` in the object's units, before the texture scale."""
        node = self.tree.nodes.new("ShaderNodeBump")
        self._feed(node.inputs["Strength"], strength)
        self._feed(node.inputs["Distance"], depth)
        self._feed(node.inputs["Height"], height)
        self.tree.links.new(node.outputs[0], self.shader.inputs["Normal"])

    def image(self, path: str, colour: bool) -> bpy.types.Node:
        """A picture projected from six sides; ``colour`` False reads it as data. Outputs ``Color`` and ``Alpha``."""
        node = self.tree.nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.load(path)
        if not colour:
            node.image.colorspace_settings.name = "Non-Color"
        node.projection, node.projection_blend = "BOX", 0.25
        self._feed(node.inputs["Vector"], self.position)
        return node

    def channel(self, colour: Socket, name: str) -> Socket:
        """ "Red", "Green" or "Blue" of a colour."""
        node = self.tree.nodes.new("ShaderNodeSeparateColor")
        self._feed(node.inputs[0], colour)
        return node.outputs[name]

    def _texture(self, kind: str, at: Socket | None, **inputs: float) -> Socket:
        node = self.tree.nodes.new(kind)
        self._feed(node.inputs["Vector"], at or self.position)
        for name, value in inputs.items():
            self._feed(node.inputs[name], value)
        return node.outputs[0]

    def _feed(self, socket: Socket, value: Value | Sequence[float]) -> None:
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif isinstance(value, Sequence):
            socket.default_value = (*value, 1.0)
        else:
            socket.default_value = value


_INPUTS = {
    "base_color": "Base Color",
    "metallic": "Metallic",
    "roughness": "Roughness",
    "transmission": "Transmission Weight",
    "coat_weight": "Coat Weight",
    "coat_roughness": "Coat Roughness",
    "sheen_weight": "Sheen Weight",
    "anisotropic": "Anisotropic",
    "specular": "Specular IOR Level",
}
