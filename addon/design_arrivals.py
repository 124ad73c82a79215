"""Designs into a scene: one that arrives from a preset, a file or a text, and one that is changed as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..design.asset_folders import expanded
from ..design.design import BUILTIN_LIBRARY, Design
from ..design.factors import FACTORS
from ..design.missing import Missing
from .conversion import design_of, load_design
from .library_folders import with_remembered
from .missing_assets import look_for_assets


def take_in(state: Any, design: Design) -> tuple[Missing, ...]:
    """Put a design into ``Scene.simreal``, completed by what is on this machine. Returns what is missing here."""
    load_design(state, expanded(with_remembered(design)))
    return look_for_assets(state)


def change(state: Any, how: Callable[[Design], Design]) -> tuple[Missing, ...]:
    """Change the scene's design by a function; classes and factors that are switched off are changed too, and stay so.

    Where only libraries' folders change, nothing else is touched. Returns what is missing after it.
    """
    before = design_of(state, every_class=True)
    after = how(before)
    if attrs.evolve(after, libraries=before.libraries) == before and after.libraries.keys() == before.libraries.keys():
        for name, library in after.libraries.items():
            state.libraries[name].path = library.path
        return look_for_assets(state)
    off = {entry.name for entry in state.classes if not entry.enabled}
    marks = {name: (getattr(state.factors, name).mute, getattr(state.factors, name).solo) for name in FACTORS}
    active, active_split = state.active_class, state.active_split
    options = _options_off(state)
    preset, digest = state.preset, state.preset_digest
    load_design(state, after)
    state.preset, state.preset_digest = preset, digest
    _add_options_off(state, after, options)
    for name, (mute, solo) in marks.items():
        group = getattr(state.factors, name)
        group.mute, group.solo = mute, solo
    for entry in state.classes:
        entry.enabled = entry.name not in off
    state.active_class = min(active, len(state.classes) - 1)
    state.active_split = min(active_split, len(state.splits) - 1)
    return look_for_assets(state)


def _options_off(state: Any) -> dict[tuple[str, str], dict[str, float]]:
    """The weights of the options that are switched off, by factor and parameter: a design does not have them."""
    return {
        (factor.name, parameter.name): {
            option.name: option.weight
            for option in getattr(getattr(state.factors, factor.name), parameter.name).options
            if not option.enabled
        }
        for factor in FACTORS.values()
        for parameter in factor.parameters
        if parameter.is_choice
    }


def _add_options_off(state: Any, design: Design, options: Mapping[tuple[str, str], Mapping[str, float]]) -> None:
    """Bring those back whose library the design still has."""
    for (factor, parameter), weights in options.items():
        target = getattr(getattr(state.factors, factor), parameter)
        for name, weight in weights.items():
            if name not in target.options and name.partition(":")[0] in (BUILTIN_LIBRARY, *design.libraries):
                option = target.options.add()
                option.name, option.enabled, option.weight = name, False, weight
