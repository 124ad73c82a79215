"""Material and texture: what the object's surface is made of."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping

import numpy as np

from ...design.distributions import Value
from ...design.factors.material_texture import ORIGINAL
from ..assets import Assets
from ..backgrounds import linear
from ..stage import Stage


def apply_material_texture(stage: Stage, assets: Assets, values: Mapping[str, Value]) -> None:
    """Put one material on the whole object, or give it its own back."""
    material = str(values["material"])
    if material == ORIGINAL:
        stage.materials.restore(stage.object)
        return
    encoded = colorsys.hsv_to_rgb(float(values["hue"]), float(values["saturation"]), float(values["value"]))
    red, green, blue = (float(c) for c in linear(np.array(encoded)))
    stage.materials.apply(
        stage.object,
        assets.material(material),
        colour_rgb=(red, green, blue),
        roughness=float(values["roughness"]),
        scale=float(values["texture_scale"]),
    )
