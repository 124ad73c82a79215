"""The preferences: the training environment, jobs, and rendering."""

from __future__ import annotations

from typing import Any

import bpy

from ..addon.environment_jobs import environment_job
from ..addon.jobs import State
from ..addon.preferences import own_environment
from ..addon.training_environment import Standing, standing
from .environment_box import draw_environment_job
from .sidebar import wrapped

PACKAGES = ("torchvision", "timm", "onnx", "onnxruntime")


def draw_preferences(layout: bpy.types.UILayout, context: bpy.types.Context, preferences: Any) -> None:
    """What is shown in Preferences > Add-ons > Simreal."""
    layout.use_property_split = True
    layout.use_property_decorate = False
    layout.label(text="Training Environment", icon="EXPERIMENTAL")
    _draw_training(layout.column(), context, preferences)
    layout.separator()
    layout.label(text="Jobs", icon="PLAY")
    column = layout.column()
    column.prop(preferences, "jobs_folder", placeholder="In the extension's own folder")
    column.prop(preferences, "jobs_at_once")
    layout.separator()
    layout.label(text="Rendering", icon="RENDER_STILL")
    column = layout.column()
    column.prop(preferences, "device")
    column.prop(preferences, "workers")


def _draw_training(layout: bpy.types.UILayout, context: bpy.types.Context, preferences: Any) -> None:
    made, job = own_environment(), environment_job()
    placeholder = "The environment created here" if made.is_ready else "None: all but Train works without one"
    layout.prop(preferences, "training_python", placeholder=placeholder)
    working = job is not None and (job.is_live or (job.state is not State.DONE and not made.is_ready))
    now = standing()
    if now.program or (made.is_ours and not working):
        _draw_standing(layout, context, now)
    if job is not None and working:
        draw_environment_job(layout, context, job)
    row = layout.row(align=True)
    row.operator(
        "simreal.environment_create", icon="ADD", text="Create Again" if made.is_ours else "Create Environment"
    )
    row.operator("simreal.environment_check", icon="FILE_REFRESH", text="Check")
    row.operator("simreal.environment_remove", icon="TRASH", text="Remove")
    if not bpy.app.online_access:
        hint = layout.row()
        hint.label(text="Creating one needs Allow Online Access, in Preferences > System", icon="INTERNET_OFFLINE")


def _draw_standing(layout: bpy.types.UILayout, context: bpy.types.Context, now: Standing) -> None:
    box = layout.box().column(align=True)
    if now.problem and not now.is_checking:
        wrapped(box, context, now.problem, icon="ERROR" if now.program else "INFO")
        return
    icon = "CHECKMARK" if now.found and not now.is_checking else "QUESTION"
    box.label(text=now.summary, icon=icon, translate=False)
    if now.found is not None:
        versions = [f"{name} {now.found.packages[name]}" for name in PACKAGES if name in now.found.packages]
        wrapped(box, context, ", ".join((f"Python {now.found.python}", *versions)), icon="BLANK1")
        wrapped(box, context, now.program, icon="BLANK1")
