"""The data set of the design, rendered in the background."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import bpy

from ..addon.command_lines import rendering
from ..addon.conversion import design_of
from ..addon.job_watch import watch
from ..addon.jobs import Order
from ..addon.places import Places, places
from ..addon.preferences import settings
from ..addon.render_outlook import chosen_splits, forget, per_class, render_facts
from ..datasets.state import read_state
from ..design.assets import check_libraries
from ..design.checking import check_explicit
from ..design.design import Design
from ..design.document import relocated, to_document
from ..design.identity import design_hash
from .outcome import can, design_problem, reporting_errors


class SIMREAL_OT_render(bpy.types.Operator):
    """Render the data set in the background; where a part of it is there already, what is missing"""

    bl_idname = "simreal.render"
    bl_label = "Render Data Set"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, design_problem(context) or _problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        watch().start(order(context.scene))
        forget()
        return {"FINISHED"}


def order(scene: bpy.types.Scene) -> Order:
    """The job that renders the design as it stands now, whatever becomes of it while the job waits for its turn."""
    state, there, machine = scene.simreal, places(scene), settings()
    design = relocated(design_of(state), there.folder)
    check_libraries(design)
    check_explicit(design)
    wanted = ["--set-aside", "--device", machine.device, "--split", *chosen_splits(state)]
    if per_class(state):
        wanted += ["--per-class", str(per_class(state))]
    if machine.workers:
        wanted += ["--workers", str(machine.workers)]
    if begins_anew(there.data, design):
        wanted += ["--layout", state.rendering.layout]
    if state.rendering.retry_failed:
        wanted.append("--retry-failed")
    return Order(
        verb="render",
        title=f"Render {state.title}",
        target=str(there.folder),
        steps=(rendering("render", there.design, "--out", there.data, *wanted),),
        makes=(str(there.data),),
        files={str(there.design): json.dumps(to_document(design), indent=2, ensure_ascii=False) + "\n"},
        facts=render_facts(design.image),
    )


def begins_anew(data: Path, design: Design) -> bool:
    """Whether rendering a design begins a data set: there is none, or one of another design. DataSetError."""
    found = read_state(data)
    return found is None or found.design_hash != design_hash(design)


def _problem(context: bpy.types.Context) -> str:
    if not chosen_splits(context.scene.simreal):
        return "Choose a split to render"
    return _busy(places(context.scene))


def _busy(there: Places) -> str:
    job = watch().board.latest("render", str(there.folder))
    if job is None or not job.is_unfinished:
        return ""
    return f"{job.order.title} is {job.state.value}: {'wait for it' if job.is_live else 'resume it'}, or cancel it"


CLASSES = (SIMREAL_OT_render,)
