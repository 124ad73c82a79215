"""Replacing an object's materials for an image, and giving it its own back; nothing is made twice in a session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bpy
from attrs import define, frozen

from ..datasets.file_stamps import Stamp, stamp
from ..design.errors import AssetError
from ..design.materials_catalogue import MATERIALS, Rgb
from ..design.texture_sets import PbrSet
from .material_recipes import RECIPES
from .node_recipe import Recipe

_KINDS = {kind.name: kind for kind in MATERIALS}
# A drawn colour tints a texture set's own colours by this much.
SET_TINT = 0.3


@frozen
class _Made:
    material: bpy.types.Material
    recipe: Recipe
    files: tuple[tuple[Path, Stamp | None], ...] = ()  # of a texture set, as they were when it was loaded


@define
class _Slot:
    link: str
    material: bpy.types.Material | None  # what the object itself linked, if it linked anything


class MaterialLibrary:
    """The replacing materials of one render session.

    Each is made at its first use and kept; ``apply`` only sets values on its nodes, which Cycles' persistent data takes
    up at little cost. One object at a time can wear a material with given values: a second ``apply`` of the same
    material changes both.
    """

    def __init__(self) -> None:
        self._made: dict[str, _Made] = {}
        self._originals: dict[int, tuple[list[_Slot], bool]] = {}
        self._images: list[bpy.types.Image] = []

    def material(self, name: str | PbrSet) -> bpy.types.Material:
        """The material of that name (one of ``MATERIAL_NAMES``) or texture set. Raises AssetError if there is none."""
        return self._get(name).material

    def apply(
        self,
        obj: bpy.types.Object,
        name: str | PbrSet,
        colour_rgb: Rgb | None = None,
        roughness: float = 0.5,
        scale: float = 1.0,
    ) -> None:
        """Put a material on all of ``obj``'s slots; its mesh is left as it is.

        ``colour_rgb`` is linear, None for the material's natural colour. ``roughness`` in 0..1 runs from the smoothest
        to the roughest this material can be. ``scale`` multiplies the pattern's frequency: 1 suits an object seen as
        a whole, whatever its size.
        """
        made = self._get(name)
        colour = _colour(name, colour_rgb)
        made.recipe.colour_node.outputs[0].default_value = (*colour, 1.0)
        made.recipe.wear_node.outputs[0].default_value = roughness
        made.recipe.scale_node.outputs[0].default_value = scale / _longest_side(obj)
        if obj.session_uid not in self._originals:
            bare = len(obj.material_slots) == 0
            if bare:
                obj.data.materials.append(None)
            self._originals[obj.session_uid] = ([_own(slot) for slot in obj.material_slots], bare)
        for slot in obj.material_slots:
            slot.link = "OBJECT"
            slot.material = made.material

    def restore(self, obj: bpy.types.Object) -> None:
        """Give ``obj`` its own materials back; nothing happens to an object that wears them already."""
        if obj.session_uid not in self._originals:
            return
        slots, bare = self._originals.pop(obj.session_uid)
        for slot, own in zip(obj.material_slots, slots, strict=True):
            slot.link = "OBJECT"
            slot.material = own.material
            slot.link = own.link
        if bare:
            obj.data.materials.clear()  # pop leaves the object's slot behind (4.5, 5.2)

    def forget(self, obj: bpy.types.Object) -> None:
        """``obj`` is about to be removed."""
        self._originals.pop(obj.session_uid, None)

    def forget_changed(self) -> None:
        """Remove the materials of texture sets whose files have changed. Objects that wear them have none until
        another is applied."""
        changed = [key for key, made in self._made.items() if any(stamp(file) != before for file, before in made.files)]
        for key in changed:
            material = self._made.pop(key).material
            images = [node.image for node in material.node_tree.nodes if getattr(node, "image", None)]
            self._images = [image for image in self._images if image not in images]
            bpy.data.batch_remove([material, *images])

    def close(self) -> None:
        """Remove every data-block that the library made. Restore the objects first."""
        for made in self._made.values():
            bpy.data.materials.remove(made.material)
        for image in self._images:
            bpy.data.images.remove(image)
        self._made.clear()
        self._images.clear()

    def _get(self, name: str | PbrSet) -> _Made:
        key = name if isinstance(name, str) else f"set {name.colour}"
        if key not in self._made:
            self._made[key] = self._from_set(name) if isinstance(name, PbrSet) else _from_recipe(name)
        return self._made[key]

    def _from_set(self, textures: PbrSet) -> _Made:
        """A set's images projected from six sides.

        Relief comes from the height image: a tangent-space normal map needs UVs, which the objects may not have.
        """
        paths = [
            path
            for path in (
                textures.colour,
                textures.arm,
                textures.roughness,
                textures.metallic,
                textures.occlusion,
                textures.height,
            )
            if path is not None
        ]
        for path in paths:
            if not path.is_file():
                raise AssetError(f"texture set {textures.name}: no image at {path}")
        stamps = tuple((path, stamp(path)) for path in paths)
        before = set(bpy.data.images)
        material = bpy.data.materials.new(f"simreal.{textures.name}")
        r = Recipe(material)
        colour = r.image(str(textures.colour), True).outputs["Color"]
        packed = r.image(str(textures.arm), False).outputs["Color"] if textures.arm else None
        occlusion = _channel(r, textures.occlusion, packed, "Red")
        if occlusion is not None:
            colour = r.mix(r.math("SUBTRACT", 1.0, occlusion), colour, (0.0, 0.0, 0.0))
        r.set(base_color=r.mix(1.0, colour, r.colour, "MULTIPLY"))
        rough = _channel(r, textures.roughness, packed, "Green")
        # Half way, the set's own roughness; towards 0 and 1 smoother and rougher by up to 0.3.
        shift = r.math("MULTIPLY_ADD", r.wear, 0.6, -0.3)
        r.set(roughness=r.math("ADD", rough if rough is not None else 0.6, shift, clamp=True))
        metallic = _channel(r, textures.metallic, packed, "Blue")
        if metallic is not None:
            r.set(metallic=metallic)
        if textures.height:
            r.bump(r.image(str(textures.height), False).outputs["Color"], 0.03)
        self._images.extend(image for image in bpy.data.images if image not in before)
        return _Made(material, r, stamps)


def _from_recipe(name: str) -> _Made:
    if name not in RECIPES:
        raise AssetError(f"no material {name!r}; there are {', '.join(RECIPES)}")
    material = bpy.data.materials.new(f"simreal.{name}")
    recipe = Recipe(material)
    RECIPES[name](recipe)
    return _Made(material, recipe)


def _channel(r: Recipe, path: object, packed: bpy.types.NodeSocket | None, colour: str) -> bpy.types.NodeSocket | None:
    if path is not None:
        return r.image(str(path), False).outputs["Color"]
    return r.channel(packed, colour) if packed is not None else None


def _colour(name: str | PbrSet, drawn: Rgb | None) -> Sequence[float]:
    if isinstance(name, str):
        return _KINDS[name].colour(drawn)
    return [1.0 + (c - 1.0) * SET_TINT for c in drawn] if drawn is not None else (1.0, 1.0, 1.0)


def _own(slot: bpy.types.MaterialSlot) -> _Slot:
    """A slot's link, and the material the object itself holds there (hidden while the slot links to the mesh)."""
    link = slot.link
    slot.link = "OBJECT"
    own = _Slot(link, slot.material)
    slot.link = link
    return own


def _longest_side(obj: bpy.types.Object) -> float:
    corners = list(obj.bound_box)
    sides = [max(corner[axis] for corner in corners) - min(corner[axis] for corner in corners) for axis in range(3)]
    return float(max(*sides, 1e-6))
