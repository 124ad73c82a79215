"""Pools whose images were never rendered: features are worked out from what was drawn, so that the truth is known."""

import hashlib
from pathlib import Path

import attrs
import numpy as np

from simreal.datasets.metadata import image_row
from simreal.design.design import Design, DesignClass, FactorSettings, ParameterSettings, Split, default_factors
from simreal.design.distributions import Choice, Constant, SphereShell
from simreal.design.sampling import Sampler
from simreal.studies.weighting.pool import Pool, Source

CLASSES = ("chair", "cup", "lamp", "table")
MATERIALS = ("metal", "wood", "moss", "paper")
GOOD_MATERIALS = ("metal", "paper")
DIMENSIONS = 24


def planted_design(elevation: tuple[float, float], materials: tuple[str, ...]) -> Design:
    """Only the camera's elevation, the material and (to no effect) the sensor vary."""
    factors = {name: _still(settings) for name, settings in default_factors().items()}
    factors["camera_viewpoint"] = _varied(factors["camera_viewpoint"], "elevation_deg", SphereShell(*elevation))
    factors["material_texture"] = _varied(
        factors["material_texture"], "material", Choice(dict.fromkeys(materials, 1.0))
    )
    factors["sensor"] = default_factors()["sensor"]
    return Design(
        "planted",
        tuple(DesignClass(name, (f"starter:{name}/00", f"starter:{name}/01")) for name in CLASSES),
        factors={name: attrs.evolve(settings, weight=1.0) for name, settings in factors.items()},
        splits=(Split("train", 40),),
    )


def planted_pool(design: Design, seed: int, count: int, folder: Path = Path(), legible: float = 0.0) -> Pool:
    """Images of a design. From above, and in some materials, a class looks much as another one does else. What is drawn
    can be told whatever the class is, where it is ``legible``."""
    drawn = attrs.evolve(design, splits=(Split("train", count, seed=seed),))
    sampler = Sampler(drawn, "train")
    specs = [sampler.spec(index) for index in range(count)]
    rows = tuple(image_row(spec, spec.models[0], None, 0.3) for spec in specs)
    noise = np.random.default_rng([seed, 0x77]).normal(size=(count, DIMENSIONS))
    features = np.stack([_look(row) + legible * _trace(row) for row in rows]) + 0.9 * noise
    paths = tuple(folder / f"{seed}-{index}.jpg" for index in range(count))
    labels = np.array([spec.label for spec in specs], np.int64)
    return Pool((Source(drawn, "train", count),), rows, paths, labels, features.astype(np.float32))


def _look(row: dict) -> np.ndarray:
    high = np.clip((row["camera_viewpoint.elevation_deg"] - 15.0) / 45.0, 0.0, 1.0)
    own, other = _vector(row["class"]), _vector(CLASSES[(row["label"] + 1) % len(CLASSES)])
    shown = (1 - high) * own + high * other
    if row["material_texture.material"] not in GOOD_MATERIALS:
        shown = 0.4 * shown + 0.7 * _vector(CLASSES[(row["label"] + 2) % len(CLASSES)])
    return 1.1 * shown


def _trace(row: dict) -> np.ndarray:
    """What an elevation and a material look like in any class."""
    elevation = (row["camera_viewpoint.elevation_deg"] - 30.0) / 30.0
    return elevation * _vector("elevation") + _vector(f"material {row['material_texture.material']}")


def _vector(name: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")
    return np.random.default_rng(seed).normal(size=DIMENSIONS)


def _still(settings: FactorSettings) -> FactorSettings:
    """Every parameter at its fixed value."""
    return attrs.evolve(
        settings,
        parameters={
            name: ParameterSettings(
                Choice({str(given.fixed): 1.0}) if isinstance(given.distribution, Choice) else Constant(given.fixed),
                given.fixed,
            )
            for name, given in settings.parameters.items()
        },
    )


def _varied(settings: FactorSettings, name: str, distribution) -> FactorSettings:
    given = attrs.evolve(settings.parameters[name], distribution=distribution)
    return attrs.evolve(settings, parameters={**settings.parameters, name: given})
