"""A figure of the study's report, in an Image Editor."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import IntProperty

from ..addon.fitted_pictures import show_fitted_file
from ..addon.study_shown import study_folder
from ..addon.study_status import figures_in
from ..design.errors import StudyError
from .outcome import can, reporting_errors

PICTURE = "Simreal Study"


class SIMREAL_OT_study_show(bpy.types.Operator):
    """Show a figure of the study's report in an Image Editor; where none is open, beside the 3D viewport"""

    bl_idname = "simreal.study_show"
    bl_label = "Show Figure"
    bl_options: ClassVar = {"REGISTER"}

    number: IntProperty(name="Figure", description="Which of the report's figures; 1 is the main one", default=1, min=1)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        folder = study_folder(context.scene)
        there = folder is not None and bool(figures_in(folder))
        return can(cls, "" if there else "There is no figure yet: run the study first")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        folder = study_folder(context.scene)
        assert folder is not None
        figures = figures_in(folder)
        if self.number > len(figures):
            raise StudyError(f"{folder}: the report has {len(figures)} figure(s)")
        show_fitted_file(figures[self.number - 1], PICTURE)
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_study_show,)
