"""A model's textures: found though their paths are wrong, small enough, and neutral grey where they are missing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

import attrs
import bpy

# Linear value of the neutral grey 0.5 (sRGB), which stands for what is not known about a surface.
NEUTRAL_GREY = (0.214, 0.214, 0.214, 1.0)
_SIBLINGS = frozenset({"textures", "texture", "tex", "images", "image", "maps", "materials"})
_IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".tga", ".tif", ".tiff", ".bmp", ".webp", ".dds", ".exr", ".hdr", ".rgb", ".psd"}
)
_MAX_FILES_SEARCHED = 20_000


def repair_textures(
    materials: Iterable[bpy.types.Material],
    folder: Path,
    max_texture_px: int,
    is_new: Callable[[bpy.types.ID], bool],
) -> list[str]:
    """See that every texture of ``materials`` can be rendered; returns warnings, each naming a file.

    A file that is not where the material says is searched by name, in any letter case, below ``folder`` (the model's)
    and in folders like ``textures`` beside it. What is not found, or is no image, becomes neutral grey: Cycles would
    paint it magenta. Textures larger than ``max_texture_px`` are scaled down in memory. An image that was in the file
    before the model (not ``is_new``) stays as it is; where it has to be changed, a copy is.
    """
    search = TextureSearch(folder)
    usable: dict[bpy.types.Image, bool] = {}
    copies: dict[bpy.types.Image, bpy.types.Image] = {}
    warnings = []
    for tree in _trees(materials):
        for node in [
            node for node in tree.nodes if node.bl_idname in ("ShaderNodeTexImage", "ShaderNodeTexEnvironment")
        ]:
            if node.image is not None and not is_new(node.image) and not _is_fit(node.image, max_texture_px):
                node.image = copies.get(node.image) or copies.setdefault(node.image, node.image.copy())
            image = node.image
            if image is not None and image not in usable:
                usable[image] = _load(image, search)
                if usable[image] and is_new(image):
                    _shrink(image, max_texture_px)
                elif not usable[image]:
                    warnings.append(f"texture {_file_name(image)} is missing or unreadable: replaced by neutral grey")
            if image is None or not usable[image]:
                _replace_by_grey(tree, node)
    return list(dict.fromkeys(warnings))


@attrs.define
class TextureSearch:
    """Image files around a model by name in lower case; the tree is read once, when first asked."""

    folder: Path
    _found: dict[str, Path] | None = None

    def find(self, name: str) -> Path | None:
        """The file called ``name`` in any case, or else the image of the same stem in another format."""
        if self._found is None:
            self._found = {}
            for path in self._files():
                self._found.setdefault(path.name.casefold(), path)
                self._found.setdefault(path.stem.casefold(), path)
        return self._found.get(name.casefold()) or self._found.get(Path(name).stem.casefold())

    def _files(self) -> Iterator[Path]:
        beside = sorted(
            one for one in self.folder.parent.iterdir() if one.name.casefold() in _SIBLINGS and one.is_dir()
        )
        seen = 0
        for top in (self.folder, *(one for one in beside if one != self.folder)):
            for parent, folders, files in os.walk(top):
                folders.sort()
                seen += len(files)
                if seen > _MAX_FILES_SEARCHED:
                    return
                yield from (
                    Path(parent, file) for file in sorted(files) if Path(file).suffix.lower() in _IMAGE_SUFFIXES
                )


def _trees(materials: Iterable[bpy.types.Material]) -> list[bpy.types.NodeTree]:
    """The node trees of materials and of the groups in them, each once."""
    pending = [material.node_tree for material in materials if material.node_tree]
    trees: list[bpy.types.NodeTree] = []
    while pending:
        tree = pending.pop(0)
        if tree not in trees:
            trees.append(tree)
            pending.extend(node.node_tree for node in tree.nodes if getattr(node, "node_tree", None))
    return trees


def _load(image: bpy.types.Image, search: TextureSearch) -> bool:
    """Whether the image has pixels, after searching its file if need be."""
    if _has_pixels(image):
        return True
    found = search.find(_file_name(image)) if image.packed_file is None and image.source == "FILE" else None
    if found is None:
        return False
    image.filepath = os.fspath(found)
    image.reload()
    return _has_pixels(image)


def _is_fit(image: bpy.types.Image, max_texture_px: int) -> bool:
    return _has_pixels(image) and max(image.size) <= max_texture_px


def _has_pixels(image: bpy.types.Image) -> bool:
    return image.size[0] > 0 and image.size[1] > 0  # asking for the size loads the file


def _file_name(image: bpy.types.Image) -> str:
    path = image.filepath or image.name
    return PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name


def _shrink(image: bpy.types.Image, max_texture_px: int) -> None:
    width, height = image.size
    ratio = max_texture_px / max(width, height)
    if ratio < 1 and image.source in ("FILE", "GENERATED"):
        image.scale(max(1, round(width * ratio)), max(1, round(height * ratio)))
        image.pack()  # Cycles reads unpacked images from their files, in full size
    if image.packed_file is not None or image.source == "FILE":
        image.buffers_free()


def _replace_by_grey(tree: bpy.types.NodeTree, node: bpy.types.Node) -> None:
    """Take a texture node out: its colour becomes grey, its alpha opaque, and bumps and glow made of it disappear."""
    grey = None
    for link in list(tree.links):
        if link.from_node != node:
            continue
        target = link.to_socket
        tree.links.remove(link)
        if link_is_alpha(target):
            target.default_value = 1.0
        elif target.type == "RGBA" and "Emission" in target.name:
            target.default_value = (0.0, 0.0, 0.0, 1.0)
        elif target.type == "RGBA" and target.node.bl_idname != "ShaderNodeNormalMap":
            if grey is None:
                grey = tree.nodes.new("ShaderNodeRGB")
                grey.outputs[0].default_value = NEUTRAL_GREY
            tree.links.new(grey.outputs[0], target)
    for tangent in [one for one in tree.nodes if one.bl_idname in ("ShaderNodeNormalMap", "ShaderNodeBump")]:
        height = tangent.inputs.get("Height") or tangent.inputs["Color"]
        if not height.is_linked:
            tree.nodes.remove(tangent)
    tree.nodes.remove(node)


def link_is_alpha(socket: bpy.types.NodeSocket) -> bool:
    """Whether a socket is an opacity."""
    return socket.type == "VALUE" and socket.name in ("Alpha", "Fac", "Factor")
