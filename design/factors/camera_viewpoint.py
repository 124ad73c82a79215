"""Camera viewpoint: where on a shell around the object the camera stands, looking at the object."""

from ..declaration import Factor, Parameter
from ..distributions import Normal, SphereShell, Uniform

CAMERA_VIEWPOINT = Factor(
    name="camera_viewpoint",
    label="Camera viewpoint",
    help="From where the camera looks at the object",
    parameters=(
        Parameter(
            "azimuth_deg",
            Uniform(0.0, 360.0),
            fixed=35.0,
            unit="deg",
            help="Direction of the camera round the object, from its front counter-clockwise",
            hard_range=(-360.0, 720.0),
            soft_range=(0.0, 360.0),
        ),
        Parameter(
            "elevation_deg",
            SphereShell(-5.0, 60.0),
            fixed=20.0,
            unit="deg",
            help="Height of the camera above the horizon",
            hard_range=(-90.0, 90.0),
            soft_range=(-90.0, 90.0),
        ),
        Parameter(
            "distance_m",
            Uniform(4.5, 6.0),
            fixed=5.0,
            unit="m",
            help="Distance of the camera from the object",
            hard_range=(0.1, 1000.0),
            soft_range=(1.0, 20.0),
        ),
        Parameter(
            "roll_deg",
            Normal(0.0, 4.0, -15.0, 15.0),
            fixed=0.0,
            unit="deg",
            help="Turn of the camera about its line of sight",
            hard_range=(-180.0, 180.0),
            soft_range=(-45.0, 45.0),
        ),
    ),
    of_view=True,
)
