"""A preset's design into the scene."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.design_arrivals import take_in
from ..addon.loaded_preset import note
from ..addon.preferences import user_folder
from ..addon.preset_folders import find_preset, preset_names
from ..design.errors import DesignError
from ..design.presets import load_preset
from .outcome import can, reporting_errors, scene_problem
from .taken import tell_missing


class ChoosesPreset:
    """A mixin for operators on a preset: asks which where none is named."""

    preset: StringProperty(
        name="Preset",
        description="Name of the preset",
        search=lambda _self, _context, _typed: preset_names(),
        options={"SKIP_SAVE"},
    )

    def invoke(self: Any, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        if self.preset:
            return self.execute(context)
        return context.window_manager.invoke_props_dialog(self)


class SIMREAL_OT_preset_load(ChoosesPreset, bpy.types.Operator):
    """Replace the design by a preset's"""

    bl_idname = "simreal.preset_load"
    bl_label = "Load Preset"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: Any) -> str:
        return described(properties.preset, "Replace the design by this preset's")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        preset = find_preset(self.preset)
        missing = take_in(context.scene.simreal, load_preset(preset, user_folder()))
        note(context.scene.simreal, preset.name)
        return tell_missing(self, f"Loaded {preset.name}", missing)


def described(name: str, otherwise: str) -> str:
    """The tooltip of a preset: what it says of itself."""
    if not name:
        return otherwise
    try:
        preset = find_preset(name)
    except DesignError:
        return otherwise
    said = (preset.fault or preset.description or otherwise).rstrip(".")
    return f"{said}.\nMeasured {preset.evidence}" if preset.evidence else said


CLASSES = (SIMREAL_OT_preset_load,)
