"""The sheet as a file."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import io
from pathlib import Path
from typing import Any, ClassVar

import bpy
from bpy.props import StringProperty
from bpy_extras.io_utils import ExportHelper

from ..addon.preview_requests import current
from ..datasets.writing import write_bytes
from .outcome import can, reporting_errors


class SIMREAL_OT_preview_save(bpy.types.Operator, ExportHelper):
    """Save the sheet as it stands as a PNG file"""

    bl_idname = "simreal.preview_save"
    bl_label = "Save Sheet"
    bl_options: ClassVar = {"REGISTER"}

    filename_ext = ".png"
    filepath: StringProperty(name="File", description="PNG file to write", subtype="FILE_PATH")
    filter_glob: StringProperty(default="*.png", options={"HIDDEN"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, "" if current() is not None else "There is no sheet yet: make one first")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if not self.filepath:
            self.filepath = f"{bpy.path.clean_name(context.scene.simreal.title or 'preview')}-preview.png"
        result: Any = ExportHelper.invoke(self, context, event)
        return set(result)

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        sheet = current()
        assert sheet is not None
        file = io.BytesIO()
        sheet.picture.save(file, "PNG")
        write_bytes(Path(self.filepath), file.getvalue())
        self.report({"INFO"}, f"Saved {self.filepath}")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_preview_save,)
