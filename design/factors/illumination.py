"""Illumination: one light on a shell around the object, over the environment's own light."""

from ..declaration import Factor, Parameter
from ..distributions import LogUniform, SphereShell, Uniform

ILLUMINATION = Factor(
    name="illumination",
    label="Illumination",
    help="Where the key light stands, how strong, how large and how warm it is",
    parameters=(
        Parameter(
            "radius_m",
            Uniform(3.0, 6.0),
            fixed=4.5,
            unit="m",
            help="Distance of the light from the object",
            hard_range=(0.1, 1000.0),
            soft_range=(0.5, 20.0),
        ),
        Parameter(
            "elevation_deg",
            SphereShell(10.0, 80.0),
            fixed=45.0,
            unit="deg",
            help="Height of the light above the horizon",
            hard_range=(-90.0, 90.0),
            soft_range=(-90.0, 90.0),
        ),
        Parameter(
            "azimuth_deg",
            Uniform(0.0, 360.0),
            fixed=45.0,
            unit="deg",
            help="Direction of the light round the object, from its front counter-clockwise",
            hard_range=(-360.0, 720.0),
            soft_range=(0.0, 360.0),
        ),
        Parameter(
            "energy_w",
            LogUniform(40.0, 500.0),
            fixed=150.0,
            unit="W",
            help="Radiant power of the light",
            hard_range=(0.0, 1e6),
            soft_range=(0.0, 1000.0),
        ),
        Parameter(
            "size_m",
            Uniform(0.1, 1.5),
            fixed=0.5,
            unit="m",
            help="Radius of the light: small gives hard shadows, large soft ones",
            hard_range=(0.0, 100.0),
            soft_range=(0.0, 3.0),
        ),
        Parameter(
            "temperature_k",
            Uniform(2700.0, 8000.0),
            fixed=5500.0,
            unit="K",
            help="Colour temperature: 2700 is a warm bulb, 5500 daylight, 8000 blue shade",
            hard_range=(1000.0, 20000.0),
            soft_range=(1500.0, 12000.0),
        ),
    ),
)
