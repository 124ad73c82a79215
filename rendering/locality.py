"""The order in which images render fastest. No image depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..design.sampling import ImageSpec


def ordered(specs: Sequence[ImageSpec], all_models_fit: bool) -> list[ImageSpec]:
    """Images that share a model next to each other and, among those, a world; or the other way round if that changes
    model or world less often in all. Where models have to be loaded again, which takes longest, the model comes first.
    """
    by_model = sorted(specs, key=lambda spec: (_model(spec), _world(spec), _material(spec), spec.index))
    if not all_models_fit:
        return by_model
    by_world = sorted(specs, key=lambda spec: (_world(spec), _model(spec), _material(spec), spec.index))
    return min(by_model, by_world, key=_changes)


def _changes(specs: Sequence[ImageSpec]) -> int:
    """How often the model changes from image to image, and how often the world."""
    return sum((_model(a) != _model(b)) + (_world(a) != _world(b)) for a, b in pairwise(specs))


def _model(spec: ImageSpec) -> str:
    return spec.models[0]


def _world(spec: ImageSpec) -> str:
    background = spec.factors["background"].values
    return "" if background["kind"] == "none" else str(background["environment"])


def _material(spec: ImageSpec) -> str:
    return str(spec.factors["material_texture"].values["material"])
