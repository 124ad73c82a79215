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
        layout, state = self.layout, context.scene.simreal
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column(align=True)
        column.prop(state.image, "resolution_px")
        column.prop(state.image, "samples")
        column.prop(state.image, "bounces")
        column = layout.column()
        column.prop(state.image, "denoiser")
        column.prop(state.image, "noise_threshold")
        column.prop(state.image, "engine")
        column.prop(state, "seed")
        column.prop(state, "instances")
        column.prop(state, "views_per_scene")
        column.prop(state, "description")


CLASSES = (SIMREAL_PT_images,)
