"""Photos beside renders in the space of frozen features: what advice is measured on.

Both are centred at the renders' mean and compared by cosine. Photos and renders are not aligned any further: what all
photos have in common against all renders may be the very thing that the design lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ...design.declaration import Factor, Parameter
from ...design.design import Design
from ...training.linear_head import assign_folds
from .pool import Pool

Floats: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

MOST_COMPONENTS = 64
_CHUNK = 256


@attrs.frozen(eq=False)
class Photos:
    """Labelled photos: names for people, files, true labels (P,), frozen features (P, D), and probabilities (P, K)
    that a classifier gives them."""

    names: Sequence[str]
    paths: Sequence[Path]
    truth: Indices
    features: npt.NDArray[np.float32]
    probabilities: Floats

    def __len__(self) -> int:
        return len(self.truth)

    @cached_property
    def predicted(self) -> Indices:
        return self.probabilities.argmax(1).astype(np.int64)

    @cached_property
    def hits(self) -> Flags:
        return self.predicted == self.truth


@attrs.frozen(eq=False)
class Subject:
    """Who a finding is about: a class, or, with ``label`` None, all of them. ``photos`` and ``renders`` are numbers."""

    label: int | None
    name: str
    photos: Indices
    renders: Indices

    @property
    def words(self) -> str:
        return self.name or "all classes"


class Compared:
    """Photos and the pool of renders of one design. ``design`` is as the split that was rendered sees it."""

    def __init__(self, design: Design, pool: Pool, photos: Photos, seed: int = 0) -> None:
        self.design, self.pool, self.photos, self.seed = design, pool, photos, seed
        self.classes = design.class_names
        self.models = [str(row["model"]) for row in pool.rows]

    def subject(self, label: int | None) -> Subject:
        """The photos and renders of a class, or of all classes that have photos."""
        if label is not None:
            photos, renders = np.flatnonzero(self.photos.truth == label), np.flatnonzero(self.pool.labels == label)
            return Subject(label, self.classes[label], photos, renders)
        seen = np.isin(self.pool.labels, np.unique(self.photos.truth))
        return Subject(None, "", np.arange(len(self.photos)), np.flatnonzero(seen))

    def column(self, factor: Factor, parameter: Parameter) -> list[float | str]:
        """A parameter's value in every render."""
        return [row[f"{factor.name}.{parameter.name}"] for row in self.pool.rows]

    def counted(self, factor: Factor, parameter: Parameter) -> Flags:
        """The renders (N,) in which the parameter was drawn and had an effect."""
        return np.array(
            [
                bool(row[f"{factor.name}.drawn"])
                and all(row[f"{factor.name}.{other}"] not in idle for other, idle in parameter.idle_with.items())
                for row in self.pool.rows
            ],
            bool,
        )

    @cached_property
    def unit_renders(self) -> Floats:
        return _unit(self.pool.features - self._mean)

    @cached_property
    def unit_photos(self) -> Floats:
        return _unit(self.photos.features - self._mean)

    @cached_property
    def of_true_class(self) -> tuple[Indices, ...]:
        """For each photo the renders of its true class, the nearest first."""
        return self.nearest(self.unit_photos, [self._members[label] for label in self.photos.truth.tolist()])

    @cached_property
    def of_other_models(self) -> tuple[Indices, ...]:
        """For each render the others of its class, the nearest first: of other 3D models where there are several."""
        names = np.array(self.models, object)
        candidates = []
        for number, label in enumerate(self.pool.labels.tolist()):
            members = self._members[label]
            others = members[names[members] != names[number]]
            candidates.append(others if len(others) else members[members != number])
        return self.nearest(self.unit_renders, candidates)

    def of_class(self, photos: Indices, label: int) -> tuple[Indices, ...]:
        """For each of these photos the renders of a class, the nearest first."""
        return self.nearest(self.unit_photos[photos], [self._members[label]] * len(photos))

    def nearest(self, queries: Floats, candidates: Sequence[Indices]) -> tuple[Indices, ...]:
        """For each query (Q, D) its candidates (numbers of renders) by falling cosine."""
        ordered: list[Indices] = []
        for start in range(0, len(queries), _CHUNK):
            likeness = queries[start : start + _CHUNK] @ self.unit_renders.T
            for row, among in zip(likeness, candidates[start : start + _CHUNK], strict=True):
                ordered.append(among[np.argsort(-row[among], kind="stable")])
        return tuple(ordered)

    @cached_property
    def components(self) -> tuple[Floats, Floats]:
        """Principal components of renders (N, d) and photos (P, d) within classes: the mean of the renders of its class
        is taken from each, so that what is left is not which class it is."""
        means = np.stack([self.pool.features[members].mean(0) for members in self._members])
        renders = (self.pool.features - means[self.pool.labels]).astype(np.float64)
        photos = (self.photos.features - means[self.photos.truth]).astype(np.float64)
        _, vectors = np.linalg.eigh(renders.T @ renders)
        kept = vectors[:, ::-1][:, : min(MOST_COMPONENTS, max(2, len(renders) // 4))]
        return renders @ kept, photos @ kept

    @cached_property
    def folds(self) -> Indices:
        """A fold for every render (N,), 3D models whole."""
        return assign_folds(self.pool.labels.tolist(), self.models, self.seed)

    @cached_property
    def _mean(self) -> npt.NDArray[np.float32]:
        mean: npt.NDArray[np.float32] = self.pool.features.mean(0)
        return mean

    @cached_property
    def _members(self) -> list[Indices]:
        return [np.flatnonzero(self.pool.labels == label) for label in range(len(self.classes))]


def _unit(features: npt.NDArray[np.float32]) -> Floats:
    lengths = np.linalg.norm(features.astype(np.float64), axis=1, keepdims=True)
    return features / np.maximum(lengths, 1e-12)
