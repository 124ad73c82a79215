"""Scoring in the Image Editor: what the image shows, and the photos of the list one by one."""

from __future__ import annotations

from typing import Any

import bpy

from ..addon.job_watch import watch
from ..addon.jobs import State
from ..addon.score_orders import IMAGE_VERB, image_scores
from ..addon.score_photo import PHOTO_IMAGE
from ..addon.score_shown import shown
from .job_box import draw_state
from .score_results import draw_steps


class SIMREAL_PT_score_image(bpy.types.Panel):
    """The classifier in the Image Editor."""

    bl_idname = "SIMREAL_PT_score_image"
    bl_label = "Score"
    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Simreal"

    def draw(self, context: bpy.types.Context) -> None:
        layout, image = self.layout, context.space_data.image
        scores, state = shown().scores, context.window_manager.simreal.scores
        if scores is not None and image is not None and image.name == PHOTO_IMAGE:
            row = layout.row(align=True)
            row.scale_x = 1.4
            draw_steps(row, state, scores)
            layout.label(text=f"{len(shown().order(state)):,} of {len(scores.predictions):,} photos")
            layout.prop(state, "mistakes_only")
            return
        layout.prop(context.scene.simreal.scoring, "model", text="", icon="FILE", placeholder="The one trained here")
        layout.operator("simreal.score_image", icon="VIEWZOOM")
        board = watch().board
        job = board.latest(IMAGE_VERB, str(image_scores()))
        if job is None:
            return
        if job.state is not State.DONE:
            draw_state(layout, context, board, job)
        elif "top5" in job.results.get("scores", {}):
            _draw_top5(layout, str(job.order.facts.get("image", "")), job.results["scores"])


def _draw_top5(layout: bpy.types.UILayout, name: str, scores: dict[str, Any]) -> None:
    box = layout.box().column(align=True)
    box.label(text=name, icon="IMAGE_DATA", translate=False)
    for label, confidence in scores["top5"]:
        box.progress(factor=confidence, text=f"{label}  {100 * confidence:.1f} %")
    box.operator("simreal.score_image_show", icon="HIDE_OFF")


def draw_menu(menu: bpy.types.Menu, _context: bpy.types.Context) -> None:
    """The entry in the Image Editor's menu Image."""
    menu.layout.separator()
    menu.layout.operator("simreal.score_image", icon="VIEWZOOM")


CLASSES = (SIMREAL_PT_score_image,)
