"""Models inside .blend files: listing collections, and appending a file, a collection or one model of a collection."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from ..design.errors import AssetError
from .file_checks import check_file
from .workshop import Workshop, workshop

_GEOMETRY = ("MESH", "CURVE", "SURFACE", "FONT", "META")


def blend_collections(path: Path) -> dict[str, tuple[str, ...]]:
    """The collections of a .blend library and the models in each: objects with no parent, and child collections.

    Collections inside another collection are models of that one, not classes. What has no geometry (lights, cameras) is
    left out. Raises AssetError where the file cannot be read.
    """
    check_file(path)
    with workshop():
        with _opened(path, link=True) as (there, here):
            here.collections = there.collections
        collections = [collection for collection in here.collections if collection is not None]
        children = {child for collection in collections for child in collection.children}
        found = {
            collection.name: tuple(sorted(collection_models(collection)))
            for collection in collections
            if collection not in children
        }
    return {name: found[name] for name in sorted(found) if found[name]}


def collection_models(collection: bpy.types.Collection) -> dict[str, list[bpy.types.Object]]:
    """The models of a collection by name: what has no parent in it, with its children, and child collections."""
    found = {}
    for one in collection.objects:
        objects = [one, *one.children_recursive]
        if (one.parent is None or one.parent.name not in collection.objects) and has_geometry(objects):
            found[one.name] = objects
    for child in collection.children:
        if has_geometry(child.all_objects):
            found[child.name] = list(child.all_objects)
    return found


def has_geometry(objects: Iterable[bpy.types.Object]) -> bool:
    """Whether there is an object with a surface among them, or one that instances a collection."""
    return any(one.type in _GEOMETRY or one.instance_type == "COLLECTION" for one in objects)


def append_blend(path: Path, workshop: Workshop, fragment: str | None) -> None:
    """Bring the objects of a .blend (what its first scene shows), of a collection, or of a model, into the workshop."""
    objects = _fragment_objects(path, fragment) if fragment else _scene_objects(path)
    for one in dict.fromkeys(objects):
        one.hide_viewport = False
        if one.name not in workshop.scene.collection.objects:
            workshop.scene.collection.objects.link(one)


def _scene_objects(path: Path) -> list[bpy.types.Object]:
    with _opened(path) as (there, here):
        here.scenes = there.scenes[:1]
    for scene in filter(None, here.scenes):
        shown = list(_shown(scene.view_layers[0].layer_collection))
        if has_geometry(shown):
            return shown
    with _opened(path) as (there, here):  # an asset library may have no scene that shows its objects
        here.objects = there.objects
    return [one for one in here.objects if one is not None]


def _shown(layer: bpy.types.LayerCollection) -> Iterator[bpy.types.Object]:
    if layer.exclude or layer.collection.hide_render:
        return
    yield from layer.collection.objects
    for child in layer.children:
        yield from _shown(child)


def _fragment_objects(path: Path, fragment: str) -> list[bpy.types.Object]:
    """The objects of ``collection``, ``collection/model`` or ``/object``; names may hold slashes themselves."""
    if fragment.startswith("/"):
        return _object_alone(path, fragment[1:])
    with _opened(path) as (there, here):
        collection, model = _resolve(path, fragment, set(there.collections), {*there.objects, *there.collections})
        here.collections = [collection, *([model] if model in there.collections else [])]
        here.objects = [model] if model in there.objects else []
    root = here.collections[0]
    if model is None:
        return list(root.all_objects)
    for one in here.objects:
        if one in set(root.all_objects):
            return [one, *one.children_recursive]
    for child in here.collections[1:]:
        if child in set(root.children_recursive):
            return list(child.all_objects)
    raise AssetError(f"{path}#{fragment}: '{model}' is not in the collection '{collection}'")


def _object_alone(path: Path, name: str) -> list[bpy.types.Object]:
    with _opened(path) as (there, here):
        if name not in there.objects:
            raise AssetError(f"{path}#/{name}: there is no such object")
        here.objects = [name]
    return list(here.objects)


def _resolve(path: Path, fragment: str, collections: set[str], names: set[str]) -> tuple[str, str | None]:
    if fragment in collections:
        return fragment, None
    for position in (i for i, letter in enumerate(fragment) if letter == "/"):
        collection, model = fragment[:position], fragment[position + 1 :]
        if collection in collections and model in names:
            return collection, model
    listed = ", ".join(sorted(collections)) or "none"
    raise AssetError(f"{path}#{fragment}: there is no such collection or model; collections in it: {listed}")


@contextmanager
def _opened(path: Path, link: bool = False) -> Iterator[tuple[Any, Any]]:
    """``bpy.data.libraries.load``; AssetError where Blender cannot read the file."""
    try:
        with bpy.data.libraries.load(os.fspath(path), link=link) as both:
            yield both
    except (OSError, RuntimeError) as error:
        raise AssetError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
