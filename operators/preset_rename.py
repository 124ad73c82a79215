"""Another name for one of the user's presets."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.loaded_preset import renamed
from ..addon.preset_folders import find_own_preset, own_presets
from ..design.presets import rename_preset
from .outcome import can, reporting_errors


class SIMREAL_OT_preset_rename(bpy.types.Operator):
    """Give one of your presets another name"""

    bl_idname = "simreal.preset_rename"
    bl_label = "Rename Preset"
    bl_options: ClassVar = {"REGISTER"}

    preset: StringProperty(
        name="Preset",
        description="Name of the preset",
        search=lambda _self, _context, _typed: [preset.name for preset in own_presets()],
        options={"SKIP_SAVE"},
    )
    name: StringProperty(name="New Name", description="Its new name", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, "" if own_presets() else "You have no presets of your own: those of Simreal stay")

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self.name = self.name or self.preset
        return context.window_manager.invoke_props_dialog(self, confirm_text="Rename")

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        preset = rename_preset(find_own_preset(self.preset), self.name)
        renamed(self.preset, preset.name)
        self.report({"INFO"}, f"Renamed {self.preset} to {preset.name}")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preset_rename,)
