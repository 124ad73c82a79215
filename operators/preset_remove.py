"""One of the user's presets away."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.loaded_preset import renamed
from ..addon.preset_folders import find_own_preset, own_presets
from ..design.presets import remove_preset
from .outcome import can, reporting_errors


class SIMREAL_OT_preset_remove(bpy.types.Operator):
    """Delete one of your presets; the design in the scene stays"""

    bl_idname = "simreal.preset_remove"
    bl_label = "Remove Preset"
    bl_options: ClassVar = {"REGISTER"}

    preset: StringProperty(
        name="Preset",
        description="Name of the preset",
        search=lambda _self, _context, _typed: [preset.name for preset in own_presets()],
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, "" if own_presets() else "You have no presets of your own: those of Simreal stay")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        manager = context.window_manager
        if self.preset not in {preset.name for preset in own_presets()}:
            self.preset = ""
            return manager.invoke_props_dialog(self, confirm_text="Remove")
        return manager.invoke_confirm(
            self, event, title="Remove Preset", message=f"Delete the preset {self.preset}?", confirm_text="Remove"
        )

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        preset = find_own_preset(self.preset)
        remove_preset(preset)
        renamed(preset.name, "")
        self.report({"INFO"}, f"Removed the preset {preset.name}")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preset_remove,)
