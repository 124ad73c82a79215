"""Materials that can replace an object's own: their names and natural colours. How they look is rendering/materials."""

from attrs import frozen

Rgb = tuple[float, float, float]


@frozen
class MaterialKind:
    """A procedural material. ``natural`` is linear RGB; ``tint`` says how far a drawn colour replaces it, 0..1."""

    name: str
    help: str
    natural: Rgb
    tint: float = 1.0

    def colour(self, drawn: Rgb | None) -> Rgb:
        """The base colour for a drawn one (linear RGB), or the natural one: wood stays near wood, plastic takes any."""
        if drawn is None:
            return self.natural
        red, green, blue = (n + (d - n) * self.tint for n, d in zip(self.natural, drawn, strict=True))
        return red, green, blue


MATERIALS: tuple[MaterialKind, ...] = (
    MaterialKind("metal", "Polished to dull metal with slight stains", (0.62, 0.61, 0.6), 0.5),
    MaterialKind("brushed_metal", "Metal brushed in one direction", (0.58, 0.57, 0.55), 0.4),
    MaterialKind("rust", "Rusting metal, paint left in places", (0.3, 0.4, 0.45), 0.8),
    MaterialKind("car_paint", "Metallic flakes under clear lacquer", (0.35, 0.02, 0.02)),
    MaterialKind("plastic", "Moulded plastic with a fine grain", (0.5, 0.05, 0.04)),
    MaterialKind("rubber", "Dull rubber, dusty in places", (0.03, 0.03, 0.032), 0.4),
    MaterialKind("wood", "Grain and year rings", (0.36, 0.17, 0.065), 0.12),
    MaterialKind("fabric", "Coarse weave", (0.1, 0.16, 0.32)),
    MaterialKind("leather", "Creased leather", (0.16, 0.06, 0.025), 0.6),
    MaterialKind("paper", "Crumpled paper", (0.75, 0.72, 0.66), 0.4),
    MaterialKind("stone", "Speckled granite", (0.32, 0.3, 0.28), 0.3),
    MaterialKind("marble", "White stone with veins", (0.75, 0.73, 0.7), 0.3),
    MaterialKind("terrazzo", "Coloured chips in cement", (0.62, 0.58, 0.52), 0.5),
    MaterialKind("concrete", "Cast concrete, stained and pitted", (0.36, 0.35, 0.33), 0.15),
    MaterialKind("ceramic", "Thick crackled glaze", (0.6, 0.62, 0.58)),
    MaterialKind("glass", "Clear tinted glass", (0.85, 0.93, 0.9), 0.5),
    MaterialKind("moss", "Overgrown with moss", (0.09, 0.17, 0.025), 0.15),
    MaterialKind("fingerprints", "A glossy surface, smudged and touched", (0.02, 0.025, 0.035), 0.8),
    MaterialKind("camouflage", "Patches in three shades", (0.14, 0.16, 0.07), 0.7),
)
MATERIAL_NAMES: tuple[str, ...] = tuple(kind.name for kind in MATERIALS)
