"""Score: real photos through the classifier."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..addon.score_shown import shown
from .job_box import draw_failure, draw_log, draw_start, draw_status, job_of
from .rows import Rows
from .sidebar import Sidebar, wrapped


class SIMREAL_PT_score(Sidebar, bpy.types.Panel):
    """Scoring photos; needs no design."""

    bl_idname = "SIMREAL_PT_score"
    bl_label = "Score"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal.scoring
        column = layout.column(align=True)
        column.prop(state, "model", text="", icon="FILE", placeholder="The one trained here")
        row = column.row(align=True)
        row.prop(state, "photos", text="", icon="FILE_IMAGE", placeholder="Folder of photos")
        row.operator("simreal.score_photos", text="", icon="IMAGE_REFERENCE")
        if state.files:
            row = column.row(align=True)
            row.label(text=f"{state.file_count:,} chosen photos of the folder", icon="BLANK1")
        job, row = job_of(context, "score"), layout.row(align=True)
        draw_start(row, job, "simreal.score", icon="VIEWZOOM")
        row.operator("simreal.scores_load", text="", icon="FILE_FOLDER")
        if job is not None and job.is_unfinished:
            draw_status(layout, job, "")
        draw_failure(layout, context, job)
        draw_log(layout, context, job)
        if shown().problem:
            wrapped(layout.box().column(), context, shown().problem, icon="ERROR")


class SIMREAL_UL_aliases(Rows, bpy.types.UIList):
    """Folders and the classes they show."""

    bl_idname = "SIMREAL_UL_aliases"

    @staticmethod
    def draw_row(_context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, index: int) -> None:
        row = layout.row(align=True)
        row.prop(item, "name", text="", emboss=False, icon="FILE_FOLDER", placeholder="Folder")
        row.label(text="", icon="FORWARD")
        row.prop(item, "target", text="", emboss=False, placeholder="Class")
        row.operator("simreal.score_alias_remove", text="", icon="REMOVE", emboss=False).index = index


class SIMREAL_PT_score_aliases(Sidebar, bpy.types.Panel):
    """Which classes folders show that are not named after them."""

    bl_idname = "SIMREAL_PT_score_aliases"
    bl_parent_id = "SIMREAL_PT_score"
    bl_label = "Folder Names"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal.scoring
        scores = shown().scores
        if state.aliases:
            layout.template_list("SIMREAL_UL_aliases", "", state, "aliases", state, "active_alias", rows=2)
        else:
            wrapped(layout, context, "Folders named after a class tell the truth; name here what others show")
        known = {alias.name for alias in state.aliases}
        for folder, count in (scores.unknown_folders if scores else {}).items():
            if folder not in known:
                row = layout.row()
                row.label(text=f"{folder}: {count} not counted", icon="QUESTION", translate=False)
                row.operator("simreal.score_alias_add", text="", icon="ADD").folder = folder
        layout.operator("simreal.score_alias_add", icon="ADD")


CLASSES = (SIMREAL_PT_score, SIMREAL_UL_aliases, SIMREAL_PT_score_aliases)
