"""Background: the environment that lights the object, and what will be laid under the render."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ...design.distributions import Value
from ..assets import Assets
from ..stage import Backdrop, Stage

DIMMEST = 1e-3


def apply_background(stage: Stage, assets: Assets, values: Mapping[str, Value]) -> None:
    """Switch to the environment's prepared world, turn the stage against it, and note what is seen behind.

    A design without photos that draws the kind "photo" has the environment seen instead.
    """
    bare = values["kind"] == "none"
    environment = assets.environment(None if bare else str(values["environment"]))
    if stage.scene.world is not environment.world:
        stage.scene.world = environment.world
    stage.turn.rotation_euler = (0.0, 0.0, 0.0 if bare else -math.radians(float(values["rotation_deg"])))
    stage.gain = 1.0 if bare else max(float(values["strength"]), DIMMEST)
    photo = assets.photo(str(values["photo"])) if values["kind"] == "photo" and values["photo"] else None
    stage.backdrop = Backdrop(dict(values), environment, photo)
