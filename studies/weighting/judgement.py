"""What a tuner is given to judge by: the photos of tuning, and no other, with an objective on a pool's images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ...datasets.messages import Report
from ...design.errors import RunError
from ...training.linear_head import fit_head
from .distances import principal
from .noise import Floats, Judge
from .objectives import OBJECTIVES, UNKNOWN, Grounds
from .photo_features import FeatureExtractor
from .photo_parts import PhotoParts
from .pool import Pool
from .weighted_heads import fit_weighted, probabilities

Labels: TypeAlias = npt.NDArray[np.int64]

COMPONENTS = 128  # of the features: a head on more takes longer and, on so few images, is no better
RESAMPLES = 24  # of the photos, to tell how much hangs on which there are


@attrs.frozen(eq=False)
class TuningPhotos:
    """Features (M, D) and labels (M,) of the photos that weights are chosen by; ``UNKNOWN`` where there is no label."""

    features: Floats
    truth: Labels

    @property
    def labelled(self) -> int:
        """How many have a label."""
        return int((self.truth != UNKNOWN).sum())


def tuning_photos(
    parts: PhotoParts, classes: Sequence[str], extractor: FeatureExtractor, report: Report
) -> TuningPhotos:
    """Those of ``parts.tuning``: nothing of ``parts.reporting`` is read."""
    labels = {name: label for label, name in enumerate(classes)}
    features = extractor.of([photo.path for photo in parts.tuning], report)
    truth = np.array([labels.get(photo.true_class or "", UNKNOWN) for photo in parts.tuning], np.int64)
    return TuningPhotos(features.astype(np.float64), truth)


@attrs.frozen(eq=False)
class Components:
    """The features of ``renders`` (N, d) and ``photos`` (M, d) on their common principal components."""

    renders: Floats
    photos: Floats


def components_of(pool: Pool, photos: TuningPhotos) -> Components:
    """``COMPONENTS`` of them, or as many as there are."""
    return Components(*principal(pool.features.astype(np.float64), photos.features, COMPONENTS))


def judge_of(  # noqa: PLR0917 - what is judged, and by what
    objective: str, pool: Pool, photos: TuningPhotos, components: Components, classes: int, seed: int
) -> Judge:
    """Values of weights by an objective of ``OBJECTIVES``. RunError where it needs labels that are not there."""
    chosen = OBJECTIVES[objective]
    if chosen.needs_labels and not photos.labelled:
        raise RunError(
            f"the objective {objective} needs labelled photos, in folders named after classes; "
            f"without labels: {', '.join(one.name for one in OBJECTIVES.values() if not one.needs_labels)}"
        )
    renders, targets = components.renders, components.photos
    labels = [int(label) for label in pool.labels]
    models = [row.get("model") for row in pool.rows]
    strength = fit_head([renders.astype(np.float32)], labels, models, classes, seed=seed).strength

    def predict(weights: Floats) -> Floats:
        return probabilities(fit_weighted(renders, pool.labels, weights, classes, strength=strength), targets)

    measure = chosen.prepare(Grounds(renders, targets, photos.truth, predict))
    shares = resampled(len(photos.truth), seed)
    return lambda weights: measure(weights, shares)


def resampled(count: int, seed: int) -> Floats:
    """Shares (1 + RESAMPLES, M) of M photos: all alike, and bootstrap resamples of them."""
    random = np.random.default_rng([seed, 0xB007])
    drawn = random.multinomial(count, np.full(count, 1 / count), RESAMPLES)
    return np.concatenate([np.ones((1, count)), drawn]) / count
