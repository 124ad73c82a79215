"""The embedded starter library: parametric models of ten everyday classes, made by NumPy alone from their names."""

from __future__ import annotations

from collections.abc import Callable

from ...design.errors import AssetError
from ...design.starter_catalogue import INSTANCES_PER_CLASS, STARTER_CLASSES, starter_model_names
from .airplane import airplane
from .bicycle import bicycle
from .bottle import bottle
from .car import car
from .chair import chair
from .cup import cup
from .draws import Draws
from .lamp import lamp
from .laptop import laptop
from .mesh import Assembly, Mesh, Part, StarterModel
from .table import table
from .umbrella import umbrella

__all__ = ["INSTANCES_PER_CLASS", "STARTER_CLASSES", "Mesh", "Part", "StarterModel", "build", "starter_model_names"]

# A modeller builds instance ``index`` of its class: the index picks the form, the draws its measures and colours.
_MODELLERS: dict[str, Callable[[int, Draws], Assembly]] = {
    "airplane": airplane,
    "bicycle": bicycle,
    "bottle": bottle,
    "car": car,
    "chair": chair,
    "cup": cup,
    "lamp": lamp,
    "laptop": laptop,
    "table": table,
    "umbrella": umbrella,
}


def build(name: str) -> StarterModel:
    """The model ``name`` ("chair/03"): always the same, on any machine. Raises AssetError if there is none."""
    cls, _, number = name.partition("/")
    if cls not in STARTER_CLASSES or name not in starter_model_names(cls):
        raise AssetError(
            f"no starter model {name!r}; names run from {STARTER_CLASSES[0]}/00 on, see starter_model_names"
        )
    return _MODELLERS[cls](int(number), Draws(name)).finish()
