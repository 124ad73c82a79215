"""Assets that stand for a whole folder, and what replaces them: so a design can be shared that a user's files complete.

Among a class's models ``ShapeNetCore-v2:02691156/`` is every model in that folder; among the options of a choice
``hdris:./`` is every environment map of the library. They are replaced by the files that are there when the library's
folder is known: when a preset is loaded, or a library located. Only then an image is a pure function of the design, so
a design that still names a folder can be looked at and changed, and gives no images (``checking.check_explicit``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from .catalogue import models_in
from .declaration import AssetKind
from .design import BUILTIN_LIBRARY, STARTER_LIBRARY, Design, LibraryKind, names_folder, split_asset
from .distributions import Choice
from .document import from_document, to_document
from .environments_catalogue import BUILTIN_ENVIRONMENTS
from .errors import AssetError
from .factors import FACTORS
from .images_catalogue import scan_environments, scan_photos
from .starter_catalogue import STARTER_CLASSES, starter_model_names
from .texture_sets import pbr_sets

Replace: TypeAlias = Callable[[str], Sequence[str]]


def expanded(design: Design) -> Design:
    """The design with every folder that can be found replaced by its files; those that cannot be found stay."""
    if not any(names_folder(asset) for asset in named_assets(design)):
        return design
    known: dict[str, Sequence[str]] = {}

    def replace(asset: str) -> Sequence[str]:
        if not names_folder(asset):
            return (asset,)
        if asset not in known:
            known[asset] = files_in(design, asset) or (asset,)
        return known[asset]

    return replaced(design, replace)


def files_in(design: Design, asset: str) -> tuple[str, ...]:
    """The assets that a folder stands for, sorted; none where the folder is not there or holds nothing of use."""
    library, relative = split_asset(asset)
    if library == STARTER_LIBRARY:
        cls = relative.rstrip("/")
        return tuple(f"{library}:{name}" for name in (starter_model_names(cls) if cls in STARTER_CLASSES else ()))
    if library == BUILTIN_LIBRARY:
        return BUILTIN_ENVIRONMENTS if relative == "./" else ()
    kind = design.libraries[library].kind
    inside = "" if relative == "./" else relative
    try:
        files = _FILES[kind](design.library_folder(library) / inside)
    except AssetError:
        return ()
    before = "" if kind == AssetKind.TEXTURE.value else inside  # a texture set is named without its folder
    return tuple(f"{library}:{before}{file}" for file in files)


def named_assets(design: Design) -> dict[str, str]:
    """Every asset that the design or one of its splits names, with the first place that names it."""
    found: dict[str, str] = {}

    def note(place: str, document: Mapping[str, Any]) -> None:
        for entry in document.get("classes") or ():
            for model in entry["models"]:
                found.setdefault(model, f"{place}classes.{entry['name']}")
        for where, given in _choices(document):
            for option in (*(given.get("options") or {}), given.get("fixed")):
                if option is not None and option not in _declared(where):
                    found.setdefault(option, f"{place}factors.{'.'.join(where)}")

    note("", to_document(design))
    for split in design.splits:
        note(f"splits.{split.name}.", split.overrides)
    return found


def replaced(design: Design, replace: Replace) -> Design:
    """The design, and what its splits change, with each asset replaced by others or by none.

    A class that loses all its models goes; so does a choice's option. A choice without options is as declared, and a
    fixed value that goes is the first option that stays. DesignError where nothing is left.
    """
    document = _replaced_in(to_document(design), replace)
    for split in document["splits"].values():
        split["overrides"] = _replaced_in(split["overrides"], replace)
    for (factor, name), given in _choices(document):
        default = FACTORS[factor].parameter(name).default
        options = given["options"]
        if isinstance(default, Choice) and not any(weight > 0 for weight in options.values()):
            options = dict(default.options)
        document["factors"][factor][name] = {"fixed": next(iter(options)), **given, "options": options}
    return from_document(document, design.folder)


def _replaced_in(document: Mapping[str, Any], replace: Replace) -> dict[str, Any]:
    """The same for a document, or for the part of one that a split changes. What is left of it may be empty."""
    changed = dict(document)
    if changed.get("classes"):
        pairs = [(entry, _each(entry["models"], replace)) for entry in changed["classes"]]
        changed["classes"] = [{**entry, "models": models} for entry, models in pairs if models]
    if changed.get("factors"):
        changed["factors"] = {name: dict(settings or {}) for name, settings in changed["factors"].items()}
    for where, given in _choices(changed):
        changed["factors"][where[0]][where[1]] = _replaced_options(_declared(where), given, replace)
    return changed


def _replaced_options(declared: Mapping[str, str], given: Mapping[str, Any], replace: Replace) -> dict[str, Any]:
    def successors(option: str) -> Sequence[str]:
        return (option,) if option in declared else replace(option)

    changed = dict(given)
    if given.get("options"):
        changed["options"] = {new: weight for old, weight in given["options"].items() for new in successors(old)}
    if given.get("fixed") is not None:
        kept = successors(changed.pop("fixed"))
        if kept:
            changed["fixed"] = kept[0]
    return changed


def _choices(document: Mapping[str, Any]) -> list[tuple[tuple[str, str], Mapping[str, Any]]]:
    """The parameters of a document, or of a part of one, whose options may be assets."""
    factors = document.get("factors") or {}
    return [
        ((factor.name, parameter.name), factors[factor.name][parameter.name])
        for factor in FACTORS.values()
        if factors.get(factor.name)
        for parameter in factor.parameters
        if parameter.assets is not None and factors[factor.name].get(parameter.name)
    ]


def _declared(where: tuple[str, str]) -> Mapping[str, str]:
    factor, name = where
    return FACTORS[factor].parameter(name).options


def _each(assets: Sequence[str], replace: Replace) -> list[str]:
    return list(dict.fromkeys(new for old in assets for new in replace(old)))


_FILES: Mapping[LibraryKind, Callable[[Path], Sequence[str]]] = {
    "models": models_in,
    AssetKind.ENVIRONMENT.value: lambda folder: scan_environments(folder).files,
    AssetKind.PHOTO.value: lambda folder: scan_photos(folder).files,
    AssetKind.TEXTURE.value: lambda folder: [texture.name for texture in pbr_sets(folder)],
}
