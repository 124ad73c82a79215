"""Object pose: how the object leans, and where in the picture it stands."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ...design.distributions import Value
from ..assets import Assets
from ..stage import Stage


def apply_object_pose(stage: Stage, assets: Assets, values: Mapping[str, Value]) -> None:
    """Lean the object; move it in the picture by the camera's lens shift, which keeps its perspective."""
    assert stage.object is not None
    stage.object.rotation_euler = (
        math.radians(float(values["pitch_deg"])),
        math.radians(float(values["roll_deg"])),
        0.0,
    )
    stage.camera.data.shift_x = -float(values["shift_x"])
    stage.camera.data.shift_y = -float(values["shift_y"])
