"""Where classes come from: model folders, the starter library, this file's collections, Asset Browser catalogues.

Each source can start a design and can be added to one. What is found is found first; then the scene is changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import bpy

from ..design.asset_catalogues import (
    CATALOGUES_FILE,
    AssetCatalogue,
    blend_files,
    chosen_for,
    class_names,
    read_catalogues,
)
from ..design.catalogue import join_fragment
from ..design.design import Design, UpAxis, default_splits
from ..design.errors import AssetError
from ..design.sources import found_models, relative_path, source_name, starter_models
from ..rendering.blend_assets import blend_assets
from ..rendering.blend_files import collection_models, has_geometry
from .class_list import Added, add_models, clean_name
from .conversion import load_design
from .library_list import library_for
from .places import places
from .preferences import user_folder
from .snapshot import FOLDER, Snapshot, Source, take_snapshot

PER_CLASS = 100
CURRENT_FILE = "Current File"
_COLLECTION, _CATALOGUE = "collection", "catalogue"


@attrs.frozen
class Taken:
    """What came of a source: what was added, and what was left out and why."""

    added: Added
    warnings: tuple[str, ...] = ()


def take_folder(scene: bpy.types.Scene, folder: Path, up_axis: UpAxis = "auto") -> Taken:
    """The classes of a folder of models. AssetError where there are none."""
    state = scene.simreal
    found = found_models(folder, "models")
    _begin(state, source_name(folder), folder.parent, len(found.classes))
    library = library_for(state, "models", "models", folder, up_axis)
    added = add_models(state, found_models(folder, library).classes)
    return Taken(added, tuple(f"Skipped {one.path}: {one.reason}" for one in found.skipped))


def take_starter(scene: bpy.types.Scene, classes: Sequence[str]) -> Taken:
    """Classes of the starter library."""
    if not classes:
        raise AssetError("choose at least one class")
    _begin(scene.simreal, "starter", user_folder(), len(classes))
    return Taken(add_models(scene.simreal, starter_models(classes).classes))


def take_collections(scene: bpy.types.Scene, names: Sequence[str]) -> Taken:
    """Collections of this file, a class each, as a snapshot. AssetError where they have no models."""
    if not names:
        raise AssetError("choose at least one collection")
    sources = {f"{_COLLECTION}:{name}": _source(f"{_COLLECTION}:{name}") for name in names}
    return _take_snapshot(scene, sources, {key: source.label for key, source in sources.items()})


def asset_libraries() -> dict[str, Path]:
    """The asset libraries of the preferences by name, and this file, if it is saved."""
    found = {CURRENT_FILE: current_catalogues_folder()} if bpy.data.filepath else {}
    for library in bpy.context.preferences.filepaths.asset_libraries:
        if library.path and library.name not in found:
            found[library.name] = Path(bpy.path.abspath(library.path))
    return found


def current_catalogues_folder() -> Path:
    """Where this file's catalogues lie: in the asset library that holds it, else beside it."""
    file = Path(bpy.data.filepath)
    for library in bpy.context.preferences.filepaths.asset_libraries:
        root = Path(bpy.path.abspath(library.path))
        if library.path and file.is_relative_to(root) and (root / CATALOGUES_FILE).is_file():
            return root
    return file.parent


def catalogues_of(library: str) -> tuple[AssetCatalogue, ...]:
    """The catalogues of an asset library. AssetError where it is not there or has none."""
    known = asset_libraries()
    if library not in known:
        raise AssetError(f"there is no asset library '{library}'; there are: {', '.join(known) or 'none'}")
    return read_catalogues(known[library])


def take_catalogues(scene: bpy.types.Scene, library: str, paths: Sequence[str]) -> Taken:
    """Catalogues of an asset library, a class each, with the assets of the catalogues below that are not chosen."""
    catalogues = catalogues_of(library)
    chosen = [one for one in catalogues if one.path in set(paths)]
    if not chosen:
        raise AssetError("choose at least one catalogue")
    classes = class_names(chosen)
    if library == CURRENT_FILE:
        sources = {f"{_CATALOGUE}:{one.id}": _source(f"{_CATALOGUE}:{one.id}") for one in chosen}
        return _take_snapshot(scene, sources, {f"{_CATALOGUE}:{key}": name for key, name in classes.items()})
    folder = asset_libraries()[library]
    found, warnings = _assets_in(folder, chosen_for(catalogues, chosen))
    models = {classes[one.id]: found[one.id] for one in chosen if one.id in found}
    warnings += [f"{one.path} has no model in it" for one in chosen if one.id not in found]
    if not models:
        raise AssetError(f"{folder}: none of these catalogues has a model in it")
    state = scene.simreal
    _begin(state, clean_name(library) or "assets", folder.parent, len(models))
    name = library_for(state, "assets", "models", folder)
    return Taken(
        add_models(state, {cls: [f"{name}:{path}" for path in paths] for cls, paths in models.items()}), tuple(warnings)
    )


def is_snapshot(state: Any) -> bool:
    """Whether the design has classes made of this file."""
    return any(entry.snapshot for entry in state.libraries)


def update_snapshots(scene: bpy.types.Scene) -> tuple[str, ...]:
    """Take each snapshot of this file anew; classes have what their collections hold now. Returns warnings.

    AssetError, and nothing is changed, where a collection or catalogue is not there any more.
    """
    state = scene.simreal
    warnings: list[str] = []
    for entry in state.libraries:
        if not entry.snapshot:
            continue
        before: dict[str, list[str]] = json.loads(entry.snapshot)
        used = {
            key: models
            for key, models in before.items()
            if any({f"{entry.name}:{one}" for one in models} & set(cls.models.split("\n")) for cls in state.classes)
        }
        if not used:
            continue
        taken = take_snapshot(scene, {key: _source(key) for key in used}, _folder(scene))
        for cls in state.classes:
            _replace(cls, entry.name, used, taken)
        entry.path = _path(state, taken.file.parent)
        entry.snapshot = json.dumps(taken.models, ensure_ascii=False)
        warnings += taken.warnings
    return tuple(warnings)


def candidates(scene: bpy.types.Scene) -> dict[str, int]:
    """The collections of the scene that hold models, from top to bottom, with how many."""
    found = {}
    for collection in [scene.collection, *scene.collection.children_recursive]:
        models = len(collection_models(collection))
        if models and collection != scene.collection:
            found[collection.name] = models
    return found


def _take_snapshot(scene: bpy.types.Scene, sources: Mapping[str, Source], classes: Mapping[str, str]) -> Taken:
    state = scene.simreal
    started = not state.title
    title = source_name(Path(bpy.data.filepath)) if bpy.data.filepath else "untitled"
    _begin(state, title, Path(bpy.data.filepath).parent if bpy.data.filepath else user_folder(), len(sources))
    try:
        taken = take_snapshot(scene, sources, _folder(scene))
    except Exception:
        if started:
            state.title = ""
        raise
    name = library_for(state, "collections", "models", taken.file.parent)
    entry = state.libraries[name]
    known: dict[str, list[str]] = json.loads(entry.snapshot) if entry.snapshot else {}
    entry.snapshot = json.dumps({**known, **taken.models}, ensure_ascii=False)
    for cls in state.classes:
        _replace(cls, name, known, taken)
    there = {asset for cls in state.classes for asset in cls.models.split("\n")}
    models = {
        classes[source]: [f"{name}:{path}" for path in paths]
        for source, paths in taken.models.items()
        if f"{name}:{paths[0]}" not in there
    }
    return Taken(add_models(state, models), taken.warnings)


def _begin(state: Any, title: str, folder: Path, classes: int) -> None:
    """A design with no class yet, where there is no design."""
    if not state.title:
        load_design(state, Design(title, (), splits=default_splits(PER_CLASS, classes), folder=folder.resolve()))


def _source(key: str) -> Source:
    """The collection ``collection:name`` or catalogue ``catalogue:id`` of this file. AssetError without models."""
    kind, _, name = key.partition(":")
    if kind == _COLLECTION:
        collection = bpy.data.collections.get((name, None)) or bpy.data.collections.get(name)  # own before linked
        if collection is None:
            raise AssetError(f"the collection {name} is not in this file any more; remove its class, or rename it back")
        source = Source(name, collection_models(collection))
    else:
        source = _local_assets(name)
    if not source.models:
        raise AssetError(f"{source.label}: there is no model in it")
    return source


def _local_assets(catalogue: str) -> Source:
    catalogues = catalogues_of(CURRENT_FILE)
    chosen = [one for one in catalogues if one.id == catalogue]
    if not chosen:
        raise AssetError("a catalogue that classes were made of is not there any more; remove its class")
    belongs = chosen_for(catalogues, chosen)
    found: dict[str, list[bpy.types.Object]] = {}
    for one in (*bpy.data.objects, *bpy.data.collections):
        if one.library is None and one.asset_data and one.asset_data.catalog_id in belongs:
            objects = [one, *one.children_recursive] if isinstance(one, bpy.types.Object) else list(one.all_objects)
            if has_geometry(objects):
                found[one.name if one.name not in found else f"{one.name} (collection)"] = objects
    return Source(chosen[0].name, found)


def _assets_in(folder: Path, belongs: Mapping[str, str]) -> tuple[dict[str, list[str]], list[str]]:
    """The models of catalogues in an asset library's files, by the catalogue they belong to."""
    files, skipped = blend_files(folder)
    warnings = [f"Skipped {one.path}: {one.reason}" for one in skipped]
    found: dict[str, list[str]] = {}
    manager = bpy.context.window_manager
    manager.progress_begin(0, max(len(files), 1))
    for number, file in enumerate(files):
        manager.progress_update(number)
        try:
            for asset in blend_assets(folder / file):
                if asset.catalogue in belongs:
                    found.setdefault(belongs[asset.catalogue], []).append(join_fragment(file, asset.fragment))
        except AssetError as error:
            warnings.append(f"Skipped {error}")
    manager.progress_end()
    return found, warnings


def _replace(cls: Any, library: str, before: Mapping[str, Iterable[str]], taken: Snapshot) -> None:
    """In a class, the models of each source of a snapshot by those of the next one."""
    models = cls.models.split("\n")
    for source, old in before.items():
        gone = {f"{library}:{one}" for one in old}
        if source in taken.models and gone & set(models):
            place = next(index for index, one in enumerate(models) if one in gone)
            kept = [one for one in models[place:] if one not in gone]
            models = [*models[:place], *(f"{library}:{one}" for one in taken.models[source]), *kept]
    cls.models = "\n".join(models)


def _folder(scene: bpy.types.Scene) -> Path:
    return places(scene).folder / FOLDER


def _path(state: Any, folder: Path) -> str:
    return relative_path(folder, Path(bpy.path.abspath(state.folder)))
