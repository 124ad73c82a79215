"""Objectives: what a tuner maximises over the weights of a pool's images, as seen by photos of tuning.

An objective is prepared once for a pool and the photos, and then values many designs at a time. A design is a row of
weights over the pool's images; photos may be given shares, to see how a value would be with other photos of the kind.
With p the probabilities that a head, fitted to the weighted images, gives a photo of class y:

    accuracy   mean of p_y: the share of right answers, were the head to draw its answers. Smooth, where top-1 jumps
    few        mean of log(0.9 p_y + 0.1 / K) over the photos with a label, and infomax over all
    infomax    H(mean p) - mean H(p): sure of each photo, and of all classes equally often (Shi and Sha 2012)
    domain, mmd, fid    see ``distances``: how alike weighted renders and photos are; no head and no label

Photos that are not as evenly spread over the classes as renders are, make all but the first two less telling.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from .distances import domain_loss, frechet, principal, squared_mmd

Floats: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[np.int64]

UNKNOWN = -1
LABEL_NOISE = 0.1  # a single photo that the head is sure to be something else may not decide
_LEAST = 1e-12


@attrs.frozen(eq=False)
class Grounds:
    """What designs are judged on: a pool's ``features`` (N, D), the ``photos``' (M, D), and the photos' ``truth`` (M,),
    ``UNKNOWN`` where there is no label to use.

    ``predict`` gives the photos' probabilities (P, M, K) by heads fitted with weights (P, N).
    """

    features: Floats
    photos: Floats
    truth: Labels
    predict: Callable[[Floats], Floats]


class Measure(Protocol):
    """An objective on its grounds."""

    def __call__(self, weights: Floats, shares: Floats) -> Floats:
        """Values (P, R), higher is better, of weights (P, N) on photos in shares (R, M); rows sum to 1."""


@attrs.frozen
class Objective:
    """What is maximised. ``help`` is for people; ``prepare`` makes it ready to be computed.

    ``ranks`` is Spearman's correlation with true accuracy over 32 designs, where no label is used, with its 95 %: what
    ``benchmarks/unlabelled_objective.py`` measured on ten classes and 300 photos.
    """

    name: str
    help: str
    needs_labels: bool
    prepare: Callable[[Grounds], Measure]
    ranks: str = ""


def even_shares(grounds: Grounds) -> Floats:
    """All photos alike: (1, M)."""
    return np.full((1, len(grounds.photos)), 1 / len(grounds.photos))


def information(predicted: Floats, shares: Floats) -> Floats:
    """H(mean p) - mean H(p) in nats, (P, R), of probabilities (P, M, K) under shares (R, M)."""
    mean = np.einsum("rm,pmk->prk", shares, predicted)
    return _entropy(mean) - np.einsum("rm,pm->pr", shares, _entropy(predicted))


def _accuracy(grounds: Grounds) -> Measure:
    def measure(weights: Floats, shares: Floats) -> Floats:
        return _mean_of_labelled(_of_truth(grounds.predict(weights), grounds.truth), grounds.truth, shares)

    return measure


def _few(grounds: Grounds) -> Measure:
    def measure(weights: Floats, shares: Floats) -> Floats:
        predicted = grounds.predict(weights)
        noisy = (1 - LABEL_NOISE) * _of_truth(predicted, grounds.truth) + LABEL_NOISE / predicted.shape[2]
        return _mean_of_labelled(np.log(noisy), grounds.truth, shares) + information(predicted, shares)

    return measure


def _infomax(grounds: Grounds) -> Measure:
    return lambda weights, shares: information(grounds.predict(weights), shares)


def _domain(grounds: Grounds) -> Measure:
    loss = domain_loss(*principal(grounds.features, grounds.photos))
    return lambda weights, shares: loss(_normalised(weights), shares)


def _mmd(grounds: Grounds) -> Measure:
    distance = squared_mmd(*principal(grounds.features, grounds.photos))
    return lambda weights, shares: -distance(_normalised(weights), shares)


def _fid(grounds: Grounds) -> Measure:
    distance = frechet(*principal(grounds.features, grounds.photos))
    return lambda weights, shares: -distance(_normalised(weights), shares)


def _of_truth(predicted: Floats, truth: Labels) -> Floats:
    """The probabilities (P, M) of the true classes; of the first class where the truth is not known."""
    return np.take_along_axis(predicted, truth.clip(min=0)[None, :, None], 2)[..., 0]


def _mean_of_labelled(values: Floats, truth: Labels, shares: Floats) -> Floats:
    """The mean (P, R) of values (P, M) over the photos with a label."""
    counted = shares * (truth != UNKNOWN)
    return values @ (counted / counted.sum(1, keepdims=True).clip(min=_LEAST)).T


def _normalised(weights: Floats) -> Floats:
    return weights / weights.sum(1, keepdims=True)


def _entropy(probabilities: Floats) -> Floats:
    return -(probabilities * np.log(probabilities.clip(min=_LEAST))).sum(-1)


OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective("accuracy", "accuracy on labelled photos", True, _accuracy),
        Objective("few", "a few labelled photos of each class, and any number without labels", True, _few),
        Objective(
            "infomax", "how sure and how varied answers on photos are; no labels", False, _infomax, "0.75 [0.48, 0.88]"
        ),
        Objective("mmd", "maximum mean discrepancy of renders and photos; no labels", False, _mmd, "0.66 [0.41, 0.83]"),
        Objective("fid", "Frechet distance of renders and photos; no labels", False, _fid, "0.61 [0.26, 0.83]"),
        Objective(
            "domain", "how well a classifier tells renders from photos; no labels", False, _domain, "0.58 [0.19, 0.77]"
        ),
    )
}
