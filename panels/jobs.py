"""Jobs: all that run, wait for their turn or are over, of all scenes."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..addon.job_list import chosen_job
from ..addon.job_text import ICONS, bar_text, end_text, fraction, percent, produced_folder, report_file, short_text
from ..addon.job_watch import watch
from ..addon.jobs import Job, State
from .job_box import draw_buttons, draw_log, draw_state
from .rows import Rows
from .sidebar import Sidebar, wrapped


class SIMREAL_UL_jobs(Rows, bpy.types.UIList):
    """Jobs: their state, their title, and how far they are or what came of them."""

    @staticmethod
    def draw_row(_context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, _index: int) -> None:
        board = watch().board
        job = board.named(item.name)
        if job is None:  # gone since the list was made
            return
        split = layout.split(factor=0.6)
        split.label(text=job.order.title, icon=ICONS[job.state], translate=False)
        if job.is_live and job.state is not State.QUEUED:
            split.progress(factor=fraction(job), text=percent(job) if job.state is State.RUNNING else bar_text(job))
        else:
            said = split.row()
            said.active = job.state is State.DONE
            said.label(text=short_text(board, job), translate=False)


class SIMREAL_PT_jobs(Sidebar, bpy.types.Panel):
    """All jobs of this user."""

    bl_idname = "SIMREAL_PT_jobs"
    bl_label = "Jobs"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        live = sum(job.is_live for job in watch().board)
        if live:
            self.layout.label(text=str(live), icon="PLAY")

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.window_manager.simreal.jobs
        if not state.entries:
            wrapped(
                layout,
                context,
                "Render, Train, Score and Studies put their jobs here; they go on when Blender is closed",
            )
            return
        row = layout.row()
        row.template_list("SIMREAL_UL_jobs", "", state, "entries", state, "active", rows=4, maxrows=12)
        job = chosen_job(watch().board)
        side = row.column(align=True)
        self._draw_side(side, job)
        if job is not None:
            self._draw_chosen(layout, context, job)

    def _draw_side(self, side: bpy.types.UILayout, job: Job | None) -> None:
        moves = side.column(align=True)
        moves.enabled = job is not None and job.state is State.QUEUED
        for direction, icon in (("UP", "TRIA_UP"), ("DOWN", "TRIA_DOWN")):
            move = moves.operator("simreal.job_move", text="", icon=icon)
            move.job, move.direction = job.name if job is not None else "", direction
        side.separator()
        side.operator("simreal.jobs_clear", text="", icon="TRASH")

    def _draw_chosen(self, layout: bpy.types.UILayout, context: bpy.types.Context, job: Job) -> None:
        board = watch().board
        if job.state is State.DONE:
            row = layout.box().row(align=True)
            wrapped(row.column(), context, end_text(board, job), icon=ICONS[job.state])
            draw_buttons(row, job)
        else:
            draw_state(layout, context, board, job)
        row = layout.row(align=True)
        for what, text, icon, path in (
            ("FOLDER", "Open Folder", "FILE_FOLDER", produced_folder(job)),
            ("REPORT", "Open Report", "DOCUMENTS", report_file(job)),
        ):
            if path is not None:
                opened = row.operator("simreal.job_open", text=text, icon=icon)
                opened.job, opened.what = job.name, what
        if job.state is State.DONE:
            draw_log(layout, context, job)


CLASSES = (SIMREAL_UL_jobs, SIMREAL_PT_jobs)
