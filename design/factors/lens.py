"""Lens: focal length and depth of field of a full-frame (36 mm wide) camera focused on the object."""

from ..declaration import Factor, Parameter
from ..distributions import LogUniform, Uniform

LENS = Factor(
    name="lens",
    label="Lens",
    help="Focal length and depth of field of the camera, which is focused on the object",
    parameters=(
        Parameter(
            "focal_length_mm",
            Uniform(42.0, 60.0),
            fixed=50.0,
            unit="mm",
            help="On a sensor 36 mm wide: smaller sees more and bends perspective, larger brings near",
            hard_range=(5.0, 1000.0),
            soft_range=(18.0, 200.0),
        ),
        Parameter(
            "f_stop",
            LogUniform(2.0, 22.0),
            fixed=16.0,
            unit="f-stop",
            label="f-stop",
            help="Aperture: 2 blurs what is before and behind the object, 22 keeps all sharp",
            hard_range=(0.1, 256.0),
            soft_range=(0.7, 32.0),
        ),
    ),
    of_view=True,
)
