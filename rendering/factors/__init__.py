"""How each factor is made so in the scene: one function a factor, found here by the factor's name.

A function takes the stage and the values of its factor and changes only what is that factor's. ``sensor`` works on the
finished light instead (``developing``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ...design.distributions import Value
from ..assets import Assets
from ..stage import Stage
from .background import apply_background
from .camera_viewpoint import apply_camera_viewpoint
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
}
