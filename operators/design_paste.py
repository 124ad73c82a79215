"""A design from the text on the clipboard."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.design_arrivals import take_in
from ..addon.preferences import user_folder
from ..design.document import from_text
from ..design.errors import DesignError
from .outcome import can, reporting_errors, scene_problem
from .taken import tell_missing


class SIMREAL_OT_design_paste(bpy.types.Operator):
    """Replace the design by the one whose text is on the clipboard. Nothing in it is executed"""

    bl_idname = "simreal.design_paste"
    bl_label = "Paste Design"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    text: StringProperty(
        name="Text", description="The design's text; empty is what is on the clipboard", options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            design = from_text(self.text or context.window_manager.clipboard, user_folder())
        except DesignError as error:
            raise DesignError("", f"this text is no design: {error}") from None
        missing = take_in(context.scene.simreal, design)
        return tell_missing(self, f"Pasted {design.name}", missing)


CLASSES = (SIMREAL_OT_design_paste,)
