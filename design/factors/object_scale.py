"""Object scale: how large the object is. Models are imported with their longest side 1 m."""

from ..declaration import Factor, Parameter
from ..distributions import Uniform

OBJECT_SCALE = Factor(
    name="object_scale",
    label="Object scale",
    help="How large the object is, and with it how much of the picture it fills",
    parameters=(
        Parameter(
            "scale",
            Uniform(2.0, 3.4),
            fixed=2.6,
            unit="m",
            help="Length of the object's longest side; at 5 m and 50 mm the picture is 3.6 m wide",
            hard_range=(0.01, 100.0),
            soft_range=(0.5, 6.0),
        ),
    ),
)
