"""Calibration: whether a classifier that says 80 % is right in 80 % of such cases.

Expected calibration error (Naeini et al. 2015; Guo et al. 2017, Eq. 3) over bins of equal width, and over bins of equal
counts (adaptive: Nguyen and O'Connor 2015), of which no bin is nearly empty. Temperature scaling: Guo et al., Sec. 4.2.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from .measured import Floats, Labels, softmax

BINS = 15
COLDEST, HOTTEST = 0.05, 20.0
_GOLDEN = (5**0.5 - 1) / 2


@attrs.frozen
class Bin:
    """Images whose confidence lies between ``low`` and ``high``: how many, how sure, and how often right."""

    low: float
    high: float
    n: int
    correct: int
    confidence: float

    @property
    def accuracy(self) -> float:
        return self.correct / self.n

    @property
    def gap(self) -> float:
        """How much surer than right; negative where it is more often right than it says."""
        return self.confidence - self.accuracy


@attrs.frozen
class Calibration:
    """``ece`` is the expected calibration error over ``bins`` of equal width, ``ece_adaptive`` over equal counts.

    ``ece_by_chance`` is the first of a classifier with these confidences that is calibrated perfectly, in the mean of
    many draws: with few images, bins are off by luck. ``loss`` is the mean cross-entropy; ``confidence`` and
    ``accuracy`` are means over all N images.
    """

    n: int
    ece: float
    ece_adaptive: float
    ece_by_chance: float
    loss: float
    confidence: float
    accuracy: float
    bins: tuple[Bin, ...]
    bins_adaptive: tuple[Bin, ...]

    def to_json(self) -> dict[str, Any]:
        return attrs.asdict(self)


def calibration(logits: Floats, truth: Labels, temperature: float = 1.0, bins: int = BINS) -> Calibration:
    """The calibration of logits (N, K), divided by ``temperature``, against labels (N,); N must not be 0."""
    probabilities = softmax(logits / temperature).astype(np.float64)
    confidence, hits = probabilities.max(1), probabilities.argmax(1) == truth
    wide = equal_width(confidence, hits, bins)
    even = equal_counts(confidence, hits, bins)
    return Calibration(
        n=len(truth),
        ece=expected_error(wide),
        ece_adaptive=expected_error(even),
        ece_by_chance=_error_by_chance(confidence, bins),
        loss=cross_entropy(logits, truth, temperature),
        confidence=float(confidence.mean()),
        accuracy=float(hits.mean()),
        bins=wide,
        bins_adaptive=even,
    )


def expected_error(bins: tuple[Bin, ...]) -> float:
    """The gaps of the bins, weighted by their images: 0 is perfect, 1 the worst there is."""
    total = sum(each.n for each in bins)
    return sum(each.n * abs(each.gap) for each in bins) / total


def equal_width(confidence: npt.NDArray[np.float64], hits: npt.NDArray[np.bool_], bins: int) -> tuple[Bin, ...]:
    """Bins of equal width over 0..1, closed above as in Guo et al.; empty ones are left out."""
    number = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return tuple(
        _bin(index / bins, (index + 1) / bins, confidence[number == index], hits[number == index])
        for index in np.unique(number).tolist()
    )


def equal_counts(confidence: npt.NDArray[np.float64], hits: npt.NDArray[np.bool_], bins: int) -> tuple[Bin, ...]:
    """Bins of as equal counts as can be, in the order of confidence; fewer where there are fewer images."""
    order = np.argsort(confidence, kind="stable")
    return tuple(
        _bin(float(confidence[part[0]]), float(confidence[part[-1]]), confidence[part], hits[part])
        for part in np.array_split(order, min(bins, len(order)))
    )


def fitted_temperature(logits: Floats, truth: Labels) -> float:
    """The temperature at which the cross-entropy on these images is least, between 0.05 and 20.

    The loss is convex in 1 / temperature, so a golden-section search over its logarithm finds the one minimum.
    """
    low, high = float(np.log(COLDEST)), float(np.log(HOTTEST))
    while high - low > 1e-5:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if cross_entropy(logits, truth, float(np.exp(left))) <= cross_entropy(logits, truth, float(np.exp(right))):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def cross_entropy(logits: Floats, truth: Labels, temperature: float = 1.0) -> float:
    """The mean negative logarithm of the true class's probability."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(1, keepdims=True)
    sums = np.log(np.exp(scaled).sum(1))
    return float((sums - scaled[np.arange(len(truth)), truth]).mean())


def halves(truth: Labels, seed: int) -> tuple[Labels, Labels]:
    """Two halves of the images, class by class, as positions: the first to fit a temperature on, the second to report.

    Of a class with an odd number of images the second half gets the one more.
    """
    random = np.random.default_rng([seed, 0x7E3])
    first: list[int] = []
    second: list[int] = []
    for label in np.unique(truth).tolist():
        members = random.permutation(np.flatnonzero(truth == label)).tolist()
        first += members[: len(members) // 2]
        second += members[len(members) // 2 :]
    return np.array(sorted(first), np.int64), np.array(sorted(second), np.int64)


def _error_by_chance(confidence: npt.NDArray[np.float64], bins: int, draws: int = 100) -> float:
    random = np.random.default_rng(len(confidence))
    hits = random.random((draws, len(confidence))) < confidence
    return float(np.mean([expected_error(equal_width(confidence, row, bins)) for row in hits]))


def _bin(low: float, high: float, confidence: npt.NDArray[np.float64], hits: npt.NDArray[np.bool_]) -> Bin:
    return Bin(low, high, len(hits), int(hits.sum()), float(confidence.mean()))
