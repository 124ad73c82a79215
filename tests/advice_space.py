"""A small space of features in which causes can be planted: rows are drawn by a real design, and some of it is seen.

A feature is the sum of what class, 3D model and some parameters look like, each along directions of its own, and noise.
Photos are made in the same way, of another design, other models and one step off all renders.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from simreal.datasets.metadata import image_row
from simreal.datasets.records import Row
from simreal.design.design import Design, DesignClass, Split
from simreal.design.factors import FACTORS
from simreal.design.sampling import Sampler
from simreal.studies.weighting.advice_predictions import head_probabilities
from simreal.studies.weighting.compared import Compared, Photos
from simreal.studies.weighting.pool import Pool, Source

DIMENSIONS = 64
SEEN = {  # parameter: what one unit of its own looks like
    "camera_viewpoint.elevation_deg": 1.2 / 15.0,
    "object_scale.scale": 1.2 / 0.35,
    "sensor.exposure_ev": 1.0 / 0.4,
    "background.kind": 1.5,
    "material_texture.material": 1.5,
}
NAMES = ("cup", "chair", "lamp", "piano")


def toy_design(models: Mapping[str, int] | None = None, images: int = 800) -> Design:
    """Four classes of six models, unless said otherwise; every factor as declared."""
    counts = dict.fromkeys(NAMES, 6) | dict(models or {})
    classes = tuple(
        DesignClass(name, tuple(f"starter:{name}/{number:02}" for number in range(count)))
        for name, count in counts.items()
    )
    return Design("toy", classes, splits=(Split("train", images),))


def toy_compared(
    design: Design,
    photos_of: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    photos: int = 25,
    seed: int = 0,
    unseen_models: frozenset[str] = frozenset(),
    look: Mapping[str, str] | None = None,
) -> Compared:
    """Renders of the design's ``train`` beside photos of every class.

    ``photos_of`` has overrides that photos of a class are drawn by (of "" those of all). Classes of ``unseen_models``
    show other 3D models in photos. ``look`` has for a class another as which its photos look.
    """
    random = np.random.default_rng(seed)
    space = _Space(random)
    rows = _rows(design, "train", design.split("train").count, {})
    features = np.stack([space.feature(row, random) for row in rows])
    labels = np.array([row["label"] for row in rows], np.int64)
    pool = Pool(
        (Source(design, "train", len(rows)),), tuple(rows), tuple(Path(r["file_name"]) for r in rows), labels, features
    )
    offset = 0.6 * space.direction("photos")
    shown: list[npt.NDArray[np.float32]] = []
    truth: list[int] = []
    for label, name in enumerate(design.class_names):
        own = {**(photos_of or {}).get("", {}), **(photos_of or {}).get(name, {})}
        drawn = [
            row for row in _rows(design, "photos", photos * len(design.classes), own, seed) if row["class"] == name
        ][:photos]
        for number, row in enumerate(drawn):
            other = {"model": f"unseen:{name}/{number % 8}"} if name in unseen_models else {}
            if look and name in look:
                other = {"class": look[name], "model": f"starter:{look[name]}/00"}
            shown.append((space.feature({**row, **other}, random) + offset).astype(np.float32))
            truth.append(label)
    photo_features = np.stack(shown)
    probabilities = head_probabilities(pool, photo_features, len(design.classes), 0, lambda message: None)
    names = [f"{design.class_names[label]}/{number}.jpg" for number, label in enumerate(truth)]
    told = Photos(names, [Path(name) for name in names], np.array(truth), photo_features, probabilities)
    return Compared(design, pool, told, seed)


def factor(name: str, **changes: Any) -> dict[str, Any]:
    """Overrides of one factor, always drawn."""
    return {"factors": {name: {"weight": 1.0, **changes}}}


def _rows(design: Design, split: str, count: int, overrides: Mapping[str, Any], seed: int = 0) -> list[Row]:
    of_it = attrs.evolve(design, splits=(Split(split, count, seed=seed, overrides=dict(overrides)),))
    sampler = Sampler(of_it, split)
    specs = [sampler.spec(index) for index in range(count)]
    return [image_row(spec, spec.models[0], (0, 0, 8, 8), 0.2) for spec in specs]


class _Space:
    """A direction for everything that can be seen."""

    def __init__(self, random: np.random.Generator) -> None:
        self._seed = int(random.integers(2**31))
        self._known: dict[str, npt.NDArray[np.float64]] = {}

    def direction(self, name: str) -> npt.NDArray[np.float64]:
        if name not in self._known:
            key = [self._seed, *name.encode()]
            vector = np.random.default_rng(key).normal(size=DIMENSIONS)
            self._known[name] = vector / np.linalg.norm(vector)
        return self._known[name]

    def feature(self, row: Row, random: np.random.Generator) -> npt.NDArray[np.float32]:
        found = 1.0 * self.direction(row["class"]) + 1.5 * self.direction(row["model"])
        for column, scale in SEEN.items():
            value = row[column]
            if isinstance(value, str):
                found = found + scale * self.direction(f"{column}={value}")
            else:
                name, _, parameter = column.partition(".")
                fixed = float(FACTORS[name].parameter(parameter).fixed)
                found = found + scale * (value - fixed) * self.direction(column)
        return (found + 0.12 * random.normal(size=DIMENSIONS)).astype(np.float32)
