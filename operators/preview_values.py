"""The values of an image, factor by factor."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import IntProperty

from ..addon.conversion import design_of
from ..addon.viewing import chosen_split
from ..addon.viewport import told_of
from ..design.sampling import Sampler
from .outcome import can, design_problem, reporting_errors

WIDTH_PX = 640


class SIMREAL_OT_preview_values(bpy.types.Operator):
    """List what one image shows: of each factor whether it is drawn or fixed, and its values"""

    bl_idname = "simreal.preview_values"
    bl_label = "Image Values"
    bl_options: ClassVar = {"REGISTER"}

    index: IntProperty(name="Image", description="Number of the image; -1 is the panel's", default=-1, min=-1)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context))

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        if "FINISHED" not in self.execute(context):
            return {"CANCELLED"}
        result: Any = context.window_manager.invoke_popup(self, width=WIDTH_PX)
        return set(result)

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.simreal
        design = design_of(state)
        sampler = Sampler(design, chosen_split(state, design))
        spec = sampler.spec(self.index if self.index >= 0 else state.viewing.index)
        self._told = told_of(sampler.design, spec, spec.models[0])
        return {"FINISHED"}

    def draw(self, _context: bpy.types.Context) -> None:
        told, layout = self._told, self.layout
        layout.label(text=f"{told['split']} {told['index']}: {told['class']}", icon="IMAGE_DATA", translate=False)
        layout.label(text=told["model"], icon="MESH_DATA", translate=False)
        row = layout.row()
        for factors in _halves(told["factors"]):
            column = row.column()
            for factor in factors:
                draw_factor_values(column.column(align=True), factor)


def _halves(factors: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The factors in two columns about as long as each other."""
    lengths = [len(factor["values"]) + 2 for factor in factors]
    cut = min(range(len(factors) + 1), key=lambda place: abs(sum(lengths[:place]) - sum(lengths[place:])))
    return factors[:cut], factors[cut:]


def draw_factor_values(column: bpy.types.UILayout, factor: dict[str, Any]) -> None:
    """One factor of what is told of an image: whether it is drawn, and its values; those without effect are greyed."""
    heading = column.split(factor=0.7)
    heading.label(text=factor["label"])
    heading.label(text="Drawn" if factor["drawn"] else "Fixed", icon="DOT" if factor["drawn"] else "DECORATE_LOCKED")
    for label, text, has_effect in factor["values"]:
        row = column.split(factor=0.5)
        row.active = has_effect
        row.label(text=label)
        row.label(text=text, translate=False)


CLASSES = (SIMREAL_OT_preview_values,)
