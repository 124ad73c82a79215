"""Objects of the open file as a library of models: a .blend beside the data set, each model one mesh as it is seen.

What is written is evaluated here: modifiers, instances, parents, constraints, drivers, the present frame. So a worker,
which runs no Python of a .blend and knows no frame, loads just what the user sees. Materials go along as they are.
Each snapshot is a file of its own, so that images that exist keep the models they show.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs
import bpy

from ..design.catalogue import join_fragment
from ..design.errors import AssetError, ToolError
from ..rendering.model_mesh import make_mesh
from ..rendering.parts import Part, join, shown_parts

MAX_TRIANGLES = 2_000_000
SUFFIX = " (snapshot)"  # data-blocks of a file have names of their own; the user's keep theirs
FOLDER = "snapshots"


@attrs.frozen
class Snapshot:
    """A written library: its ``file``, the models' paths in it by source, ``warnings`` about what was left out."""

    file: Path
    models: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]


@attrs.frozen
class Source:
    """A collection or catalogue of the open file, with its models by name."""

    label: str
    models: Mapping[str, Sequence[bpy.types.Object]]


def take_snapshot(scene: bpy.types.Scene, sources: Mapping[str, Source], folder: Path) -> Snapshot:
    """Write the models of each source into the next free file of ``folder``. The scene stays as it is.

    AssetError where nothing of a source is to be seen, ToolError where the file cannot be written.
    """
    warnings: list[str] = []
    shown = {key: _visible(scene, source, warnings) for key, source in sources.items()}
    with _evaluated(
        scene, [one for models in shown.values() for objects in models.values() for one in objects]
    ) as found:
        made: list[bpy.types.ID] = []
        try:
            collections = {}
            for key, models in shown.items():
                collections[key] = collection = bpy.data.collections.new(_name(sources[key].label))
                made.append(collection)
                _fill(collection, models, found, made, warnings)
                if not collection.objects:
                    raise AssetError(f"{sources[key].label}: there is nothing to be seen in it; show its objects")
            warnings += _unsaved_images(made)
            file = _write(folder, set(collections.values()))
            paths = {
                key: tuple(sorted(join_fragment(file.name, f"{made_of.name}/{one.name}") for one in made_of.objects))
                for key, made_of in collections.items()
            }
        finally:
            bpy.data.batch_remove(made)
    return Snapshot(file, paths, tuple(dict.fromkeys(warnings)))


def _visible(scene: bpy.types.Scene, source: Source, warnings: list[str]) -> dict[str, list[bpy.types.Object]]:
    """The objects of each model that are seen and rendered. What the view layer leaves out as a whole is taken."""
    layer = scene.view_layers[0]
    if bpy.context.scene == scene and bpy.context.view_layer is not None:
        layer = bpy.context.view_layer
    found = {}
    for name, objects in source.models.items():
        seen = [
            one
            for one in dict.fromkeys(objects)
            if not one.hide_render
            and (one.visible_get(view_layer=layer) if one.name in layer.objects else not one.hide_viewport)
        ]
        if seen:
            found[name] = seen
        else:
            warnings.append(f"{name} is hidden and left out")
    return found


@contextmanager
def _evaluated(
    scene: bpy.types.Scene, objects: Sequence[bpy.types.Object]
) -> Iterator[dict[bpy.types.Object, list[Part]]]:
    """The parts that each object shows, evaluated in a scene of their own at the user's frame."""
    studio = bpy.data.scenes.new("simreal snapshot")
    try:
        studio.frame_set(scene.frame_current, subframe=scene.frame_subframe)
        for one in dict.fromkeys(objects):
            studio.collection.objects.link(one)
        layer = studio.view_layers[0]
        with bpy.context.temp_override(scene=studio, view_layer=layer):
            depsgraph = bpy.context.evaluated_depsgraph_get()
        found: dict[bpy.types.Object, list[Part]] = {}
        for owner, part in shown_parts(depsgraph):
            found.setdefault(owner, []).append(part)
        yield found
    finally:
        bpy.data.scenes.remove(studio)


def _fill(
    collection: bpy.types.Collection,
    models: Mapping[str, Sequence[bpy.types.Object]],
    found: Mapping[bpy.types.Object, Sequence[Part]],
    made: list[bpy.types.ID],
    warnings: list[str],
) -> None:
    for name, objects in models.items():
        parts = [part for one in objects for part in found.get(one, ())]
        try:
            geometry, materials = join(parts, name, MAX_TRIANGLES)
        except AssetError as error:
            warnings.append(str(error))
            continue
        mesh = make_mesh(_name(name), geometry, materials)
        model = bpy.data.objects.new(_name(name), mesh)
        made += [model, mesh]
        collection.objects.link(model)


def _name(name: str) -> str:
    """A name for a data-block of a snapshot; slashes part collection and model in an asset's name."""
    return re.sub(r"[/\\\x00-\x1f]", "_", name) + SUFFIX


def _unsaved_images(made: Sequence[bpy.types.ID]) -> Iterator[str]:
    """A warning for each texture that was painted on and not saved: the library has the file's content."""
    materials = {slot for one in made if isinstance(one, bpy.types.Mesh) for slot in one.materials if slot is not None}
    trees = [material.node_tree for material in materials if material.node_tree is not None]
    for tree in trees:
        for node in tree.nodes:
            image = getattr(node, "image", None)
            if image is not None and image.is_dirty and image.packed_file is None:
                yield f"The image {image.name} has changes that are not saved: save it, then update"
            if getattr(node, "node_tree", None) is not None and node.node_tree not in trees:
                trees.append(node.node_tree)


def _write(folder: Path, collections: set[bpy.types.ID]) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while (file := folder / f"collections_{number:03d}.blend").exists():
            number += 1
        bpy.data.libraries.write(os.fspath(file), collections, path_remap="RELATIVE_ALL", fake_user=True, compress=True)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise ToolError(f"{folder}: cannot be written ({reason}); choose another output folder") from None
    return file
