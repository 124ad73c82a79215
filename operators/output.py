"""The output folder of a scene's design, made ready for a job."""

from __future__ import annotations

import bpy

from ..addon.places import Places, places
from ..design.errors import ToolError


def with_folder(context: bpy.types.Context) -> Places:
    """The scene's places, with their folder made. ToolError where that is not possible."""
    there = places(context.scene)
    try:
        there.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolError(f"{there.folder}: {error.strerror}; choose another output folder in the panel Render") from None
    return there
