"""``WindowManager.simreal``: what the interface shows for the moment. It is no part of the scene, and not undone.

Each feature has a property group of its own, in its own ``addon/<feature>_properties.py``, with a pointer here.
"""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import bpy
from bpy.props import PointerProperty

from . import job_properties, preview_properties, score_properties, study_properties


class SIMREAL_PG_window(bpy.types.PropertyGroup):
    """What is shown for the moment: one pointer a feature."""

    jobs: PointerProperty(type=job_properties.SIMREAL_PG_jobs)
    preview: PointerProperty(type=preview_properties.SIMREAL_PG_preview_window)
    scores: PointerProperty(type=score_properties.SIMREAL_PG_scores)
    studies: PointerProperty(type=study_properties.SIMREAL_PG_study_list)


CLASSES = (
    *job_properties.CLASSES,
    *preview_properties.WINDOW_CLASSES,
    *score_properties.WINDOW_CLASSES,
    *study_properties.WINDOW_CLASSES,
    SIMREAL_PG_window,
)
"""In the order of registration: groups that are pointed to come first."""


def forget() -> None:
    """Leave nothing of it in Blender as the add-on is taken off: values outlive the properties that name them."""
    bpy.context.window_manager.property_unset("simreal")
