"""Clusters of features, one a class: means by label, K-means from given centres, distances."""

from __future__ import annotations

import torch
from torch import Tensor

KMEANS_STEPS = 10


def class_means(features: Tensor, shares: Tensor, otherwise: Tensor) -> Tensor:
    """Means of ``features`` (N, D) by class, (K, D). ``shares`` (N, K) say how much an image counts for each class.

    A class with no share takes its row of ``otherwise`` (K, D).
    """
    counts = shares.sum(0)[:, None]
    return torch.where(counts > 0, shares.T @ features / counts.clamp(min=1e-12), otherwise)


def kmeans(features: Tensor, centres: Tensor, steps: int = KMEANS_STEPS) -> tuple[Tensor, Tensor]:
    """Lloyd's algorithm from ``centres`` (K, D): the cluster of every feature (N,), and the centres then.

    A cluster that loses all its features keeps its centre, so that cluster k stays class k.
    """
    labels = torch.cdist(features, centres).argmin(1)
    for _ in range(steps):
        centres = class_means(features, one_hot(labels, len(centres)), centres)
        before, labels = labels, torch.cdist(features, centres).argmin(1)
        if torch.equal(before, labels):
            break
    return labels, centres


def squared_distances(features: Tensor, centres: Tensor) -> Tensor:
    """Of every feature (N, D) to every centre (K, D): (N, K)."""
    return (features[:, None] - centres[None]).square().sum(2)


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """Labels (N,) as shares (N, K) of 0 and 1."""
    return torch.nn.functional.one_hot(labels, classes).float()
