"""``Scene.simreal.rendering``: what of the data set is rendered, where that is not all of the design."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty


class SIMREAL_PG_rendering(bpy.types.PropertyGroup):
    """How to render the data set."""

    use_per_class: BoolProperty(
        name="Images per Class",
        description="Render another number of images than the design says: a quick try, or more of the same",
    )
    per_class: IntProperty(
        name="Images per Class",
        description="Images a class in the first split; the other splits keep their proportion to it. "
        "What is rendered now is part of a larger data set later",
        default=20,
        min=1,
        soft_max=1000,
    )
    layout: EnumProperty(
        name="Layout",
        description="How a new data set lies on disk; one that is there keeps its own",
        items=[
            ("folders", "Class Folders", "A folder a class, as most programs read them"),
            ("webdataset", "WebDataset", "Tars of a thousand images, for very many of them and for training from afar"),
        ],
    )
    retry_failed: BoolProperty(
        name="Try Failed Images Again", description="Also render the images that could not be rendered before"
    )


CLASSES = (SIMREAL_PG_rendering,)
