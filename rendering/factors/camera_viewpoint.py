"""Camera viewpoint: the camera on a shell around the object, looking at it and focused on it."""

from __future__ import annotations

from collections.abc import Mapping

from ...design.distributions import Value
from ..assets import Assets
from ..stage import Stage, looking_at_centre, on_shell


def apply_camera_viewpoint(stage: Stage, assets: Assets, values: Mapping[str, Value]) -> None:
    """Place, aim and focus the camera."""
    distance = float(values["distance_m"])
    location = on_shell(distance, float(values["elevation_deg"]), float(values["azimuth_deg"]))
    stage.camera.location = location
    stage.camera.rotation_euler = looking_at_centre(location, float(values["roll_deg"]))
    stage.camera.data.dof.focus_distance = distance
