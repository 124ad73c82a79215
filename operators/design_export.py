"""The design into a file."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import StringProperty
from bpy_extras.io_utils import ExportHelper

from ..addon.conversion import design_of
from ..design.design import FILE_SUFFIX
from ..design.document import save
from ..design.presets import file_stem
from .outcome import can, design_problem, reporting_errors


class SIMREAL_OT_design_export(bpy.types.Operator, ExportHelper):
    """Save the design as a .simreal.json file, to share it or to use it on the command line"""

    bl_idname = "simreal.design_export"
    bl_label = "Export Design"
    bl_options: ClassVar = {"REGISTER"}

    filename_ext = FILE_SUFFIX
    filepath: StringProperty(name="File", description="Where to save the design", subtype="FILE_PATH")
    filter_glob: StringProperty(default=f"*{FILE_SUFFIX}", options={"HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context))

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        self.filepath = self.filepath or f"{file_stem(context.scene.simreal.title)}{FILE_SUFFIX}"
        return ExportHelper.invoke(self, context, event)

    def check(self, _context: bpy.types.Context) -> bool:
        named = str(Path(self.filepath).with_name(_file_name(Path(self.filepath).name)))
        changed = named != self.filepath
        self.filepath = named
        return changed

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        save(design_of(context.scene.simreal), path)
        self.report({"INFO"}, f"Saved {path.name}")
        return {"FINISHED"}


def _file_name(name: str) -> str:
    """``a.simreal.json`` of ``a``, ``a.json`` and ``a.simreal.json``; ExportHelper alone would double the suffix."""
    stem = name.removesuffix(FILE_SUFFIX).removesuffix(".json").removesuffix(".simreal")
    return f"{stem or 'design'}{FILE_SUFFIX}"


CLASSES = (SIMREAL_OT_design_export,)
