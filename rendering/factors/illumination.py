"""Illumination: the key light."""

from __future__ import annotations

from collections.abc import Mapping

from ...design.distributions import Value
from ..assets import Assets
from ..stage import Stage, blackbody_rgb, on_shell


def apply_illumination(stage: Stage, assets: Assets, values: Mapping[str, Value]) -> None:
    """Place the key light and set its power, size and colour."""
    light = stage.key_light
    light.location = on_shell(float(values["radius_m"]), float(values["elevation_deg"]), float(values["azimuth_deg"]))
    stage.light_power_w = float(values["energy_w"])
    light.data.shadow_soft_size = float(values["size_m"])
    light.data.color = blackbody_rgb(float(values["temperature_k"]))
