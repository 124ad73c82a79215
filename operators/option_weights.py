"""The options of a choice, all at once or those of one library."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty, StringProperty

from ..addon.option_list import options_of, set_options
from .outcome import can, reporting_errors, scene_problem


class SIMREAL_OT_option_weights(bpy.types.Operator):
    """Switch options on or off, or make them all as likely"""

    bl_idname = "simreal.option_weights"
    bl_label = "Set Options"
    bl_options: ClassVar = {"REGISTER", "UNDO", "INTERNAL"}

    factor: StringProperty(name="Factor", description="Name of the factor")
    parameter: StringProperty(name="Parameter", description="Name of the choice")
    library: StringProperty(name="Library", description="Only options of this library; * is all there are")
    action: EnumProperty(
        name="Action",
        description="What becomes of the options",
        items=[
            ("all", "All", "Switch all on"),
            ("none", "None", "Switch all off; at least one has to be on for a design to work"),
            ("even", "Even", "Give all that are on the same weight"),
            ("toggle", "Toggle", "Switch them off if all are on, else on"),
        ],
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        whose = "all options" if properties.library == "*" else f"the options of {properties.library or 'its own'}"
        return {
            "all": f"Switch {whose} on",
            "none": f"Switch {whose} off",
            "even": f"Give {whose} that are on the same weight",
            "toggle": f"Switch {whose} on, or off if they are",
        }[properties.action]

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        set_options(options_of(context.scene.simreal, self.factor, self.parameter, self.library), self.action)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_option_weights,)
