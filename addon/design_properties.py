"""The parts of a design that no factor declares: classes and their models, libraries, splits, image settings."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import typing
from typing import Any

import attrs
import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..design.design import ENGINES, Denoiser, Engine, ImageSettings, Instances, LibraryKind, UpAxis
from ..design.qualities import HELP as QUALITY_HELP
from ..design.qualities import QUALITIES, quality_of, with_quality
from .class_list import class_renamed, models_changed
from .split_list import split_renamed
from .touched import touched
from .units import from_stored

DEFAULTS = {field.name: field.default for field in attrs.fields(ImageSettings)}
HELP = {
    "auto": "Told from the format: OBJ is Y-up, PLY and STL are Z-up, the others know it themselves",
    "none": "Noise stays as it is",
    "oidn": "Open Image Denoise: few samples look like many",
    "cycles": "Traces light: as real as models and materials are",
    "eevee": "Approximates light, faster on a GPU; needs OpenGL. Images of two machines may differ",
    "shared": "All splits show the same models",
    "disjoint": "No split shows a model that another shows; the first split gets most of them",
}
QUALITY_ITEMS = [
    *((name, name.capitalize(), QUALITY_HELP[name]) for name in QUALITIES),
    ("custom", "Custom", "As the advanced settings say"),
]
LABELS = {"oidn": "Open Image Denoise", **ENGINES}


def items(literal: Any) -> list[tuple[str, str, str]]:
    """The items of an EnumProperty over the values of a Literal."""
    return [
        (value, LABELS.get(value) or (value if len(value) < 3 else value.capitalize()), HELP.get(value, ""))
        for value in typing.get_args(literal)
    ]


class SIMREAL_PG_class(bpy.types.PropertyGroup):
    """A class of the design. ``name`` is the class, ``models`` its models' assets, one a line."""

    name: StringProperty(name="Name", description="Name of the class, and of its folder", update=class_renamed)
    known_name: StringProperty(options={"HIDDEN"})
    enabled: BoolProperty(
        name="Use", description="Let this class be part of the data set", default=True, update=touched
    )
    weight: FloatProperty(
        name="Weight",
        description="Share of the images that show this class, relative to the others",
        default=1.0,
        min=0.0,
        soft_max=4.0,
        precision=2,
        update=touched,
    )
    models: StringProperty(name="Models", description="The models of this class, one a line", update=models_changed)

    @property
    def model_count(self) -> int:
        """How many; folders of models that are yet to be located count as none."""
        folders = self.models.count("/\n") + self.models.endswith("/")
        return self.models.count("\n") + 1 - folders if self.models else 0


class SIMREAL_PG_model(bpy.types.PropertyGroup):
    """A model of the active class, as the panel lists it: ``name`` is its asset."""


class SIMREAL_PG_library(bpy.types.PropertyGroup):
    """A named folder of assets; ``path`` is relative to the design's folder.

    ``snapshot`` is JSON: of a library made of this file's collections, which collection in it comes of which here.
    """

    kind: EnumProperty(name="Kind", description="What the folder holds", items=items(LibraryKind), update=touched)
    path: StringProperty(
        name="Folder", description="Where the assets lie, relative to the design's folder", update=touched
    )
    up_axis: EnumProperty(
        name="Up", description="Which axis of the models points up", items=items(UpAxis), update=touched
    )
    snapshot: StringProperty(options={"HIDDEN"})


class SIMREAL_PG_split(bpy.types.PropertyGroup):
    """A split of the design; ``overrides`` is JSON that is laid over the design."""

    name: StringProperty(
        name="Name",
        description="Name of the split, and of its folder. Its images come of its name: another name, other images",
        update=split_renamed,
    )
    known_name: StringProperty(options={"HIDDEN"})
    count: IntProperty(
        name="Images", description="How many images of this split are rendered", min=0, default=100, update=touched
    )
    seed: IntProperty(name="Seed", description="Another seed gives this split other images", update=touched)
    render: BoolProperty(name="Render", description="Let this split be rendered with the data set", default=True)
    overrides: StringProperty(
        name="Overrides",
        description="What is different in this split, as a JSON merge patch over the design",
        default="{}",
        update=touched,
    )


def _settings(group: Any) -> ImageSettings:
    given = {field.name: getattr(group, field.name) for field in attrs.fields(ImageSettings)}
    floats = {name: from_stored(value, "") for name, value in given.items() if isinstance(value, float)}
    return ImageSettings(**(given | floats))


def _quality(group: Any) -> int:
    named = quality_of(_settings(group))
    return len(QUALITIES) if named is None else QUALITIES.index(named)


def _set_quality(group: Any, number: int) -> None:
    """``custom`` is no quality to be set: it is what the settings are that have no name."""
    if number < len(QUALITIES):
        before = _settings(group)
        after = with_quality(before, QUALITIES[number])
        for name, value in attrs.asdict(after).items():
            if value != getattr(before, name):
                setattr(group, name, value)


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
        update=touched,
    )
    quality: EnumProperty(
        name="Quality",
        description="Samples, denoiser and noise threshold in one",
        items=QUALITY_ITEMS,
        get=_quality,
        set=_set_quality,
    )
    samples: IntProperty(
        name="Samples",
        description="Light paths a pixel: more is slower and less noisy",
        default=DEFAULTS["samples"],
        min=1,
        max=65536,
        soft_max=256,
        update=touched,
    )
    bounces: IntProperty(
        name="Bounces",
        description="How often light is reflected",
        default=DEFAULTS["bounces"],
        min=0,
        max=64,
        soft_max=12,
        update=touched,
    )
    denoiser: EnumProperty(
        name="Denoiser",
        description="What removes the noise of few samples",
        items=items(Denoiser),
        default=DEFAULTS["denoiser"],
        update=touched,
    )
    noise_threshold: FloatProperty(
        name="Noise Threshold",
        description="Adaptive sampling: pixels with less noise than this get no more samples. 0 switches it off",
        default=DEFAULTS["noise_threshold"],
        min=0.0,
        max=1.0,
        soft_max=0.1,
        step=0.1,
        precision=3,
        update=touched,
    )
    engine: EnumProperty(
        name="Renderer",
        description="What turns a scene into an image",
        items=items(Engine),
        default=DEFAULTS["engine"],
        update=touched,
    )


class SIMREAL_PG_choice(bpy.types.PropertyGroup):
    """Something that a dialog lets people choose. ``name`` is what it is called."""

    use: BoolProperty(name="Use", description="Take this one", default=False)
    detail: StringProperty(name="Detail", description="What is in it")


CLASSES = (
    SIMREAL_PG_choice,
    SIMREAL_PG_class,
    SIMREAL_PG_model,
    SIMREAL_PG_library,
    SIMREAL_PG_split,
    SIMREAL_PG_image,
)
INSTANCES = items(Instances)
