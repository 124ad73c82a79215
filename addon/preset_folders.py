"""Where presets lie: the user's own folder, and Simreal's."""

from __future__ import annotations

from pathlib import Path

from ..design.presets import SHIPPED, Preset, preset_named, presets_in
from .preferences import user_folder


def own_folder() -> Path:
    """The user's presets; the folder may not be there yet."""
    return user_folder() / "presets"


def own_presets() -> tuple[Preset, ...]:
    """The user's presets by name."""
    return presets_in(own_folder())


def preset_names() -> list[str]:
    """The names of all presets, the user's first."""
    return list(dict.fromkeys(preset.name for preset in (*own_presets(), *presets_in(SHIPPED))))


def find_preset(name: str) -> Preset:
    """A preset by name: the user's before Simreal's. DesignError lists those there are."""
    return preset_named(name, own_folder(), SHIPPED)


def find_own_preset(name: str) -> Preset:
    """One of the user's presets by name. DesignError where that is none of them."""
    return preset_named(name, own_folder())
