"""``WindowManager.simreal.jobs``: the list of jobs as the panel Jobs scrolls it. What a job is, its folder says."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import bpy
from bpy.props import CollectionProperty, IntProperty


class SIMREAL_PG_job(bpy.types.PropertyGroup):
    """A line of the list; ``name`` is the name of the job's folder."""


class SIMREAL_PG_jobs(bpy.types.PropertyGroup):
    """The list of jobs, and which line is chosen."""

    entries: CollectionProperty(type=SIMREAL_PG_job, name="Jobs")
    active: IntProperty(name="Job", description="The job whose details are shown", options={"HIDDEN"})


CLASSES = (SIMREAL_PG_job, SIMREAL_PG_jobs)
