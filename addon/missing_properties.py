"""What of a design's assets this machine has not, as the panel lists it: known since they were last looked for."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import bpy
from bpy.props import BoolProperty, StringProperty


class SIMREAL_PG_missing(bpy.types.PropertyGroup):
    """A library of which something is missing. ``name`` is the library."""

    text: StringProperty(name="Missing", description="What is missing of it")
    brief: StringProperty(name="Missing", description="What is missing of it, in a few words")
    can_be_located: BoolProperty(
        name="Can Be Located", description="Whether it is a folder, and no library that comes with Simreal or Blender"
    )


CLASSES = (SIMREAL_PG_missing,)
