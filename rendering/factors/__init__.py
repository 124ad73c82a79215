"""How each factor is made so in the scene: one function a factor, found here by the factor's name.

A function takes the stage and the values of its factor and changes only what is that factor's, in the order in which
factors are declared: the last of them, ``distractors``, stands by what the others made. ``sensor`` works on the
finished light instead (``developing``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ...design.distributions import Value
from ...design.factors import FACTORS
from ...design.sampling import ImageSpec
from ..assets import Assets
from ..stage import Stage
from .background import apply_background
from .camera_viewpoint import apply_camera_viewpoint
from .distractors import apply_distractors
from .illumination import apply_illumination
from .lens import apply_lens
from .material_texture import apply_material_texture
from .object_pose import apply_object_pose
from .object_scale import apply_object_scale

Apply: TypeAlias = Callable[[Stage, Assets, Mapping[str, Value]], None]

APPLIES: dict[str, Apply] = {
    "object_scale": apply_object_scale,
    "object_pose": apply_object_pose,
    "material_texture": apply_material_texture,
    "illumination": apply_illumination,
    "camera_viewpoint": apply_camera_viewpoint,
    "background": apply_background,
    "lens": apply_lens,
    "distractors": apply_distractors,
}


def apply_spec(stage: Stage, assets: Assets, spec: ImageSpec) -> str:
    """Have the stage show an image. Returns the asset of the model that is really shown. Raises AssetError."""
    name, model = assets.model(spec.models)
    stage.add(model)
    stage.show(model, spec)
    for factor in FACTORS:
        if factor in APPLIES:
            APPLIES[factor](stage, assets, spec.factors[factor].values)
    stage.settle()
    return name
