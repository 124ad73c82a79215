"""What a study wrote, opened by the system: its report, its table, its folder."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import bpy
from bpy.props import EnumProperty

from ..addon.study_shown import study_folder
from ..design.errors import StudyError
from ..studies.study_folder import REPORT_HTML, RESULTS_CSV
from .outcome import can, reporting_errors

HELP = {
    "REPORT": "Open the report in the web browser: tables that can be sorted, figures, and what the paper found",
    "TABLE": "Open every figure of the report as a table (CSV), in the program that this computer has for those",
    "FOLDER": "Open the study's folder: the report, and a folder for each of its steps with its log",
}
FILES = {"REPORT": REPORT_HTML, "TABLE": RESULTS_CSV, "FOLDER": ""}


class SIMREAL_OT_study_open(bpy.types.Operator):
    """Open what the study wrote"""

    bl_idname = "simreal.study_open"
    bl_label = "Open Study's Files"
    bl_options: ClassVar = {"REGISTER"}

    what: EnumProperty(
        name="What",
        description="What to open",
        items=[(name, name.capitalize(), text) for name, text in HELP.items()],
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: Any) -> str:
        return bpy.app.translations.pgettext_tip(HELP[properties.what])

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        folder = study_folder(context.scene)
        return can(cls, "" if folder is not None and folder.is_dir() else "This study has not been run yet")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        folder = study_folder(context.scene) or Path()
        path = folder / FILES[self.what]
        if not path.exists():
            raise StudyError(f"{folder}: there is no {path.name} yet; it is written when the study ends or is stopped")
        if self.what == "REPORT":
            bpy.ops.wm.url_open(url=path.resolve().as_uri())
        else:
            bpy.ops.wm.path_open(filepath=str(path))
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_study_open,)
