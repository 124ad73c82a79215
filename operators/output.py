"""The output folder of a scene's design, made ready for a job."""

from __future__ import annotations

import bpy

from ..addon.conversion import design_of
from ..addon.places import Places, places
from ..design.document import save
from ..design.errors import ToolError


def with_design(context: bpy.types.Context) -> Places:
    """The scene's places, with the design as it stands saved there. Raises DesignError, ToolError."""
    there = with_folder(context)
    save(design_of(context.scene.simreal), there.design)
    return there


def with_folder(context: bpy.types.Context) -> Places:
    """The scene's places, with their folder made. ToolError where that is not possible."""
    there = places(context.scene)
    try:
        there.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolError(f"{there.folder}: {error.strerror}; choose another output folder in the panel Render") from None
    return there
