"""Train: a classifier on the data set."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.preferences import ADDON, settings
from .job_box import draw_job
from .sidebar import NeedsDesign, wrapped


class SIMREAL_PT_train(NeedsDesign, bpy.types.Panel):
    """Training and exporting a classifier."""

    bl_idname = "SIMREAL_PT_train"
    bl_label = "Train"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal.training
        column = layout.column(align=True)
        column.prop(state, "backbone", text="")
        column.row(align=True).prop(state, "regime", text="")
        if state.regime != "head":
            column.prop(state, "epochs")
        if not settings().training_python:
            wrapped(layout, context, "Training needs a Python with PyTorch: name it in the preferences", icon="INFO")
            layout.operator("preferences.addon_show", text="Preferences", icon="PREFERENCES").module = ADDON
        layout.operator("simreal.train", icon="EXPERIMENTAL")
        done = draw_job(layout, context, "train")
        if done is not None:
            layout.label(text=_text(done.results.get("training", {}).get("validation")), icon="CHECKMARK")


def _text(validation: object) -> str:
    if not isinstance(validation, dict):
        return "Trained and exported"
    return f"{validation['split']}: {100 * validation['top1']:.1f} %"


CLASSES = (SIMREAL_PT_train,)
