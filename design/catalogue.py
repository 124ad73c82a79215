"""The catalogue: which classes and models a folder holds. Only directories are opened, so large libraries are quick.

Layouts::

    folders    class/model.obj, class/model/model.obj, class/model/any/depth/x.glb
    shapenet   02691156/<model id>/models/model_normalized.obj (ShapeNetCore v2)
    files      model files side by side: one class, named by the folder

An asset is a path relative to the library's folder, with forward slashes. What lies inside a .blend is named behind a
``#``: ``library.blend#chairs/Windsor`` is the object or collection Windsor of the collection chairs,
``library.blend#chairs`` the whole collection, ``library.blend#/Windsor`` the object Windsor, wherever it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal

import attrs

from .errors import AssetError
from .folders import DEFAULT_MAX_BYTES, Entry, Skipped, Walk
from .images_catalogue import ImageCatalogue, scan_environments, scan_photos
from .shapenet import synset_name

__all__ = [
    "ImageCatalogue",
    "ModelCatalogue",
    "Skipped",
    "blend_models",
    "join_fragment",
    "models_in",
    "scan_environments",
    "scan_models",
    "scan_photos",
    "split_fragment",
]

Layout = Literal["auto", "folders", "shapenet", "files"]

# Best first: a file that carries materials and textures is preferred to one that cannot.
MODEL_SUFFIXES = (".blend", ".glb", ".gltf", ".usdz", ".usdc", ".usda", ".usd", ".fbx", ".obj", ".ply", ".stl")
COMPANION_SUFFIXES = frozenset(
    {".mtl", ".bin", ".png", ".jpg", ".jpeg", ".tga", ".tif", ".tiff", ".bmp", ".dds", ".exr", ".hdr", ".webp", ".psd"}
    | {
        ".rgb",
        ".ktx2",
        ".gif",
        ".svg",
        ".txt",
        ".md",
        ".json",
        ".csv",
        ".html",
        ".pdf",
        ".url",
        ".xml",
        ".yaml",
        ".yml",
    }
    | {".license", ".blend1", ".blend2"}
)
_SYNSET = re.compile(r"\d{8}")
_SHAPENET_MODEL = "models/model_normalized.obj"
_LISTED = 3


@attrs.frozen
class ModelCatalogue:
    """Classes and their models' assets, both in sorted order, and what was left out and why."""

    classes: Mapping[str, tuple[str, ...]]
    skipped: tuple[Skipped, ...] = ()


def scan_models(folder: Path, layout: Layout = "auto", *, max_bytes: int = DEFAULT_MAX_BYTES) -> ModelCatalogue:
    """The classes and models of a folder. Raises AssetError where the folder is missing or has no usable model."""
    walk = Walk(folder, max_bytes)
    top = walk.root()
    scanners: dict[str, Callable[[Walk, Entry], dict[str, list[str]]]] = {
        "folders": _scan_folders,
        "shapenet": _scan_shapenet,
        "files": _scan_files,
    }
    if layout != "auto" and layout not in scanners:
        raise AssetError(f"there is no layout '{layout}'; there are: auto, {', '.join(scanners)}")
    found = scanners[_detect(walk, top) if layout == "auto" else layout](walk, top)
    classes = {name: tuple(sorted(found[name])) for name in sorted(found) if found[name]}
    for name in sorted(found):
        if not found[name]:
            walk.skip(name, "no usable model in this class")
    skipped = tuple(sorted(walk.skipped, key=lambda one: one.path))
    if not classes:
        raise AssetError(f"{folder}: no model found; {_why(skipped)}")
    return ModelCatalogue(classes, skipped)


def models_in(folder: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> tuple[str, ...]:
    """The models of one class's folder, in any layout, sorted. AssetError where it is missing."""
    walk = Walk(folder, max_bytes)
    top = walk.root()
    if _SYNSET.fullmatch(folder.name):
        files = [f"{entry.name}/{_SHAPENET_MODEL}" for entry in walk.peek(top) if entry.is_dir]
        found = [file for file in files if _is_usable_file(folder / file, max_bytes)]
        if found:  # thousands of models: known by their one name, no folder of theirs is read
            return tuple(found)
    return tuple(sorted((*_direct(walk, top), *_in_folders(walk, top))))


def _is_usable_file(path: Path, max_bytes: int) -> bool:
    try:
        return 0 < path.stat().st_size <= max_bytes
    except OSError:
        return False


def blend_models(blend: str, collections: Mapping[str, Iterable[str]]) -> ModelCatalogue:
    """The catalogue of a .blend library: a class per collection, as ``rendering.models.blend_collections`` lists them.

    ``blend`` is the file's path relative to its library's folder.
    """
    classes = {
        name: tuple(join_fragment(blend, f"{name}/{model}") for model in sorted(models))
        for name, models in sorted(collections.items())
    }
    return ModelCatalogue({name: models for name, models in classes.items() if models})


def split_fragment(asset: str) -> tuple[str, str | None]:
    """``("a.blend", "chairs/Windsor")`` of ``a.blend#chairs/Windsor``; ``(asset, None)`` where there is no fragment."""
    path, separator, fragment = asset.partition(".blend#")
    return (f"{path}.blend", fragment) if separator and fragment else (asset, None)


def join_fragment(blend: str, fragment: str) -> str:
    """The inverse of ``split_fragment``."""
    return f"{blend}#{fragment}"


def _detect(walk: Walk, top: Entry) -> str:
    entries = walk.peek(top)
    if any(entry.is_dir and _SYNSET.fullmatch(entry.name) for entry in entries):
        return "shapenet"
    if any(entry.is_dir and not entry.hidden and _holds_model(walk, entry) for entry in entries):
        return "folders"
    return "files" if any(_is_model(entry) for entry in entries) else "folders"


def _holds_model(walk: Walk, folder: Entry) -> bool:
    return any(_holds_model(walk, e) if e.is_dir else _is_model(e) for e in walk.peek(folder) if not e.hidden)


def _scan_folders(walk: Walk, top: Entry) -> dict[str, list[str]]:
    classes: dict[str, list[str]] = {}
    for entry in walk.entries(top):
        if entry.is_dir:
            classes[entry.name] = [*_direct(walk, entry), *_in_folders(walk, entry)]
        elif _is_model(entry):
            walk.skip(entry.path, "lies outside the class folders")
    return classes


def _scan_files(walk: Walk, top: Entry) -> dict[str, list[str]]:
    return {walk.folder.resolve().name or "models": _direct(walk, top)}


def _scan_shapenet(walk: Walk, top: Entry) -> dict[str, list[str]]:
    classes: dict[str, list[str]] = {}
    for synset in walk.entries(top):
        if synset.is_dir:
            classes.setdefault(synset_name(synset.name), []).extend(_in_folders(walk, synset))
    return classes


def _direct(walk: Walk, folder: Entry) -> list[str]:
    """Each usable model file right in ``folder``; of one model in several formats the best."""
    best: dict[str, Entry] = {}
    for entry in sorted(_usable(walk, walk.entries(folder)), key=_preference):
        kept = best.setdefault(Path(entry.name).stem, entry)
        if kept is not entry:
            walk.skip(entry.path, f"another format of {kept.name}")
    return [entry.path for entry in best.values()]


def _in_folders(walk: Walk, folder: Entry) -> list[str]:
    """The main file of each model folder in ``folder``."""
    models = []
    for entry in walk.peek(folder):
        if entry.is_dir and not entry.hidden:
            before = len(walk.skipped)
            files = list(_files_below(walk, entry))
            usable = _usable(walk, files)
            if usable:
                models.append(_main(usable, entry.name).path)
            elif len(walk.skipped) == before and not any(_is_companion(file) for file in files):
                walk.skip(entry.path, "no model file in it")
    return models


def _main(files: list[Entry], folder: str) -> Entry:
    """Of a model folder's files: the best format; in it the one named like the folder, else the largest."""
    best = min(_preference(file)[0] for file in files)
    candidates = [file for file in files if _preference(file)[0] == best]
    named = [file for file in candidates if Path(file.name).stem.casefold() == folder.casefold()]
    return min(named or candidates, key=lambda file: (-file.size, file.path))


def _files_below(walk: Walk, folder: Entry) -> Iterable[Entry]:
    for entry in walk.entries(folder):
        if entry.is_dir:
            yield from _files_below(walk, entry)
        else:
            yield entry


def _usable(walk: Walk, entries: Iterable[Entry]) -> list[Entry]:
    usable = []
    for entry in entries:
        if _is_model(entry):
            if walk.fits(entry):
                usable.append(entry)
        elif not entry.is_dir and not _is_companion(entry):
            walk.skip(entry.path, f"the format {Path(entry.name).suffix or '(no suffix)'} is not supported")
    return usable


def _is_model(entry: Entry) -> bool:
    return not entry.is_dir and not entry.hidden and entry.suffix in MODEL_SUFFIXES


def _is_companion(entry: Entry) -> bool:
    return entry.suffix in COMPANION_SUFFIXES or (not entry.suffix and entry.name.isupper())  # README, LICENSE


def _preference(entry: Entry) -> tuple[int, str]:
    return MODEL_SUFFIXES.index(entry.suffix), entry.path


def _why(skipped: tuple[Skipped, ...]) -> str:
    if not skipped:
        return f"it should have a folder per class with {', '.join(MODEL_SUFFIXES)} files in it"
    listed = "; ".join(f"{one.path}: {one.reason}" for one in skipped[:_LISTED])
    more = len(skipped) - _LISTED
    return f"skipped {listed}" + (f"; and {more} more" if more > 0 else "")
