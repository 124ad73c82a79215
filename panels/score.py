"""Score: real photos through the classifier."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from .job_box import draw_job
from .sidebar import Sidebar


class SIMREAL_PT_score(Sidebar, bpy.types.Panel):
    """Scoring photos; needs no design."""

    bl_idname = "SIMREAL_PT_score"
    bl_label = "Score"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal.scoring
        column = layout.column(align=True)
        column.prop(state, "model", text="", icon="FILE", placeholder="The one trained here")
        column.prop(state, "photos", text="", icon="FILE_IMAGE", placeholder="Folder of photos")
        layout.operator("simreal.score", icon="VIEWZOOM")
        done = draw_job(layout, context, "score")
        if done is not None and "scores" in done.results:
            _draw_scores(layout.box().column(align=True), done.results["scores"])


def _draw_scores(layout: bpy.types.UILayout, scores: dict[str, Any]) -> None:
    """Accuracy and a row a class where the truth is known; else only how many photos were scored."""
    layout.label(text=f"{scores['n']} photos", icon="CHECKMARK")
    if scores.get("top1") is None:
        return
    layout.label(text=f"Right: {100 * scores['top1']:.1f} %")
    layout.label(text=f"Mean of classes: {100 * scores['mean_class_accuracy']:.1f} %")
    for name, share in scores["per_class"].items():
        row = layout.split(factor=0.45)
        row.label(text=name, translate=False)
        row.progress(factor=share["accuracy"], text=f"{share['correct']} / {share['n']}")


CLASSES = (SIMREAL_PT_score,)
