"""A plane of features in which it is known what matters: photos look like images in which some factors are drawn.

A feature is its class along one axis, and what was drawn along others. Photos show a wood texture from low down before
white; images show that too, among much else.
"""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import numpy.typing as npt

from simreal.datasets.metadata import image_row
from simreal.datasets.records import Row
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import overridden
from simreal.design.sampling import Sampler
from simreal.studies.weighting.pool import Pool, Source

CLASSES = tuple(
    DesignClass(name, tuple(f"starter:{name}/{k:02}" for k in range(4))) for name in ("cup", "chair", "lamp")
)
PHOTOS = {
    "camera_viewpoint": {"weight": 1.0, "elevation_deg": {"distribution": "uniform", "min": 0.0, "max": 12.0}},
    "material_texture": {"weight": 1.0, "material": {"distribution": "choice", "options": {"wood": 1.0}}},
    "background": {"weight": 1.0, "kind": {"distribution": "choice", "options": {"white": 1.0}}},
}
MIXED = {
    name: {"weight": 0.6} for name in ("camera_viewpoint", "material_texture", "background", "illumination", "lens")
}
DIMENSIONS = 40


def design(factors: dict[str, dict[str, object]], seed: int = 0) -> Design:
    """Three classes, and factors that are otherwise than declared."""
    plain = Design("space", CLASSES, seed=seed, splits=(Split("train", 0, overrides={"factors": factors}),))
    return attrs.evolve(overridden(plain, plain.splits[0]), splits=(Split("train", 0),))


def images(drawn: Design, count: int, seed: int = 0) -> tuple[tuple[Row, ...], npt.NDArray[np.int64], np.ndarray]:
    """Rows, labels and features of the first images of a design."""
    sampler = Sampler(drawn, "train")
    rows = tuple(image_row(spec, spec.models[0], None, 0.1) for spec in map(sampler.spec, range(count)))
    labels = np.array([row["label"] for row in rows], np.int64)
    random = np.random.default_rng([seed, 7])
    return rows, labels, np.stack([_feature(row, random) for row in rows]).astype(np.float32)


def pool(drawn: Design, count: int) -> Pool:
    """The first images of a design."""
    rows, labels, features = images(drawn, count)
    return Pool((Source(drawn, "train", count),), rows, tuple(Path(row["file_name"]) for row in rows), labels, features)


def _feature(row: Row, random: np.random.Generator) -> np.ndarray:
    """A class looks otherwise from above, in each material and before each background."""
    return (
        1.0 * _axis(row["class"])
        + 0.5 * _axis(row["model"])
        + 1.2 * (row["camera_viewpoint.elevation_deg"] - 20) / 20 * _axis(f"view of {row['class']}")
        + 1.2 * _axis(f"{row['material_texture.material']} {row['class']}")
        + 1.2 * _axis(f"{row['background.kind']} {row['class']}")
        + 0.3 * random.normal(size=DIMENSIONS)
    )


def _axis(name: str) -> np.ndarray:
    vector = np.random.default_rng([*name.encode()]).normal(size=DIMENSIONS)
    return vector / np.linalg.norm(vector)
