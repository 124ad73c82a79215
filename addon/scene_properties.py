"""``Scene.simreal``: the design being edited and the settings of its jobs, saved in the .blend, with undo."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import typing
from typing import Any

import attrs
import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..design.design import Denoiser, ImageSettings, Instances, LibraryKind, UpAxis

DEFAULTS = {field.name: field.default for field in attrs.fields(ImageSettings)}


def _items(literal: Any) -> list[tuple[str, str, str]]:
    return [(value, value if len(value) < 3 else value.capitalize(), "") for value in typing.get_args(literal)]


class SIMREAL_PG_class(bpy.types.PropertyGroup):
    """A class of the design. ``name`` is the class, ``models`` its models' assets, one a line."""

    enabled: BoolProperty(name="Use", description="Let this class be part of the data set", default=True)
    weight: FloatProperty(
        name="Weight",
        description="Share of the images that show this class, relative to the others",
        default=1.0,
        min=0.0,
        soft_max=4.0,
        precision=2,
    )
    models: StringProperty(name="Models", description="The models of this class, one a line")

    @property
    def model_count(self) -> int:
        return self.models.count("\n") + 1 if self.models else 0


class SIMREAL_PG_library(bpy.types.PropertyGroup):
    """A named folder of assets; ``path`` is relative to the design's folder."""

    kind: EnumProperty(name="Kind", description="What the folder holds", items=_items(LibraryKind))
    path: StringProperty(name="Folder", description="Where the assets lie, relative to the design's folder")
    up_axis: EnumProperty(name="Up", description="Which axis of the models points up", items=_items(UpAxis))


class SIMREAL_PG_split(bpy.types.PropertyGroup):
    """A split of the design; ``overrides`` is JSON that is laid over the design."""

    count: IntProperty(name="Images", description="How many images of this split are rendered", min=0, default=100)
    seed: IntProperty(name="Seed", description="Seed of this split")
    overrides: StringProperty(name="Overrides", description="What is different in this split, as JSON", default="{}")


class SIMREAL_PG_image(bpy.types.PropertyGroup):
    """Size and quality of the images."""

    resolution_px: IntProperty(
        name="Resolution",
        description="Width and height of the images",
        default=DEFAULTS["resolution_px"],
        min=8,
        max=8192,
        soft_max=1024,
        subtype="PIXEL",
    )
    samples: IntProperty(
        name="Samples",
        description="Light paths a pixel: more is slower and less noisy",
        default=DEFAULTS["samples"],
        min=1,
        max=65536,
        soft_max=256,
    )
    bounces: IntProperty(
        name="Bounces",
        description="How often light is reflected",
        default=DEFAULTS["bounces"],
        min=0,
        max=64,
        soft_max=12,
    )
    denoiser: EnumProperty(
        name="Denoiser",
        description="What removes the noise of few samples",
        items=_items(Denoiser),
        default=DEFAULTS["denoiser"],
    )


class SIMREAL_PG_training(bpy.types.PropertyGroup):
    """What to train."""

    regime: EnumProperty(
        name="Train",
        description="Which of the network's weights are trained",
        items=[
            ("head", "Head only", "A linear head on frozen features of a network trained on photos: seconds"),
            ("full", "All weights", "All weights, starting from a network trained on photos"),
            ("scratch", "From scratch", "All weights, starting from random ones: no photo is ever seen"),
        ],
    )
    backbone: StringProperty(
        name="Backbone", description="Network to train: any model of timm by name", default="efficientnet_lite0"
    )
    epochs: IntProperty(
        name="Epochs",
        description="How often every image is seen; 0 is what suits the training",
        default=0,
        min=0,
        soft_max=200,
    )


class SIMREAL_PG_scoring(bpy.types.PropertyGroup):
    """What to score."""

    model: StringProperty(
        name="Model", description="Exported classifier (.onnx); empty is the one trained here", subtype="FILE_PATH"
    )
    photos: StringProperty(
        name="Photos",
        description="Folder of photos; folders in it named after classes tell the truth",
        subtype="DIR_PATH",
    )


class SIMREAL_PG_preview(bpy.types.PropertyGroup):
    """What to preview."""

    images: IntProperty(name="Images", description="Images in the contact sheet", default=12, min=1, soft_max=64)
    split: StringProperty(
        name="Split",
        description="Split to preview; empty is the first",
        search=lambda group, context, typed: [split.name for split in context.scene.simreal.splits],
    )


STATIC_CLASSES = (
    SIMREAL_PG_class,
    SIMREAL_PG_library,
    SIMREAL_PG_split,
    SIMREAL_PG_image,
    SIMREAL_PG_training,
    SIMREAL_PG_scoring,
    SIMREAL_PG_preview,
)


def scene_class(factors: type) -> type:
    """The class of ``Scene.simreal``, given the class of its factors."""
    annotations = {
        "title": StringProperty(name="Name", description="Name of the design"),
        "description": StringProperty(name="Description", description="What the design is for"),
        "seed": IntProperty(name="Seed", description="Another seed gives other images of the same design"),
        "instances": EnumProperty(
            name="Models",
            description="Whether splits show the same models, or each has models of its own",
            items=_items(Instances),
        ),
        "image": PointerProperty(type=SIMREAL_PG_image),
        "folder": StringProperty(
            name="Design's folder", description="What library folders are relative to", subtype="DIR_PATH"
        ),
        "libraries": CollectionProperty(type=SIMREAL_PG_library),
        "classes": CollectionProperty(type=SIMREAL_PG_class),
        "active_class": IntProperty(name="Class", options={"HIDDEN"}),
        "splits": CollectionProperty(type=SIMREAL_PG_split),
        "active_split": IntProperty(name="Split", options={"HIDDEN"}),
        "factors": PointerProperty(type=factors),
        "exact": StringProperty(
            name="Exact numbers",
            description="Numbers as loaded, where Blender keeps fewer digits",
            default="{}",
            options={"HIDDEN"},
        ),
        "output": StringProperty(
            name="Output folder",
            description="Where data set, model and scores go; empty is beside the .blend file",
            subtype="DIR_PATH",
        ),
        "preview": PointerProperty(type=SIMREAL_PG_preview),
        "training": PointerProperty(type=SIMREAL_PG_training),
        "scoring": PointerProperty(type=SIMREAL_PG_scoring),
    }
    namespace = {"__doc__": "The design of a scene, and its jobs' settings", "__annotations__": annotations}
    return type("SIMREAL_PG_scene", (bpy.types.PropertyGroup,), namespace)
