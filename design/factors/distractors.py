"""Distractors: other things near the object or before it. How each of them is drawn is ``design/distractors.py``."""

from ..declaration import Factor, Parameter
from ..distributions import Choice, Uniform

MOST_DISTRACTORS = 8
_NONE = {"count": (0.0,)}
_SEVERAL = {"count": 4.0}
_NOTHING_BEFORE = _NONE | {"occluding": (0.0,)}
_ALL_BEFORE = _NONE | {"occluding": (1.0,)}

DISTRACTORS = Factor(
    name="distractors",
    label="Distractors",
    help="Other things near the object, and before it, of which a part always stays in view",
    parameters=(
        Parameter(
            "count",
            Uniform(1.0, 4.0),
            fixed=0.0,
            help="How many there are; one that would hide too much, or finds no place, is left out",
            hard_range=(0.0, float(MOST_DISTRACTORS)),
            whole=True,
        ),
        Parameter(
            "kind",
            Choice({"models": 0.4, "starter": 0.2, "shapes": 0.2, "mixed": 0.2}),
            fixed="mixed",
            help="What they are",
            options={
                "models": "Models of the design's other classes",
                "starter": "Objects of the starter library, none of the object's class",
                "shapes": "Boxes, cylinders, balls, cones and rings",
                "mixed": "Each is one of these",
            },
            idle_with=_NONE,
            seen_with=_SEVERAL,
        ),
        Parameter(
            "size",
            Uniform(0.3, 0.7),
            fixed=0.5,
            help="Longest side of the largest there can be, in lengths of the object; each has half of it to all of it",
            hard_range=(0.02, 2.0),
            soft_range=(0.1, 1.0),
            idle_with=_NONE,
            seen_with=_SEVERAL,
        ),
        Parameter(
            "distance",
            Uniform(0.0, 0.5),
            fixed=0.2,
            help="Gap between them and the object, in lengths of the object",
            hard_range=(0.0, 10.0),
            soft_range=(0.0, 2.0),
            idle_with=_NONE,
            seen_with=_SEVERAL,
        ),
        Parameter(
            "azimuth_deg",
            Uniform(0.0, 360.0),
            fixed=0.0,
            unit="deg",
            help="Side of the object about which they stand, from its front counter-clockwise",
            hard_range=(-360.0, 720.0),
            soft_range=(0.0, 360.0),
            idle_with=_ALL_BEFORE | {"spread_deg": (360.0,)},
            seen_with=_SEVERAL,
        ),
        Parameter(
            "spread_deg",
            Uniform(120.0, 360.0),
            fixed=360.0,
            unit="deg",
            help="Arc over which they spread about that side: 360 is all round the object",
            hard_range=(0.0, 360.0),
            soft_range=(0.0, 360.0),
            idle_with=_ALL_BEFORE,
            seen_with=_SEVERAL,
        ),
        Parameter(
            "footing",
            Choice({"ground": 0.7, "floating": 0.3}),
            fixed="ground",
            help="At which height they are",
            options={
                "ground": "They stand as low as the object does",
                "floating": "Anywhere above, below and beside it",
            },
            idle_with=_ALL_BEFORE,
            seen_with=_SEVERAL,
        ),
        Parameter(
            "occluding",
            Uniform(0.0, 0.6),
            fixed=0.5,
            help="Share of them that is placed between camera and object",
            hard_range=(0.0, 1.0),
            idle_with=_NONE,
            seen_with=_SEVERAL,
        ),
        Parameter(
            "occluder",
            Choice({"same": 0.5, "slab": 0.25, "stick": 0.25}),
            fixed="same",
            help="What is placed between camera and object",
            options={"same": "Things of the same kind", "slab": "Flat boards", "stick": "Long rods across the picture"},
            idle_with=_NOTHING_BEFORE,
            seen_with=_SEVERAL,
        ),
        Parameter(
            "material",
            Choice({"own": 0.7, "coloured": 0.2, "grey": 0.1}),
            fixed="own",
            help="What their surface is made of",
            options={
                "own": "Models' own materials; shapes have a colour each",
                "coloured": "A colour each, dull to glossy",
                "grey": "Even grey, so that only their forms distract",
            },
            idle_with=_NONE,
            seen_with=_SEVERAL,
        ),
        Parameter(
            "min_visible",
            Uniform(0.5, 0.8),
            fixed=0.6,
            help="Part of the object, of what is within the picture, that stays in view",
            hard_range=(0.0, 1.0),
            idle_with=_NONE,
            seen_with=_SEVERAL,
        ),
    ),
    weight=0.0,
)
