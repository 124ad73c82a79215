"""One image: looked at in the 3D viewport, or with a factor swept over it; and what is shown while it is."""

from __future__ import annotations

import bpy

from ..addon.viewport import about, can_leave, is_shown
from ..operators.preview_values import draw_factor_values
from .sidebar import NeedsDesign, wrapped


class SIMREAL_PT_one_image(NeedsDesign, bpy.types.Panel):
    """Looking at one image of the design."""

    bl_idname = "SIMREAL_PT_one_image"
    bl_label = "One Image"
    bl_parent_id = "SIMREAL_PT_preview"

    def draw(self, context: bpy.types.Context) -> None:
        layout, viewing = self.layout, context.scene.simreal.viewing
        row = layout.row(align=True)
        row.prop(viewing, "index")
        row.operator("simreal.preview_values", text="", icon="LINENUMBERS_ON")
        row = layout.row(align=True)
        row.operator("simreal.viewport_show", icon="VIEW_CAMERA")
        if can_leave():
            row.operator("simreal.viewport_leave", text="", icon="LOOP_BACK")
        row = layout.row(align=True)
        row.prop(viewing, "factor", text="")
        chosen = viewing.factor
        row.operator("simreal.strip_show", icon="SEQ_STRIP_DUPLICATE").factor = "" if chosen == "all" else chosen


class SIMREAL_PT_viewport(bpy.types.Panel):
    """The image that this scene shows: the only panel of the tab while it does."""

    bl_idname = "SIMREAL_PT_viewport"
    bl_label = "Image in Viewport"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Simreal"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return is_shown(context.scene)

    def draw(self, context: bpy.types.Context) -> None:
        layout, told = self.layout, about(context.scene)
        layout.operator("simreal.viewport_leave", icon="LOOP_BACK")
        row = layout.row(align=True)
        back = row.row(align=True)
        back.enabled = told["index"] > 0
        back.operator("simreal.viewport_step", text="Previous", icon="TRIA_LEFT").step = -1
        row.operator("simreal.viewport_step", text="Next", icon="TRIA_RIGHT").step = 1
        column = layout.column(align=True)
        column.label(text=f"{told['split']} {told['index']}: {told['class']}", icon="IMAGE_DATA", translate=False)
        column.label(text=told["design"], icon="PRESET", translate=False)
        column.label(text=told["model"], icon="MESH_DATA", translate=False)
        wrapped(
            layout, context, "Noise, blur, colour strength and compression of the sensor are not shown", icon="INFO"
        )


class SIMREAL_PT_viewport_factors(bpy.types.Panel):
    """The values of every factor in the image that is shown."""

    bl_idname = "SIMREAL_PT_viewport_factors"
    bl_label = "Values"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Simreal"
    bl_parent_id = "SIMREAL_PT_viewport"

    def draw(self, context: bpy.types.Context) -> None:
        for factor in about(context.scene)["factors"]:
            draw_factor_values(self.layout.box().column(align=True), factor)


CLASSES = (SIMREAL_PT_one_image, SIMREAL_PT_viewport, SIMREAL_PT_viewport_factors)
