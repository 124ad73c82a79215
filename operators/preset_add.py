"""The scene's design among the user's presets."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import BoolProperty, StringProperty

from ..addon.conversion import design_of
from ..addon.library_folders import remember_all
from ..addon.loaded_preset import note
from ..addon.preset_folders import own_folder, own_presets
from ..design.presets import own_name, save_preset
from .outcome import can, design_problem, reporting_errors


class SIMREAL_OT_preset_add(bpy.types.Operator):
    """Keep the design as a preset of your own"""

    bl_idname = "simreal.preset_add"
    bl_label = "Add Preset"
    bl_options: ClassVar = {"REGISTER"}

    name: StringProperty(name="Name", description="Name of the preset", options={"SKIP_SAVE"})
    replace: BoolProperty(
        name="Replace", description="Replace the preset of this name that is there", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self.name = self.name or own_name(context.scene.simreal.title)
        return context.window_manager.invoke_props_dialog(self, confirm_text="Add")

    def draw(self, _context: bpy.types.Context) -> None:
        self.layout.prop(self, "name")
        if any(preset.name.casefold() == self.name.strip().casefold() for preset in own_presets()):
            self.layout.prop(self, "replace", text="Replace your preset of this name")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        design = design_of(context.scene.simreal)
        remember_all(design)
        preset = save_preset(design, self.name or own_name(design.name), own_folder(), replace=self.replace)
        if context.scene.is_editable:
            note(context.scene.simreal, preset.name)
        self.report({"INFO"}, f"Kept the design as preset {preset.name}")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preset_add,)
