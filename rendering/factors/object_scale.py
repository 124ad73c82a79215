"""Object scale: the length of the object's longest side (models are loaded with 1 m)."""

from __future__ import annotations

from collections.abc import Mapping

from ...design.distributions import Value
from ..assets import Assets
from ..stage import Stage


def apply_object_scale(stage: Stage, assets: Assets, values: Mapping[str, Value]) -> None:
    """Scale the object evenly."""
    assert stage.object is not None
    stage.object.scale = (float(values["scale"]),) * 3
