"""The pictures that scoring drew, in an Image Editor."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty

from ..addon.fitted_pictures import show_fitted_file
from ..addon.score_shown import shown
from ..design.errors import DataSetError
from ..scoring.report import CONFUSION, PER_CLASS
from .outcome import can, reporting_errors
from .scores_show import scores_problem

FILES = {"CONFUSION": (CONFUSION, "Simreal Confusion Matrix"), "PER_CLASS": (PER_CLASS, "Simreal Per-Class Accuracy")}
HELP = {
    "CONFUSION": "Which class is taken for which: a row a true class, in percent",
    "PER_CLASS": "How many photos of each class are right, with 95 % intervals",
}


class SIMREAL_OT_scores_picture(bpy.types.Operator):
    """Show a picture of the scores in an Image Editor"""

    bl_idname = "simreal.scores_picture"
    bl_label = "Show Picture"
    bl_options: ClassVar = {"REGISTER"}

    kind: EnumProperty(
        name="Picture",
        description="What the picture shows",
        items=[
            ("CONFUSION", "Confusion Matrix", HELP["CONFUSION"]),
            ("PER_CLASS", "Per-Class Accuracy", HELP["PER_CLASS"]),
        ],
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return HELP[properties.kind]

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, scores_problem() or _problem())

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        scores = shown().scores
        assert scores is not None
        file, name = FILES[self.kind]
        if not (scores.folder / file).is_file():
            raise DataSetError(f"{scores.folder}: holds no {file}; score the photos again")
        show_fitted_file(scores.folder / file, name)
        return {"FINISHED"}


def _problem() -> str:
    scores = shown().scores
    known = scores is not None and scores.summary["n"]
    return "" if known else "No photo's class is known: name folders after classes, or tell their class"


CLASSES = (SIMREAL_OT_scores_picture,)
