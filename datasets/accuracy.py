"""Accuracy of predictions: overall, per class, and as a confusion matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

Labels: TypeAlias = Sequence[int] | npt.NDArray[np.integer[Any]]


@attrs.frozen
class PerClass:
    """One class's share: ``accuracy`` is ``correct / n``, NaN where the class was never seen (``n`` = 0)."""

    n: int
    correct: int
    accuracy: float


@attrs.frozen
class Accuracy:
    """What ``measure`` found. Fractions are in 0..1, and NaN where there was nothing to measure.

    ``top1`` is the share of all images that are right (the paper's "Acc."), ``mean_class_accuracy`` the mean over the
    classes that occur ("Mean"). ``confusion`` is an int array (K, K): rows are true classes, columns predicted ones.
    """

    n: int
    top1: float
    mean_class_accuracy: float
    per_class: dict[str, PerClass]
    confusion: npt.NDArray[np.int64] = attrs.field(eq=attrs.cmp_using(eq=np.array_equal))

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in label order."""
        return tuple(self.per_class)

    @property
    def correct(self) -> int:
        """How many images were right."""
        return int(np.trace(self.confusion))

    def to_json(self) -> dict[str, Any]:
        """Values that JSON can hold; NaN becomes null. The 95 % Wilson interval of ``top1`` stands beside it."""
        return {
            "n": self.n,
            "top1": _or_none(self.top1),
            "top1_interval_95": list(wilson_interval(self.correct, self.n)),
            "mean_class_accuracy": _or_none(self.mean_class_accuracy),
            "classes": list(self.classes),
            "per_class": {
                name: {
                    "n": share.n,
                    "correct": share.correct,
                    "accuracy": _or_none(share.accuracy),
                    "interval_95": list(wilson_interval(share.correct, share.n)),
                }
                for name, share in self.per_class.items()
            },
            "confusion": self.confusion.tolist(),
        }


def measure(truth: Labels, predicted: Labels, classes: Sequence[str]) -> Accuracy:
    """Compare labels ``truth`` and ``predicted``, both int (N,) with values 0..K-1, for K ``classes`` in label order.

    Classes absent from ``truth`` are left out of the mean. Raises ValueError where the two differ in length, hold a
    label outside 0..K-1, or a class name occurs twice.
    """
    names = tuple(classes)
    if len(set(names)) != len(names):
        raise ValueError(f"class names must differ: {', '.join(names)}")
    true_labels, predicted_labels = _labels(truth, len(names)), _labels(predicted, len(names))
    if len(true_labels) != len(predicted_labels):
        raise ValueError(f"{len(true_labels)} true labels against {len(predicted_labels)} predicted ones")
    confusion = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(confusion, (true_labels, predicted_labels), 1)
    per_class = {
        name: PerClass(n, correct, correct / n if n else math.nan)
        for name, n, correct in zip(names, confusion.sum(axis=1).tolist(), confusion.diagonal().tolist(), strict=True)
    }
    seen = [share.accuracy for share in per_class.values() if share.n]
    return Accuracy(
        n=len(true_labels),
        top1=int(np.trace(confusion)) / len(true_labels) if len(true_labels) else math.nan,
        mean_class_accuracy=sum(seen) / len(seen) if seen else math.nan,
        per_class=per_class,
        confusion=confusion,
    )


def wilson_interval(correct: int, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The Wilson score interval of a proportion (Wilson 1927), 95 % by default. Nothing known (``n`` = 0): (0, 1)."""
    if n == 0:
        return 0.0, 1.0
    share = correct / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)


def _labels(values: Labels, count: int) -> npt.NDArray[np.int64]:
    labels = np.asarray(values, dtype=np.int64).reshape(-1)
    if labels.size and not (labels.min() >= 0 and labels.max() < count):
        raise ValueError(f"labels must be in 0..{count - 1}, not {int(labels.min())}..{int(labels.max())}")
    return labels


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
