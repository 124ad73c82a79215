"""Material and texture: what the object's surface is made of, in place of the model's own materials."""

from ..declaration import AssetKind, Factor, Parameter
from ..distributions import Choice, LogUniform, Uniform
from ..materials_catalogue import MATERIALS

ORIGINAL = "original"
_NOT_ORIGINAL = {"material": (ORIGINAL,)}

MATERIAL_TEXTURE = Factor(
    name="material_texture",
    label="Material and texture",
    help="What the object's surface is made of, in place of the model's own materials",
    parameters=(
        Parameter(
            "material",
            Choice({kind.name: 1.0 for kind in MATERIALS}),
            fixed=ORIGINAL,
            help="Procedural material, or a PBR texture set of the design's texture libraries",
            options={ORIGINAL: "The model's own materials", **{kind.name: kind.help for kind in MATERIALS}},
            assets=AssetKind.TEXTURE,
        ),
        Parameter(
            "hue",
            Uniform(0.0, 1.0),
            fixed=0.1,
            help="Hue of the material's colour",
            hard_range=(0.0, 1.0),
            idle_with=_NOT_ORIGINAL | {"saturation": (0.0,)},
            seen_with={"material": "plastic"},
        ),
        Parameter(
            "saturation",
            Uniform(0.0, 0.8),
            fixed=0.3,
            help="Strength of the material's colour",
            hard_range=(0.0, 1.0),
            soft_range=(0.0, 1.0),
            idle_with=_NOT_ORIGINAL,
            seen_with={"material": "plastic"},
        ),
        Parameter(
            "value",
            Uniform(0.1, 0.9),
            fixed=0.6,
            help="Brightness of the material's colour",
            hard_range=(0.0, 1.0),
            soft_range=(0.0, 1.0),
            idle_with=_NOT_ORIGINAL,
            seen_with={"material": "plastic"},
        ),
        Parameter(
            "roughness",
            Uniform(0.0, 1.0),
            fixed=0.5,
            help="From the smoothest (0) to the roughest (1) this material can be",
            hard_range=(0.0, 1.0),
            idle_with=_NOT_ORIGINAL,
            seen_with={"material": "metal"},
        ),
        Parameter(
            "texture_scale",
            LogUniform(0.5, 2.0),
            fixed=1.0,
            help="Size of the texture's pattern on the object: 2 is twice as fine",
            hard_range=(0.01, 100.0),
            soft_range=(0.1, 10.0),
            idle_with=_NOT_ORIGINAL,
            seen_with={"material": "terrazzo"},
        ),
    ),
    weight=0.4,
)
