"""``Scene.simreal.training``: what to train. Fields of RunConfig are derived from it, with the help that stands there.

A number that is 0 and a text that is empty are left open: ``training.defaults`` then decides, as on the command line.
``automatic`` names, for such a number, the button that says so and leaves it open again.
"""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin, get_type_hints

import attrs
import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from ..training.config import EPOCHS, RunConfig
from .training_environment import standing

OFFLINE_BACKBONE = "efficientnet_lite0"  # its weights come with a package of the training environment
WELL_KNOWN = (
    OFFLINE_BACKBONE,
    "resnet18",
    "resnet50",
    "mobilenetv3_large_100",
    "convnext_tiny",
    "vit_base_patch16_224",
)
LEFT_OPEN = "auto"

# The fields of RunConfig that the panel shows, with their names there and how they are drawn.
LABELS = {
    "epochs": "Epochs",
    "crop_px": "Image Size",
    "batch_size": "Batch Size",
    "augmentation": "Augmentation",
    "views": "Views",
    "seed": "Seed",
    "device": "Device",
}
OPEN_NUMBERS = ("epochs", "crop_px", "batch_size", "views")
_SOFT_MAXIMA = {"epochs": 200, "crop_px": 512, "batch_size": 512, "views": 16}
_SUBTYPES = {"crop_px": "PIXEL"}


def offline_backbones() -> tuple[str, ...]:
    """Backbones whose weights are on this machine, as far as is known."""
    found = standing().found
    return found.offline if found and found.offline else (OFFLINE_BACKBONE,)


def _backbones(_group: Any, _context: Any, typed: str) -> list[tuple[str, str]]:
    found = standing().found
    names = found.backbones if found and found.backbones else WELL_KNOWN
    here = set(offline_backbones())
    chosen = [name for name in names if typed.lower() in name.lower()]
    chosen.sort(key=lambda name: (name not in here, name not in WELL_KNOWN))
    return [(name, "on this machine" if name in here else "to download") for name in chosen]


def _devices(_group: Any, _context: Any, _typed: str) -> list[tuple[str, str]]:
    found = standing().found
    return [(LEFT_OPEN, "The best there is"), ("cpu", "The processor"), *(found.devices.items() if found else ())]


def _description(name: str) -> str:
    told = str(getattr(attrs.fields(RunConfig), name).metadata["help"])
    return told[:1].upper() + told[1:]


def automatic(name: str) -> str:
    """The property that tells whether a number is left open."""
    return f"automatic_{name}"


def _first_choice(group: Any, name: str) -> int:
    """What a number is as soon as it is not left open: what training would most likely take."""
    if name == "epochs":
        return EPOCHS[group.regime == "scratch"]
    return int(getattr(attrs.fields(RunConfig), name).default)


def _left_open(name: str) -> Any:
    """No setting of its own: whether the number is 0."""

    def is_open(group: Any) -> bool:
        return not getattr(group, name)

    def leave_open(group: Any, wanted: bool) -> None:
        if wanted != is_open(group):
            setattr(group, name, 0 if wanted else _first_choice(group, name))

    left_open = getattr(attrs.fields(RunConfig), name).metadata["left_open"]
    return BoolProperty(
        name=f"Automatic {LABELS[name]}",
        description=f"Take what suits the training: {left_open}. Switch it off to choose",
        get=is_open,
        set=leave_open,
    )


def _property(name: str) -> Any:
    field, kind = getattr(attrs.fields(RunConfig), name), get_type_hints(RunConfig)[name]
    left_open = field.metadata["left_open"]
    named: dict[str, Any] = {"name": LABELS[name], "description": _description(name)}
    if get_origin(kind) is Literal:
        automatic = (LEFT_OPEN, "Automatic", f"What suits the training: {left_open}")
        return EnumProperty(items=[automatic, *((each, each.capitalize(), "") for each in get_args(kind))], **named)
    if kind is str:
        return StringProperty(default=LEFT_OPEN, search=_devices, search_options={"SUGGESTION"}, **named)
    if left_open != "0":
        named["description"] += f"; 0 is what suits the training: {left_open}"
    limits = {"soft_max": _SOFT_MAXIMA[name]} if name in _SOFT_MAXIMA else {}
    return IntProperty(default=0, min=0, subtype=_SUBTYPES.get(name, "NONE"), **limits, **named)


def _training_class() -> type:
    annotations = {
        "regime": EnumProperty(
            name="Train",
            description="Which of the network's weights are trained",
            items=[
                ("head", "Head Only", "A linear head on frozen features of a network trained on photos: seconds"),
                ("full", "All Weights", "All weights, starting from a network trained on photos"),
                ("scratch", "From Scratch", "All weights, starting from random ones: no photo is ever seen"),
            ],
        ),
        "backbone": StringProperty(
            name="Backbone",
            description=_description("backbone"),
            default=OFFLINE_BACKBONE,
            search=_backbones,
            search_options={"SUGGESTION"},
        ),
        **{name: _property(name) for name in LABELS},
        **{automatic(name): _left_open(name) for name in OPEN_NUMBERS},
    }
    namespace = {"__doc__": "What to train.", "__annotations__": annotations}
    return type("SIMREAL_PG_training", (bpy.types.PropertyGroup,), namespace)


SIMREAL_PG_training = _training_class()

CLASSES = (SIMREAL_PG_training,)
