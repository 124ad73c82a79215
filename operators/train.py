"""A classifier trained on the rendered data set, and exported."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..addon.command_lines import training
from ..addon.job_watch import watch
from ..addon.jobs import Order
from ..addon.places import places
from ..addon.preferences import settings
from ..design.errors import ToolError
from .outcome import can, reporting_errors
from .output import with_folder

OFFLINE_BACKBONE = "efficientnet_lite0"  # its weights come with a package of the training environment


class SIMREAL_OT_train(bpy.types.Operator):
    """Train a classifier on the rendered data set in the background, and export it as model.onnx"""

    bl_idname = "simreal.train"
    bl_label = "Train"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, _problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        there, environment = with_folder(context), settings()
        wanted = arguments(context.scene.simreal.training)
        steps = (
            training(environment, "train", there.data, "--out", there.run, "--overwrite", *wanted),
            training(environment, "export", there.run, "--out", there.model),
        )
        watch().start(Order("train", f"Train on {context.scene.simreal.title}", str(there.folder), steps))
        return {"FINISHED"}


def arguments(state: Any) -> tuple[str, ...]:
    """The options of ``simreal train``. ToolError where weights would have to be downloaded and Blender is offline."""
    chosen = ["--backbone", state.backbone]
    chosen.append({"head": "--head-only", "full": "--full", "scratch": "--from-scratch"}[state.regime])
    if state.regime != "scratch" and state.backbone != OFFLINE_BACKBONE:
        if not bpy.app.online_access:
            raise ToolError(
                f"the weights of {state.backbone} have to be downloaded: allow online access in "
                f"Preferences > System, or use {OFFLINE_BACKBONE}"
            )
        chosen.append("--pretrained")
    if state.epochs and state.regime != "head":
        chosen += ["--epochs", str(state.epochs)]
    return tuple(chosen)


def _problem(context: bpy.types.Context) -> str:
    if not settings().training_python:
        return "Name a Python with PyTorch in Preferences > Add-ons > Simreal"
    if not (places(context.scene).data / "design.json").is_file():
        return "There is no data set yet: render it first"
    return ""


CLASSES = (SIMREAL_OT_train,)
