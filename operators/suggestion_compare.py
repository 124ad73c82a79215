"""The design before and after what is suggested, side by side."""

from __future__ import annotations

import functools
from typing import ClassVar

import bpy

from ..addon.preview_requests import request
from ..addon.viewing import suggestion_comparison_of
from ..addon.weights_shown import standing_of, suggestion_of
from .outcome import can, design_problem, reporting_errors
from .suggestion_accept import NONE


class SIMREAL_OT_suggestion_compare(bpy.types.Operator):
    """Show the same images of the design as it is and, under them, with all that is suggested: on the same draws, so \
that only what would change differs"""

    bl_idname = "simreal.suggestion_compare"
    bl_label = "Before and After"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context) or _problem(context.scene))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        again = functools.partial(suggestion_comparison_of, context.scene.session_uid)
        request(again(), again=again, scene=context.scene)
        return {"FINISHED"}


def _problem(scene: bpy.types.Scene) -> str:
    suggestion = suggestion_of(scene)
    if suggestion is None:
        return NONE
    taken = standing_of(scene).taken
    return "All of it is in the design: undo to see the design before" if taken and all(taken) else ""


CLASSES = (SIMREAL_OT_suggestion_compare,)
