"""The list of scored photos into a file."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy_extras.io_utils import ExportHelper

from ..addon.score_shown import shown
from ..design.errors import DataSetError
from ..scoring.table import predictions_csv
from .outcome import can, reporting_errors
from .scores_show import scores_problem


class SIMREAL_OT_scores_export(bpy.types.Operator, ExportHelper):
    """Save the predictions as a table (CSV): those that the list shows, in its order, or all"""

    bl_idname = "simreal.scores_export"
    bl_label = "Export CSV"
    bl_options: ClassVar = {"REGISTER"}

    filename_ext = ".csv"
    filepath: StringProperty(name="File", description="Where to save the table", subtype="FILE_PATH")
    filter_glob: StringProperty(default="*.csv", options={"HIDDEN"})
    only_shown: BoolProperty(
        name="Only What Is Shown",
        description="Leave out the photos that search and filters leave out, and keep the order of the list",
        default=True,
    )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, scores_problem())

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        self.filepath = self.filepath or "predictions.csv"
        return ExportHelper.invoke(self, context, event)

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        scores, path = shown().scores, Path(self.filepath)
        assert scores is not None
        rows = list(scores.predictions)
        if self.only_shown:
            rows = [scores.predictions[number] for number in shown().order(context.window_manager.simreal.scores)]
        try:
            path.write_bytes(predictions_csv(rows))
        except OSError as error:
            raise DataSetError(f"{path}: cannot be written ({error.strerror}); choose another place") from error
        self.report({"INFO"}, f"Saved {len(rows):,} rows as {path.name}")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_scores_export,)
