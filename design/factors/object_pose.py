"""Object pose: how the object leans and where in the picture it stands. Turning it round is the camera viewpoint's."""

from ..declaration import Factor, Parameter
from ..distributions import Normal

OBJECT_POSE = Factor(
    name="object_pose",
    label="Object pose",
    help="How the object leans, and where in the picture it stands",
    parameters=(
        Parameter(
            "pitch_deg",
            Normal(0.0, 6.0, -20.0, 20.0),
            fixed=0.0,
            unit="deg",
            help="Lean to the front (positive) or back",
            hard_range=(-180.0, 180.0),
            soft_range=(-45.0, 45.0),
        ),
        Parameter(
            "roll_deg",
            Normal(0.0, 6.0, -20.0, 20.0),
            fixed=0.0,
            unit="deg",
            help="Lean to the side",
            hard_range=(-180.0, 180.0),
            soft_range=(-45.0, 45.0),
        ),
        Parameter(
            "shift_x",
            Normal(0.0, 0.06, -0.2, 0.2),
            fixed=0.0,
            label="Shift X",
            help="Right of the picture's centre, as a fraction of its width",
            hard_range=(-0.4, 0.4),
            soft_range=(-0.4, 0.4),
        ),
        Parameter(
            "shift_y",
            Normal(0.0, 0.06, -0.2, 0.2),
            fixed=0.0,
            label="Shift Y",
            help="Above the picture's centre, as a fraction of its height",
            hard_range=(-0.4, 0.4),
            soft_range=(-0.4, 0.4),
        ),
    ),
)
