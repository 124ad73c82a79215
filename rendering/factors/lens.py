"""Lens: focal length and aperture."""

from __future__ import annotations

from collections.abc import Mapping

from ...design.distributions import Value
from ..assets import Assets
from ..stage import Stage


def apply_lens(stage: Stage, assets: Assets, values: Mapping[str, Value]) -> None:
    """Set the camera's focal length and f-stop."""
    stage.camera.data.lens = float(values["focal_length_mm"])
    stage.camera.data.dof.aperture_fstop = float(values["f_stop"])
