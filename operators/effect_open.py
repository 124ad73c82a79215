"""The report of importance, opened where an effect stands beside a weight."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import StringProperty

from ..addon.weights_shown import effects_of, shown_importance
from ..datasets.effect_records import SOURCES, Effect
from ..design.evidence import points_text
from .outcome import can, reporting_errors
from .report_page import REPORT, open_report

MOST_TOLD = 6


class SIMREAL_OT_effect_open(bpy.types.Operator):
    """Open the report of importance in the web browser: every effect with its interval"""

    bl_idname = "simreal.effect_open"
    bl_label = "Open Report of Importance"
    bl_options: ClassVar = {"REGISTER"}

    factor: StringProperty(name="Factor", description="Factor that it is about", options={"SKIP_SAVE"})
    parameter: StringProperty(name="Parameter", description="Parameter of the factor", options={"SKIP_SAVE"})
    option: StringProperty(name="Option", description="Option of the parameter", options={"SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: Any) -> str:
        found = effects_of(context.scene).at(properties.factor, properties.parameter, properties.option)
        return "\n".join(map(effect_text, found[:MOST_TOLD]))

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        there = shown_importance(context.scene) is not None
        return can(cls, "" if there else "Importance was not measured yet: measure it in the panel Weighting")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        shown = shown_importance(context.scene)
        assert shown is not None
        open_report(shown.file.with_name(REPORT), "the report lies beside the file where it was measured")
        return {"FINISHED"}


def effect_text(effect: Effect) -> str:
    """An effect as a tooltip has it: what would be changed, its worth, and what that rests on."""
    found = "" if effect.is_found else ": no effect found"
    return (
        f"{effect.change}: {points_text(effect.points, effect.low, effect.high)} percentage points of accuracy, with "
        f"the 95 % interval{found}. Measured by {SOURCES[effect.source]}: {effect.images:,} images, "
        f"{effect.photos:,} photos"
    )


CLASSES = (SIMREAL_OT_effect_open,)
