"""What a job made, or said, opened by the system."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import EnumProperty, StringProperty

from ..addon.job_record import LOG
from ..addon.job_text import produced_folder, report_file
from ..addon.job_watch import watch
from ..addon.jobs import Job
from ..design.errors import ToolError
from .outcome import reporting_errors


class SIMREAL_OT_job_open(bpy.types.Operator):
    """Open what this job made, or what it said"""

    bl_idname = "simreal.job_open"
    bl_label = "Open Job's Files"
    bl_options: ClassVar = {"INTERNAL"}

    job: StringProperty(name="Job", options={"HIDDEN", "SKIP_SAVE"})
    what: EnumProperty(
        name="What",
        items=[
            ("FOLDER", "Folder", "Open the folder with what this job made"),
            ("REPORT", "Report", "Open the page or picture that tells what came of this job"),
            ("LOG", "Log", "Open all that this job said, as text"),
        ],
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return bpy.app.translations.pgettext_tip(cls.bl_rna.properties["what"].enum_items[properties.what].description)

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = _path(watch().board.by_name(self.job), self.what)
        if path is None or not path.exists():
            raise ToolError(f"There is no {self.what.lower()} of this job (any more)")
        if path.suffix == ".html":
            bpy.ops.wm.url_open(url=path.as_uri())
        else:
            bpy.ops.wm.path_open(filepath=str(path))
        return {"FINISHED"}


def _path(job: Job, what: str) -> Path | None:
    if what == "LOG":
        return job.folder / LOG
    return report_file(job) if what == "REPORT" else produced_folder(job)


CLASSES = (SIMREAL_OT_job_open,)
