"""Background: what stands behind the object, and the environment map whose light falls on it.

The environment map lights the object whatever is seen behind it, so a white or photographed background keeps natural
reflections. ``none`` is the paper's "no background": an even grey dome lights the object, and the same grey is seen.
"""

from ..declaration import AssetKind, Factor, Parameter
from ..distributions import Choice, LogUniform, Uniform
from ..environments_catalogue import BUILTIN_ENVIRONMENTS

_UNLIT = {"kind": ("none",)}
_COLOURLESS = {"kind": ("environment", "white", "photo", "none")}
_NO_GRADIENT = {"kind": ("environment", "white", "flat", "photo", "none")}
_NO_PHOTO_SEEN = {"kind": ("environment", "white", "flat", "gradient", "none")}
_NO_PHOTO = _NO_PHOTO_SEEN | {"photo": ("",)}

BACKGROUND = Factor(
    name="background",
    label="Background",
    help="What stands behind the object, and which environment map lights it",
    parameters=(
        Parameter(
            "kind",
            Choice({"environment": 0.5, "white": 0.2, "flat": 0.15, "gradient": 0.15}),
            fixed="environment",
            help="What is seen behind the object",
            options={
                "environment": "The environment map itself",
                "white": "White, as in product photos",
                "flat": "One colour",
                "gradient": "One colour that fades into another",
                "photo": "A photo out of the design's photo libraries",
                "none": "Nothing: an even grey dome lights the object and is seen",
            },
        ),
        Parameter(
            "environment",
            Choice(dict.fromkeys(BUILTIN_ENVIRONMENTS, 1.0)),
            fixed="builtin:city.exr",
            help="Environment map that lights the object",
            assets=AssetKind.ENVIRONMENT,
            idle_with=_UNLIT,
        ),
        Parameter(
            "rotation_deg",
            Uniform(0.0, 360.0),
            fixed=0.0,
            unit="deg",
            help="Turn of the environment map about the vertical",
            hard_range=(-360.0, 720.0),
            soft_range=(0.0, 360.0),
            idle_with=_UNLIT,
        ),
        Parameter(
            "strength",
            LogUniform(0.35, 1.2),
            fixed=0.8,
            help="Brightness of the environment map; 1 is a mean radiance of 1",
            hard_range=(0.0, 1000.0),
            soft_range=(0.0, 4.0),
            idle_with=_UNLIT,
        ),
        Parameter(
            "hue",
            Uniform(0.0, 1.0),
            fixed=0.6,
            help="Hue of the flat colour, and of the gradient's first",
            hard_range=(0.0, 1.0),
            idle_with=_COLOURLESS | {"saturation": (0.0,)},
        ),
        Parameter(
            "saturation",
            Uniform(0.0, 0.7),
            fixed=0.0,
            help="Strength of that colour: 0 is grey",
            hard_range=(0.0, 1.0),
            soft_range=(0.0, 1.0),
            idle_with=_COLOURLESS,
        ),
        Parameter(
            "value",
            Uniform(0.1, 1.0),
            fixed=0.8,
            help="Brightness of that colour",
            hard_range=(0.0, 1.0),
            soft_range=(0.0, 1.0),
            idle_with=_COLOURLESS,
        ),
        Parameter(
            "gradient_value",
            Uniform(0.1, 1.0),
            fixed=0.4,
            help="Brightness the gradient fades to",
            hard_range=(0.0, 1.0),
            soft_range=(0.0, 1.0),
            idle_with=_NO_GRADIENT,
        ),
        Parameter(
            "gradient_angle_deg",
            Uniform(0.0, 360.0),
            fixed=270.0,
            unit="deg",
            help="Direction in which the gradient fades; 270 is downwards",
            hard_range=(-360.0, 720.0),
            soft_range=(0.0, 360.0),
            idle_with=_NO_GRADIENT,
        ),
        Parameter(
            "photo",
            Choice({"": 1.0}),
            fixed="",
            help="Photo behind the object; empty where no photo library is given",
            options={"": "No photo"},
            assets=AssetKind.PHOTO,
            idle_with=_NO_PHOTO_SEEN,
        ),
        Parameter(
            "photo_zoom",
            Uniform(1.0, 2.0),
            fixed=1.0,
            help="How far the photo is zoomed in: 1 shows as much of it as fits",
            hard_range=(1.0, 100.0),
            soft_range=(1.0, 4.0),
            idle_with=_NO_PHOTO,
        ),
        Parameter(
            "photo_x",
            Uniform(0.0, 1.0),
            fixed=0.5,
            help="Which part of the photo is seen, from left (0) to right (1)",
            hard_range=(0.0, 1.0),
            idle_with=_NO_PHOTO,
        ),
        Parameter(
            "photo_y",
            Uniform(0.0, 1.0),
            fixed=0.5,
            help="Which part of the photo is seen, from top (0) to bottom (1)",
            hard_range=(0.0, 1.0),
            idle_with=_NO_PHOTO,
        ),
    ),
)
