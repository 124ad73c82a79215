"""Sensor: what the camera does with the light: exposure, blur, noise, colour and JPEG compression."""

from ..declaration import Factor, Parameter
from ..distributions import Normal, Uniform

SENSOR = Factor(
    name="sensor",
    label="Sensor",
    help="Exposure, noise, blur, colour strength and JPEG compression of the camera",
    parameters=(
        Parameter(
            "exposure_ev",
            Normal(0.0, 0.4, -1.2, 1.2),
            fixed=0.0,
            unit="EV",
            help="Over- (positive) or under-exposure in stops",
            hard_range=(-10.0, 10.0),
            soft_range=(-3.0, 3.0),
        ),
        Parameter(
            "noise",
            Uniform(0.0, 0.02),
            fixed=0.0,
            help="Standard deviation of the sensor's noise at mid-grey, as a fraction of white",
            hard_range=(0.0, 1.0),
            soft_range=(0.0, 0.2),
        ),
        Parameter(
            "blur_px",
            Uniform(0.0, 0.8),
            fixed=0.0,
            unit="px",
            help="Gaussian blur of the picture: its standard deviation for a picture 128 px wide",
            hard_range=(0.0, 50.0),
            soft_range=(0.0, 4.0),
        ),
        Parameter(
            "saturation",
            Uniform(0.6, 1.2),
            fixed=1.0,
            help="Strength of colour: 0 is grey, 1 as rendered",
            hard_range=(0.0, 4.0),
            soft_range=(0.0, 2.0),
        ),
        Parameter(
            "jpeg_quality",
            Uniform(70.0, 96.0),
            fixed=92.0,
            label="JPEG quality",
            help="Quality of the JPEG file, rounded to a whole number",
            hard_range=(1.0, 100.0),
            soft_range=(10.0, 100.0),
        ),
    ),
    of_view=True,
)
