"""The factors: each declared once, in a file of its own, and found here by name."""

from ..declaration import Factor
from .background import BACKGROUND
from .camera_viewpoint import CAMERA_VIEWPOINT
from .distractors import DISTRACTORS
from .illumination import ILLUMINATION
from .lens import LENS
from .material_texture import MATERIAL_TEXTURE
from .object_pose import OBJECT_POSE
from .object_scale import OBJECT_SCALE
from .sensor import SENSOR

FACTORS: dict[str, Factor] = {
    factor.name: factor
    for factor in (
        OBJECT_SCALE,
        OBJECT_POSE,
        MATERIAL_TEXTURE,
        ILLUMINATION,
        CAMERA_VIEWPOINT,
        BACKGROUND,
        LENS,
        SENSOR,
        DISTRACTORS,
    )
}


def factor_label(name: str) -> str:
    """A factor's name for people; of one that this version does not know, its own name."""
    return FACTORS[name].label if name in FACTORS else name


def parameter_label(factor: str, name: str) -> str:
    """A parameter with its factor, for people: ``Lens, f-stop``. Unknown ones keep their own names."""
    known = factor in FACTORS and name in {one.name for one in FACTORS[factor].parameters}
    return f"{factor_label(factor)}, {FACTORS[factor].parameter(name).words if known else name}"
