"""``Scene.simreal``: the design being edited and the settings of its jobs, saved in the .blend, with undo."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any

import bpy
from bpy.props import (
    CollectionProperty,
    EnumProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..design.design import MOST_VIEWS
from . import design_properties, render_properties, score_properties, study_properties
from .class_list import active_changed
from .design_properties import (
    SIMREAL_PG_class,
    SIMREAL_PG_image,
    SIMREAL_PG_library,
    SIMREAL_PG_model,
    SIMREAL_PG_split,
)
from .missing_properties import SIMREAL_PG_missing
from .preview_properties import SIMREAL_PG_preview
from .touched import touched
from .training_properties import SIMREAL_PG_training
from .viewing_properties import SIMREAL_PG_viewing
from .weighting_properties import SIMREAL_PG_weighting


def _titled(state: Any, _context: Any) -> None:
    """A design without a name would be no design."""
    if not state.title.strip() and state.classes:
        state.title = "Untitled"
    touched(state)


STATIC_CLASSES = (
    *render_properties.CLASSES,
    *design_properties.CLASSES,
    SIMREAL_PG_missing,
    SIMREAL_PG_training,
    *score_properties.SCENE_CLASSES,
    SIMREAL_PG_weighting,
    *study_properties.SCENE_CLASSES,
    SIMREAL_PG_preview,
    SIMREAL_PG_viewing,
)


def scene_class(factors: type) -> type:
    """The class of ``Scene.simreal``, given the class of its factors."""
    annotations = {
        "title": StringProperty(name="Name", description="Name of the design", update=_titled),
        "description": StringProperty(name="Description", description="What the design is for", update=touched),
        "seed": IntProperty(
            name="Seed", description="Another seed gives other images of the same design", update=touched
        ),
        "instances": EnumProperty(
            name="Models",
            description="Whether splits show the same models, or each has models of its own",
            items=design_properties.INSTANCES,
            update=touched,
        ),
        "views_per_scene": IntProperty(
            name="Views per Scene",
            description="Images in a row that show one scene, each with a camera of its own: quicker to render than "
            "as many scenes, and worth less to training",
            default=1,
            min=1,
            max=MOST_VIEWS,
            soft_max=32,
            update=touched,
        ),
        "image": PointerProperty(type=SIMREAL_PG_image),
        "folder": StringProperty(
            name="Design's folder",
            description="What library folders are relative to",
            subtype="DIR_PATH",
            update=touched,
        ),
        "libraries": CollectionProperty(type=SIMREAL_PG_library),
        "missing": CollectionProperty(type=SIMREAL_PG_missing),
        "classes": CollectionProperty(type=SIMREAL_PG_class),
        "active_class": IntProperty(name="Class", options={"HIDDEN"}, update=active_changed),
        "models": CollectionProperty(type=SIMREAL_PG_model),
        "active_model": IntProperty(name="Model", options={"HIDDEN"}),
        "splits": CollectionProperty(type=SIMREAL_PG_split),
        "active_split": IntProperty(name="Split", options={"HIDDEN"}),
        "factors": PointerProperty(type=factors),
        "exact": StringProperty(
            name="Exact numbers",
            description="Numbers as loaded, where Blender keeps fewer digits",
            default="{}",
            options={"HIDDEN"},
        ),
        "evidence": StringProperty(
            name="Evidence",
            description="What was measured of the design on real photos, as JSON",
            default="[]",
            options={"HIDDEN"},
        ),
        "preset": StringProperty(name="Preset", description="The preset that was loaded", options={"HIDDEN"}),
        "preset_digest": StringProperty(name="Preset as loaded", options={"HIDDEN"}),
        "output": StringProperty(
            name="Output folder",
            description="Where data set, model and scores go; empty is beside the .blend file",
            subtype="DIR_PATH",
        ),
        "rendering": PointerProperty(type=render_properties.SIMREAL_PG_rendering),
        "preview": PointerProperty(type=SIMREAL_PG_preview),
        "viewing": PointerProperty(type=SIMREAL_PG_viewing),
        "training": PointerProperty(type=SIMREAL_PG_training),
        "scoring": PointerProperty(type=score_properties.SIMREAL_PG_scoring),
        "weighting": PointerProperty(type=SIMREAL_PG_weighting),
        "studies": PointerProperty(type=study_properties.SIMREAL_PG_studies),
    }
    namespace = {"__doc__": "The design of a scene, and its jobs' settings", "__annotations__": annotations}
    return type("SIMREAL_PG_scene", (bpy.types.PropertyGroup,), namespace)
