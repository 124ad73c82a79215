"""The rendered images, on one sheet."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.data_sheet import write_sheet
from ..addon.fitted_pictures import show_fitted_file
from ..addon.places import places
from .outcome import can, reporting_errors

SHEET = "Simreal Data Set"


class SIMREAL_OT_data_show(bpy.types.Operator):
    """Show the first rendered images of each class in an Image Editor"""

    bl_idname = "simreal.data_show"
    bl_label = "Show Data Set"
    bl_options: ClassVar = {"REGISTER"}

    split: StringProperty(name="Split", description="Split to show; empty is the first", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        there = (places(context.scene).data / "design.json").is_file()
        return can(cls, "" if there else "There is no data set yet: render it first")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        there = places(context.scene)
        split = self.split or context.scene.simreal.splits[0].name
        sheet = there.folder / "data.png"
        count = write_sheet(there.data, split, sheet)
        show_fitted_file(sheet, SHEET)
        self.report({"INFO"}, f"{count} images of {split}")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_data_show,)
