"""A study run in the background: its data sets, trainings and measures, and the report it ends in."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.environment_jobs import environment_job
from ..addon.job_watch import watch
from ..addon.study_orders import study_job, study_order
from ..addon.study_outlook import known_outlook, libraries_of
from ..addon.study_properties import chosen
from ..addon.training_environment import standing
from ..addon.viewport import is_shown
from .outcome import SHOWN, can, reporting_errors
from .output import with_folder


class SIMREAL_OT_study_run(bpy.types.Operator):
    """Run the study in the background, or go on with it: what is finished is not done again"""

    bl_idname = "simreal.study_run"
    bl_label = "Run Study"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, _problem(context.scene))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        with_folder(context)
        watch().start(study_order(context.scene, libraries_of(context.scene)))
        return {"FINISHED"}


def _problem(scene: bpy.types.Scene) -> str:
    if is_shown(scene):
        return SHOWN
    problem = chosen(scene.simreal.studies).problem or _busy(scene) or standing().problem
    return problem or _design_problem(scene) or _plan_problem(scene)


def _busy(scene: bpy.types.Scene) -> str:
    job, making = study_job(scene), environment_job()
    if job is not None and job.is_unfinished:
        return f"{job.order.title} is {job.state.value}: {'wait for it' if job.is_live else 'resume it'}, or cancel it"
    is_made = making is not None and making.is_live
    return "The training environment is being made: wait for it" if is_made else ""


def _design_problem(scene: bpy.types.Scene) -> str:
    if not scene.simreal.studies.use_design or scene.simreal.title:
        return ""
    return "This scene has no design: make one in the panel Design, or switch off This Scene's Design"


def _plan_problem(scene: bpy.types.Scene) -> str:
    """What the plan says, if it has been made: the study itself finds out, too."""
    outlook = known_outlook(scene)
    if outlook is None or outlook.problem:
        return outlook.problem if outlook is not None else ""
    return f"Choose where {', '.join(outlook.missing)} lies on this computer" if outlook.missing else ""


CLASSES = (SIMREAL_OT_study_run,)
