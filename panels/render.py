"""Render: the data set."""

from __future__ import annotations

import bpy

from ..addon.job_watch import watch
from ..addon.jobs import Job
from ..addon.places import places
from ..addon.preferences import ADDON
from ..addon.render_outlook import Outlook, outlook
from ..datasets.progress_text import duration
from .job_box import draw_failure, draw_log, draw_start, draw_status, job_of
from .sidebar import NeedsDesign, wrapped


class SIMREAL_PT_render(NeedsDesign, bpy.types.Panel):
    """Rendering the data set."""

    bl_idname = "SIMREAL_PT_render"
    bl_label = "Render"

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        plan = outlook(context.scene, watch().board)
        row = layout.row(align=True)
        row.prop(state, "output", text="", placeholder=f".../{places(context.scene).folder.name}")
        row.operator("simreal.folder_open", text="", icon="FOLDER_REDIRECT")
        _draw_splits(layout, context, plan)
        job, count = job_of(context, "render"), plan.missing or plan.total
        draw_start(layout, job, "simreal.render", text=f"Render {count:,} Images", icon="RENDER_STILL")
        row = layout.row(align=True)
        draw_status(row, job, _outlook_text(plan, job), "CHECKMARK" if plan.is_complete else "TIME")
        row.operator("simreal.data_show", text="", icon="IMGDISPLAY")
        draw_failure(layout, context, job)
        _draw_warnings(layout, context, plan, job)
        _draw_advanced(layout, context, plan)
        draw_log(layout, context, job)


def _outlook_text(plan: Outlook, job: Job | None) -> str:
    """What is rendered already, and what the rest will cost: ``80 there, about 3 MB, about 0:40``."""
    there = sum(plan.there.values())
    if plan.is_complete:
        took = f" ({duration(job.seconds)})" if job is not None else ""
        return f"All {plan.total:,} images are there{took}"
    parts = [f"{there:,} there"] if there else []
    parts.append(f"about {size_text(plan.bytes)}")
    if plan.seconds is not None:
        parts.append(f"about {duration(plan.seconds)}")
    return ", ".join(parts)


def _draw_splits(layout: bpy.types.UILayout, context: bpy.types.Context, plan: Outlook) -> None:
    """A line a split: whether it is rendered, and how many images it has."""
    state = context.scene.simreal
    column = layout.column(align=True)
    for split in state.splits:
        row = column.row()
        row.prop(split, "render", text=split.name, translate=False)
        numbers = row.row()
        numbers.alignment = "RIGHT"
        numbers.active = split.render
        numbers.label(text=_share(plan, split.name, split.count), translate=False)
    row = layout.row(align=True)
    row.prop(state.rendering, "use_per_class")
    number = row.row(align=True)
    number.active = state.rendering.use_per_class
    number.prop(state.rendering, "per_class", text="")


def _share(plan: Outlook, name: str, count: int) -> str:
    wanted, there = plan.wanted.get(name, count), min(plan.there.get(name, 0), plan.wanted.get(name, count))
    return f"{there:,} of {wanted:,}" if 0 < there < wanted else f"{wanted:,}"


def _draw_warnings(layout: bpy.types.UILayout, context: bpy.types.Context, plan: Outlook, job: Job | None) -> None:
    """What rendering would do that is not expected of it, and what stands against it."""
    if plan.problem:
        wrapped(layout, context, plan.problem, icon="ERROR")
        return
    if plan.other:
        wrapped(
            layout,
            context,
            f"The {plan.other:,} images there are of the design as it was before: "
            f"rendering moves them to the folder {plan.aside}, and begins anew",
            icon="INFO",
        )
    if plan.bytes > plan.free_bytes and not (job is not None and job.is_unfinished):
        wrapped(layout, context, f"Only {size_text(plan.free_bytes)} are free on the disk", icon="ERROR")


def size_text(count: int) -> str:
    """``14 MB``."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6)):,} MB"


def _draw_advanced(layout: bpy.types.UILayout, context: bpy.types.Context, plan: Outlook) -> None:
    header, body = layout.panel("simreal_render_advanced", default_closed=True)
    header.label(text="Advanced")
    if body is None:
        return
    body.use_property_split = True
    body.use_property_decorate = False
    addon = context.preferences.addons.get(ADDON)
    if addon is not None:
        for name in ("device", "workers", "jobs_at_once"):
            body.prop(addon.preferences, name)
    layout_row = body.row()
    layout_row.active = not any(plan.there.values())  # one that is there keeps its own
    layout_row.prop(context.scene.simreal.rendering, "layout")
    body.prop(context.scene.simreal.rendering, "retry_failed")


CLASSES = (SIMREAL_PT_render,)
