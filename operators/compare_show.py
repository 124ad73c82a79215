"""Two designs side by side."""

from __future__ import annotations

import functools
from typing import ClassVar

import bpy

from ..addon.preview_requests import request
from ..addon.viewing import comparison_of
from .outcome import can, design_problem, reporting_errors


class SIMREAL_OT_compare_show(bpy.types.Operator):
    """Show the same images of this design and, under them, of another one: with the same classes, seed and draws, so \
that only what the other does differently differs"""

    bl_idname = "simreal.compare_show"
    bl_label = "Compare"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context) or _missing_side(context.scene.simreal.viewing))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        again = functools.partial(comparison_of, context.scene.session_uid)
        request(again(), again=again, scene=context.scene)
        return {"FINISHED"}


def _missing_side(viewing: bpy.types.PropertyGroup) -> str:
    preset = "" if viewing.preset else "Choose a preset to compare with"
    return {
        "pinned": "" if viewing.pinned else "Nothing is pinned yet: pin the design, change it, then compare",
        "look": preset,
        "preset": preset,
        "file": "" if viewing.file else "Choose a design file to compare with",
    }.get(viewing.against, "")


CLASSES = (SIMREAL_OT_compare_show,)
