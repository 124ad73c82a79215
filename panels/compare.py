"""Compare: the design beside an earlier state of itself, or another design, on the same draws."""

from __future__ import annotations

from typing import ClassVar

import bpy

from .sidebar import NeedsDesign


class SIMREAL_PT_compare(NeedsDesign, bpy.types.Panel):
    """What to compare the design with."""

    bl_idname = "SIMREAL_PT_compare"
    bl_label = "Compare"
    bl_parent_id = "SIMREAL_PT_preview"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, viewing = self.layout, context.scene.simreal.viewing
        column = layout.column(align=True)
        column.prop(viewing, "against", text="")
        if viewing.against == "pinned":
            row = column.row(align=True)
            row.label(text=f"Pinned {viewing.pinned_at}" if viewing.pinned else "Nothing pinned yet", icon="TIME")
            row.operator("simreal.compare_pin", icon="PINNED")
        elif viewing.against == "fixed":
            column.prop(viewing, "fixed_factor", text="")
        else:
            column.prop(viewing, "file" if viewing.against == "file" else "preset", text="")
        layout.operator("simreal.compare_show", icon="UV_SYNC_SELECT")


CLASSES = (SIMREAL_PT_compare,)
