"""The scene's design in place of one of the user's presets."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.conversion import design_of
from ..addon.library_folders import remember_all
from ..addon.loaded_preset import note
from ..addon.preset_folders import find_own_preset, own_folder
from ..design.presets import save_preset
from .outcome import can, design_problem, reporting_errors


class SIMREAL_OT_preset_replace(bpy.types.Operator):
    """Put the design as it stands in place of this preset of yours"""

    bl_idname = "simreal.preset_replace"
    bl_label = "Replace Preset"
    bl_options: ClassVar = {"REGISTER", "INTERNAL"}

    preset: StringProperty(name="Preset", description="Name of the preset", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context))

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(
            self,
            event,
            title="Replace Preset",
            message=f"Put the present design in place of the preset {self.preset}?",
            confirm_text="Replace",
        )

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        preset = find_own_preset(self.preset)
        design = design_of(context.scene.simreal)
        remember_all(design)
        save_preset(design, preset.name, own_folder(), replace=True)
        if context.scene.is_editable:
            note(context.scene.simreal, preset.name)
        self.report({"INFO"}, f"Replaced the preset {preset.name}")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preset_replace,)
