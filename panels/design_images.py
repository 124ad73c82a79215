"""Images: their size and quality, and the seed of all draws."""

from __future__ import annotations

from typing import ClassVar

import bpy

from .sidebar import NeedsDesign


class SIMREAL_PT_images(NeedsDesign, bpy.types.Panel):
    """Size and quality of the images."""

    bl_idname = "SIMREAL_PT_images"
    bl_label = "Images"
    bl_parent_id = "SIMREAL_PT_design"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state, image = self.layout, context.scene.simreal, context.scene.simreal.image
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column(align=True)
        column.prop(image, "resolution_px")
        column.prop(image, "quality")
        column = layout.column()
        column.prop(state, "seed")
        column.prop(state, "instances")
        header, body = layout.panel("simreal_images_advanced", default_closed=True)
        header.label(text="Advanced")
        if body is None:
            return
        traced = image.engine == "cycles"
        column = body.column(align=True)
        column.prop(image, "engine")
        column.prop(image, "samples")
        for name in ("bounces", "denoiser", "noise_threshold"):  # of tracing light alone
            row = column.row(align=True)
            row.active = traced
            row.prop(image, name)
        body.prop(state, "views_per_scene")


CLASSES = (SIMREAL_PT_images,)
