"""Material and texture: what the object's surface is made of, in place of the model's own materials."""

from ..declaration import AssetKind, Factor, Parameter
from ..distributions import Choice, LogUniform, Normal, Uniform
from ..materials_catalogue import MATERIALS

ORIGINAL = "original"

MATERIAL_TEXTURE = Factor(
    name="material_texture",
    label="Material and texture",
    help="What the object's surface is made of, in place of the model's own materials",
    parameters=(
        Parameter(
            "material",
            Choice(dict.fromkeys(MATERIALS, 1.0)),
            fixed=ORIGINAL,
            help="Procedural material, or a PBR texture set of the design's texture libraries",
            options={ORIGINAL: "The model's own materials", **MATERIALS},
            assets=AssetKind.TEXTURE,
        ),
        Parameter(
            "hue",
            Uniform(0.0, 1.0),
            fixed=0.1,
            help="Hue of the material's colour",
            hard_range=(0.0, 1.0),
        ),
        Parameter(
            "saturation",
            Uniform(0.0, 0.8),
            fixed=0.3,
            help="Strength of the material's colour",
            hard_range=(0.0, 1.0),
            soft_range=(0.0, 1.0),
        ),
        Parameter(
            "value",
            Uniform(0.1, 0.9),
            fixed=0.6,
            help="Brightness of the material's colour",
            hard_range=(0.0, 1.0),
            soft_range=(0.0, 1.0),
        ),
        Parameter(
            "roughness",
            Normal(0.0, 0.15, -0.4, 0.4),
            fixed=0.0,
            help="Added to the material's own roughness: below 0 shinier, above 0 duller",
            hard_range=(-1.0, 1.0),
            soft_range=(-0.5, 0.5),
        ),
        Parameter(
            "texture_scale",
            LogUniform(0.5, 2.0),
            fixed=1.0,
            help="Size of the texture's pattern on the object: 2 is twice as fine",
            hard_range=(0.01, 100.0),
            soft_range=(0.1, 10.0),
        ),
    ),
    weight=0.4,
)
