"""Render: the data set."""

from __future__ import annotations

import bpy

from ..addon.places import places
from ..datasets.progress_text import duration
from .job_box import draw_job
from .sidebar import NeedsDesign


class SIMREAL_PT_render(NeedsDesign, bpy.types.Panel):
    """Rendering the data set."""

    bl_idname = "SIMREAL_PT_render"
    bl_label = "Render"

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        row = layout.row(align=True)
        row.prop(state, "output", text="", placeholder=f".../{places(context.scene).folder.name}")
        row.operator("simreal.folder_open", text="", icon="FOLDER_REDIRECT")
        images = sum(split.count for split in state.splits)
        layout.operator("simreal.render", text=f"Render {images:,} Images", icon="RENDER_STILL")
        done = draw_job(layout, context, "render")
        if done is not None and "render" in done.results:
            layout.label(text=f"Done in {duration(float(str(done.results['render']['seconds'])))}", icon="CHECKMARK")


CLASSES = (SIMREAL_PT_render,)
