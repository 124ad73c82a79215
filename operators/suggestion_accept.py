"""Suggested weights taken into the design, all or one at a time."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import IntProperty

from ..addon.design_arrivals import change
from ..addon.weights_shown import accepted, suggestion_of
from ..design.errors import RunError
from .effect_open import effect_text
from .outcome import can, design_problem, reporting_errors, scene_problem
from .taken import tell_missing

ALL = "Take every suggested change into the design, with the evidence for them; undo takes it back"
ONE = "Take this change alone into the design; undo takes it back. The evidence is of all changes together"
NONE = "There is no suggestion yet: ask for one in the panel Weighting"


class SIMREAL_OT_suggestion_accept(bpy.types.Operator):
    """Take suggested changes into the design, with the evidence for them; undo takes it back"""

    bl_idname = "simreal.suggestion_accept"
    bl_label = "Accept Suggestion"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    number: IntProperty(
        name="Number", description="Which change, from 1 on; 0 is all of them", min=0, options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: Any) -> str:
        suggestion = suggestion_of(context.scene)
        if suggestion is None or not 1 <= properties.number <= len(suggestion.changes):
            return ALL
        effect = suggestion.changes[properties.number - 1].effect
        return ONE if effect is None else f"{ONE}.\nTo leave it out: {effect_text(effect)}"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        problem = scene_problem(context) or design_problem(context)
        return can(cls, problem or ("" if suggestion_of(context.scene) is not None else NONE))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        suggestion = suggestion_of(context.scene)
        if suggestion is None or self.number > len(suggestion.changes):
            raise RunError(NONE if suggestion is None else f"There are {len(suggestion.changes)} suggested changes")
        missing = change(context.scene.simreal, lambda design: accepted(design, suggestion, self.number))
        return tell_missing(self, "Took the suggested change" if self.number else "Took all that is suggested", missing)


CLASSES = (SIMREAL_OT_suggestion_accept,)
