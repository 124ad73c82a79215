"""Preview: a contact sheet of the design as it stands."""

from __future__ import annotations

import bpy

from ..addon.job_results import PREVIEW_IMAGE
from .job_box import draw_job
from .sidebar import NeedsDesign


class SIMREAL_PT_preview(NeedsDesign, bpy.types.Panel):
    """The contact sheet."""

    bl_idname = "SIMREAL_PT_preview"
    bl_label = "Preview"

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        row = layout.row(align=True)
        row.prop(state.preview, "images")
        row.prop(state.preview, "split", text="", placeholder=state.splits[0].name if state.splits else "")
        row = layout.row(align=True)
        row.operator("simreal.preview", icon="IMGDISPLAY")
        row.operator("simreal.preview_show", text="", icon="WINDOW")
        draw_job(layout, context, "preview")
        image = bpy.data.images.get(PREVIEW_IMAGE)
        if image is not None and image.preview is not None:
            layout.template_icon(icon_value=image.preview.icon_id, scale=10.0)


CLASSES = (SIMREAL_PT_preview,)
