"""Something that a split has otherwise than the design: a factor's weight, or a parameter's fixed value."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import bpy
from bpy.props import EnumProperty, FloatProperty, StringProperty

from ..addon.units import title_case
from ..design.errors import DesignError
from ..design.factors import FACTORS
from ..design.overrides import overrides_text, parsed_overrides, with_fixed, with_weight
from .outcome import can, reporting_errors, scene_problem

NO_PARAMETER = "NONE"


def _factors(_operator: Any, _context: Any) -> list[tuple[str, str, str]]:
    return [(factor.name, title_case(factor.label), factor.help) for factor in FACTORS.values()]


def _parameters(operator: Any, _context: Any) -> list[tuple[str, str, str]]:
    factor = FACTORS.get(operator.factor)
    named = [(one.name, title_case(one.label), one.help) for one in factor.parameters] if factor else []
    return [(NO_PARAMETER, "None", "The weight alone"), *named]


def _values(operator: Any, context: Any, _typed: str) -> Iterator[str]:
    """What the fixed value of a choice can be; any number can be typed for the other parameters."""
    if operator.factor in FACTORS and operator.parameter != NO_PARAMETER:
        given = getattr(getattr(context.scene.simreal.factors, operator.factor), operator.parameter)
        yield from (option.name for option in getattr(given, "options", ()))


class SIMREAL_OT_split_override(bpy.types.Operator):
    """Give the active split another weight of a factor than the design has, and another fixed value if wished:
    weight 0 with a background fixed at none makes a test without background"""

    bl_idname = "simreal.split_override"
    bl_label = "Add Override"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    factor: EnumProperty(name="Factor", description="Which factor is different in this split", items=_factors)
    weight: FloatProperty(
        name="Weight",
        description="Share of this split's images that draw the factor; 0 keeps it fixed",
        default=0.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    parameter: EnumProperty(
        name="Also Fix", description="Parameter that has another fixed value in this split", items=_parameters
    )
    value: StringProperty(name="At", description="Its fixed value: a number in its unit, or an option", search=_values)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        problem = "" if context.scene.simreal.splits else "There is no split"
        return can(cls, scene_problem(context) or problem)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return set(context.window_manager.invoke_props_dialog(self))

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "factor")
        layout.prop(self, "weight", slider=True)
        layout.prop(self, "parameter")
        if self.parameter != NO_PARAMETER:
            unit = FACTORS[self.factor].parameter(self.parameter).unit
            layout.prop(self, "value", text=f"At ({unit})" if unit else "At")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        split = context.scene.simreal.splits[context.scene.simreal.active_split]
        changed = with_weight(parsed_overrides(split.overrides), self.factor, round(self.weight, 6))
        if self.parameter != NO_PARAMETER:
            changed = with_fixed(changed, self.factor, self.parameter, self._fixed())
        split.overrides = overrides_text(changed)
        return {"FINISHED"}

    def _fixed(self) -> float | str:
        """The value as the parameter has it. DesignError where it cannot have it."""
        parameter = FACTORS[self.factor].parameter(self.parameter)
        value: float | str = self.value
        if not parameter.is_choice:
            try:
                value = float(self.value)
            except ValueError:
                raise DesignError(parameter.name, f"must be a number, not '{self.value}'") from None
        parameter.check_fixed(value)
        return value


CLASSES = (SIMREAL_OT_split_override,)
