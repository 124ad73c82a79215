"""The libraries of ``Scene.simreal``: folders of models, environment maps, textures and photos, added and removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from ..design.declaration import AssetKind, Factor, Parameter
from ..design.design import LibraryKind, UpAxis
from ..design.errors import DesignError
from ..design.factors import FACTORS
from ..design.folders import Skipped
from ..design.sources import found_assets, free_name, needed_options, parameters_of, relative_path
from ..design.starting import NEW_OPTION_WEIGHT
from .conversion import reset


def library_for(state: Any, wanted: str, kind: LibraryKind, folder: Path, up_axis: UpAxis = "auto") -> str:
    """The name of the library of a folder, made where it is not there yet."""
    path = relative_path(folder, Path(bpy.path.abspath(state.folder)))
    for entry in state.libraries:
        if (entry.kind, entry.path, entry.up_axis) == (kind, path, up_axis):
            return str(entry.name)
    name = free_name(wanted, [entry.name for entry in state.libraries])
    entry = state.libraries.add()
    entry.name, entry.kind, entry.path, entry.up_axis = name, kind, path, up_axis
    return name


def add_assets(state: Any, kind: AssetKind, folder: Path) -> tuple[int, tuple[Skipped, ...]]:
    """Make the assets of a folder options of every choice that takes such. Returns how many there are now new.

    Where a choice has an effect only with an option of another one (a photo needs a background of that kind), that
    option is switched on too. AssetError where the folder has none, and nothing is changed.
    """
    found_assets(kind, folder, kind.value)
    name = library_for(state, kind.value, kind.value, folder)
    found = found_assets(kind, folder, name)
    new: set[str] = set()
    for factor, parameter in parameters_of(kind):
        given = _given(state, factor, parameter)
        known = {option.name: option for option in given.options}
        for asset in found.assets:
            if asset not in known:
                given.options.add().name = asset
                new.add(asset)
        for option in given.options:
            option.enabled = (option.enabled or option.name in found.assets) and option.name != ""
        for other, needed in needed_options(factor, parameter):
            _let_one_be_drawn(_given(state, factor, other), needed)
    return len(new), found.skipped


def remove_library(state: Any, name: str) -> None:
    """Take a library away, with all that comes of it. DesignError, before any change, where it cannot be spared."""
    prefix = f"{name}:"
    kept = [[asset for asset in _assets(entry) if not asset.startswith(prefix)] for entry in state.classes]
    if state.classes and not any(kept):
        raise DesignError("", f"without {name} no class would be left; add other models first")
    for split in state.splits:
        if f'"{prefix}' in split.overrides:
            raise DesignError("", f"the overrides of the split {split.name} name assets of {name}; remove them first")
    for index in reversed(range(len(state.classes))):
        if not kept[index]:
            state.classes.remove(index)
        elif len(kept[index]) < len(_assets(state.classes[index])):
            state.classes[index].models = "\n".join(kept[index])
    state.active_class = min(state.active_class, max(0, len(state.classes) - 1))
    for factor, parameter in _choices():
        _remove_options(state, factor, parameter, prefix)
    state.libraries.remove(state.libraries.find(name))


def use_count(state: Any, name: str) -> int:
    """How many models and options come of a library."""
    prefix = f"{name}:"
    models = sum(entry.models.count(f"\n{prefix}") + entry.models.startswith(prefix) for entry in state.classes)
    options = {
        option.name
        for factor, parameter in _choices()
        for option in _given(state, factor, parameter).options
        if option.name.startswith(prefix)
    }
    return int(models + len(options))


def _remove_options(state: Any, factor: Factor, parameter: Parameter, prefix: str) -> None:
    given = _given(state, factor, parameter)
    if not any(option.name.startswith(prefix) for option in given.options):
        return
    for index in reversed(range(len(given.options))):
        if given.options[index].name.startswith(prefix):
            given.options.remove(index)
    given.active_option = 0
    drawn = [option.name for option in given.options if option.enabled and option.weight > 0]
    if not drawn:
        reset(state, factor.name, parameter.name)
    elif given.fixed.startswith(prefix):
        given.fixed = next((option for option in drawn if ":" in option), str(parameter.fixed))
    if not any(option.enabled and ":" in option.name for option in given.options):
        for other, needed in needed_options(factor, parameter):
            _let_none_be_drawn(state, factor, other, needed)


def _let_one_be_drawn(given: Any, needed: tuple[str, ...]) -> None:
    options = [option for option in given.options if option.name in needed]
    if options and not any(option.enabled and option.weight > 0 for option in options):
        options[0].enabled, options[0].weight = True, NEW_OPTION_WEIGHT


def _let_none_be_drawn(state: Any, factor: Factor, other: Parameter, needed: tuple[str, ...]) -> None:
    given = _given(state, factor, other)
    for option in given.options:
        option.enabled = option.enabled and option.name not in needed
    if given.fixed in needed or not any(option.enabled and option.weight > 0 for option in given.options):
        reset(state, factor.name, other.name)


def _choices() -> Iterator[tuple[Factor, Parameter]]:
    for factor in FACTORS.values():
        for parameter in factor.parameters:
            if parameter.is_choice:
                yield factor, parameter


def _given(state: Any, factor: Factor, parameter: Parameter) -> Any:
    return getattr(getattr(state.factors, factor.name), parameter.name)


def _assets(entry: Any) -> list[str]:
    return entry.models.split("\n") if entry.models else []
