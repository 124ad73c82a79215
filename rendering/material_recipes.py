"""The procedural materials: one recipe each, named as in design/materials_catalogue."""

from __future__ import annotations

from collections.abc import Callable

from .node_recipe import Recipe

WHITE = (1.0, 1.0, 1.0)


def metal(r: Recipe) -> None:
    stains = r.between(r.noise(3.0, 5.0, 0.6), 0.45, 0.7)
    r.set(base_color=r.mix(stains, r.colour, r.shade(r.colour, 0.8)), metallic=1.0)
    r.roughness(0.04, 0.4, r.math("MULTIPLY", stains, 0.15))


def brushed_metal(r: Recipe) -> None:
    lines = r.noise(9.0, 4.0, at=r.stretched(1.0, 1.0, 22.0))
    r.set(base_color=r.mix(lines, r.shade(r.colour, 0.6), r.shade(r.colour, 1.25)), metallic=1.0, anisotropic=0.6)
    r.roughness(0.22, 0.45, r.math("MULTIPLY", lines, 0.15))
    r.bump(lines, 0.004)


def rust(r: Recipe) -> None:
    patches = r.between(r.noise(3.2, 8.0, 0.3), 0.44, 0.56)
    grain = r.noise(30.0, 6.0)
    oxide = r.mix(grain, (0.05, 0.012, 0.004), (0.42, 0.13, 0.025))
    r.set(base_color=r.mix(patches, r.colour, oxide), metallic=0.0)
    r.roughness(0.25, 0.6, r.math("MULTIPLY", patches, 0.45))
    r.bump(r.math("MULTIPLY", patches, grain), 0.02)


def car_paint(r: Recipe) -> None:
    flakes = r.channel(r.cells(160.0, colour=True), "Red")
    r.set(
        base_color=r.mix(flakes, r.shade(r.colour, 0.7), r.shade(r.colour, 1.3)),
        metallic=0.35,
        coat_weight=1.0,
        coat_roughness=0.03,
    )
    r.roughness(0.25, 0.5)


def plastic(r: Recipe) -> None:
    r.set(base_color=r.mix(r.noise(2.0), r.shade(r.colour, 0.9), r.colour))
    r.roughness(0.08, 0.55)
    r.bump(r.noise(90.0, 1.0), 0.0015)


def rubber(r: Recipe) -> None:
    dust = r.between(r.noise(4.0, 8.0), 0.48, 0.75)
    r.set(base_color=r.mix(r.math("MULTIPLY", dust, 0.4), r.colour, (0.25, 0.23, 0.2)), specular=0.3)
    r.roughness(0.55, 0.95)
    r.bump(r.noise(40.0, 2.0), 0.004)


def wood(r: Recipe) -> None:
    rings = r.waves(2.2, "Y", 5.0, rings=True)
    grain = r.noise(22.0, 6.0, at=r.stretched(1.0, 0.07, 1.0))
    tone = r.math("MULTIPLY_ADD", grain, 0.55, r.math("MULTIPLY", rings, 0.45))
    r.set(base_color=r.mix(r.between(tone, 0.2, 0.75), r.shade(r.colour, 0.35, 1.1), r.shade(r.colour, 1.35)))
    r.roughness(0.25, 0.8)
    r.bump(grain, 0.006)


def fabric(r: Recipe) -> None:
    weave = r.math("MULTIPLY", r.waves(11.0, "X"), r.waves(11.0, "Z"))
    weave = r.math("MAXIMUM", weave, r.math("MULTIPLY", r.waves(11.0, "Y"), r.waves(11.0, "Z", 0.4)))
    worn = r.mix(r.noise(5.0, 6.0), r.shade(r.colour, 0.75), r.shade(r.colour, 1.15))
    r.set(base_color=r.mix(weave, r.shade(r.colour, 0.35), worn), sheen_weight=0.4, specular=0.15)
    r.roughness(0.8, 1.0)
    r.bump(weave, 0.012)


def leather(r: Recipe) -> None:
    creases = r.between(r.cells(42.0, "DISTANCE_TO_EDGE"), 0.0, 0.12)
    large = r.noise(3.0, 5.0, 0.8)
    worn = r.mix(large, r.shade(r.colour, 0.7), r.shade(r.colour, 1.4))
    r.set(base_color=r.mix(creases, r.shade(worn, 0.6), worn), specular=0.4)
    r.roughness(0.35, 0.75)
    r.bump(creases, 0.003)


def paper(r: Recipe) -> None:
    folds = r.cells(3.5, "SMOOTH_F1")
    r.set(base_color=r.mix(r.noise(60.0, 2.0), r.shade(r.colour, 0.9), r.colour), specular=0.1)
    r.roughness(0.8, 1.0)
    r.bump(r.math("ADD", folds, r.math("MULTIPLY", r.cells(8.0), 0.4)), 0.07)


def stone(r: Recipe) -> None:
    specks = r.channel(r.cells(55.0, colour=True), "Red")
    dark = r.between(specks, 0.72, 0.8)
    light = r.between(specks, 0.2, 0.14)
    base = r.mix(r.noise(5.0, 8.0), r.shade(r.colour, 0.6), r.shade(r.colour, 1.3))
    r.set(base_color=r.mix(light, r.mix(dark, base, r.shade(r.colour, 0.3)), r.mix(0.35, base, WHITE)))
    r.roughness(0.3, 0.95)
    r.bump(r.noise(9.0, 9.0), 0.06)


def marble(r: Recipe) -> None:
    veins = r.math("ABSOLUTE", r.math("SUBTRACT", r.noise(1.1, 9.0, 1.3), 0.5))
    fine = r.math("ABSOLUTE", r.math("SUBTRACT", r.noise(2.6, 7.0, 0.9), 0.5))
    clouds = r.mix(r.noise(1.6, 4.0), r.shade(r.colour, 0.8), r.colour)
    faint = r.mix(r.between(fine, 0.0, 0.02), r.shade(r.colour, 0.6), clouds)
    r.set(base_color=r.mix(r.between(veins, 0.002, 0.025), r.shade(r.colour, 0.2), faint), coat_weight=0.3)
    r.roughness(0.05, 0.4)


def terrazzo(r: Recipe) -> None:
    chip = r.cells(15.0, colour=True)
    inside = r.between(r.cells(15.0, "DISTANCE_TO_EDGE"), 0.06, 0.09)
    chosen = r.math("MULTIPLY", inside, r.between(r.channel(chip, "Blue"), 0.42, 0.46))
    hue = r.mix(0.45, chip, r.shade(r.colour, 0.4))
    r.set(base_color=r.mix(chosen, r.colour, hue))
    r.roughness(0.08, 0.5)


def concrete(r: Recipe) -> None:
    stains = r.noise(2.2, 9.0, 0.4)
    pits = r.between(r.cells(22.0), 0.1, 0.2)
    base = r.mix(r.between(stains, 0.3, 0.7), r.shade(r.colour, 0.55), r.shade(r.colour, 1.25))
    r.set(base_color=r.mix(pits, r.shade(r.colour, 0.3), base), specular=0.2)
    r.roughness(0.7, 1.0)
    r.bump(r.math("MULTIPLY_ADD", pits, 0.6, r.noise(30.0, 6.0)), 0.015)


def ceramic(r: Recipe) -> None:
    cracks = r.between(r.cells(9.0, "DISTANCE_TO_EDGE"), 0.0, 0.025)
    pool = r.between(r.noise(1.8, 3.0, 0.5), 0.4, 0.62)
    glaze = r.mix(pool, r.colour, r.shade(r.colour, 0.55, 1.15, 0.52))
    r.set(base_color=r.mix(cracks, r.shade(r.colour, 0.4), glaze), coat_weight=0.6)
    r.roughness(0.04, 0.3)


def glass(r: Recipe) -> None:
    r.set(base_color=r.colour, transmission=1.0)
    r.roughness(0.0, 0.35)
    r.bump(r.noise(3.0, 1.0), 0.01)


def moss(r: Recipe) -> None:
    tufts = r.noise(34.0, 7.0)
    cushions = r.noise(6.0, 5.0)
    patches = r.between(r.noise(2.6, 7.0, 0.4), 0.37, 0.43)
    green = r.mix(r.between(cushions, 0.3, 0.7), r.shade(r.colour, 0.4), r.shade(r.colour, 2.2, 1.0, 0.47))
    green = r.mix(r.between(tufts, 0.55, 0.35), green, r.shade(r.colour, 0.2))
    r.set(base_color=r.mix(patches, (0.12, 0.1, 0.08), green), sheen_weight=0.3, specular=0.1)
    r.roughness(0.85, 1.0)
    r.bump(r.math("MULTIPLY", r.math("MULTIPLY_ADD", tufts, 0.5, cushions), patches), 0.07)


def fingerprints(r: Recipe) -> None:
    touched = r.between(r.channel(r.cells(5.5, colour=True), "Red"), 0.55, 0.6)
    spot = r.math("MULTIPLY", r.between(r.cells(5.5), 0.42, 0.3), touched)
    ridges = r.between(r.waves(13.0, "Z", 14.0), 0.3, 0.7)
    wiped = r.between(r.noise(2.0, 7.0, 1.5), 0.5, 0.72)
    grease = r.math("MAXIMUM", r.math("MULTIPLY", spot, ridges), r.math("MULTIPLY", wiped, 0.6))
    r.set(base_color=r.mix(r.math("MULTIPLY", grease, 0.3), r.colour, (0.4, 0.4, 0.38)), coat_weight=0.5)
    r.roughness(0.02, 0.25, r.math("MULTIPLY", grease, 0.5))


def camouflage(r: Recipe) -> None:
    first, second = r.between(r.noise(3.4, 2.0, 0.6), 0.5, 0.515), r.between(r.noise(2.7, 2.0, 1.0), 0.56, 0.575)
    sand = r.mix(0.45, r.shade(r.colour, 1.6, 0.8), (0.4, 0.3, 0.16))
    r.set(base_color=r.mix(second, r.mix(first, r.colour, r.shade(r.colour, 0.25)), sand))
    r.roughness(0.5, 1.0)


RECIPES: dict[str, Callable[[Recipe], None]] = {
    "metal": metal,
    "brushed_metal": brushed_metal,
    "rust": rust,
    "car_paint": car_paint,
    "plastic": plastic,
    "rubber": rubber,
    "wood": wood,
    "fabric": fabric,
    "leather": leather,
    "paper": paper,
    "stone": stone,
    "marble": marble,
    "terrazzo": terrazzo,
    "concrete": concrete,
    "ceramic": ceramic,
    "glass": glass,
    "moss": moss,
    "fingerprints": fingerprints,
    "camouflage": camouflage,
}
