"""The look of a preset for the scene's own classes."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..addon.design_arrivals import change
from ..addon.library_folders import with_remembered
from ..addon.preferences import user_folder
from ..addon.preset_folders import find_preset
from ..design.asset_folders import expanded
from ..design.presets import load_preset, with_look
from .outcome import can, design_problem, reporting_errors, scene_problem
from .preset_load import ChoosesPreset, described
from .taken import tell_missing


class SIMREAL_OT_preset_look(ChoosesPreset, bpy.types.Operator):
    """Take the factors and image settings of a preset; classes, models, splits and seed stay as they are"""

    bl_idname = "simreal.preset_look"
    bl_label = "Apply Look of Preset"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: Any) -> str:
        own = "Take the factors and image settings of this preset; classes, models, splits and seed stay as they are"
        said = described(properties.preset, "")
        return f"{own}.\n{said}" if said else own

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or design_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        preset = find_preset(self.preset)
        look = expanded(with_remembered(load_preset(preset, user_folder())))
        missing = change(context.scene.simreal, lambda design: with_look(design, look))
        return tell_missing(self, f"Applied the look of {preset.name}", missing)


CLASSES = (SIMREAL_OT_preset_look,)
