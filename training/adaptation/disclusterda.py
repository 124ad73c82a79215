"""DisClusterDA: clusters of the target that are sharp, apart, and classified as what they are."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .clustering import class_means, one_hot, squared_distances
from .information import class_balance, filtered_entropy
from .method import Batch, Losses, Method, Network, Phase, Survey

KEPT = 0.7
TEMPERATURE = 2.0
BALANCE = 0.01


def moved_centroids(centroids: Tensor, features: Tensor, labels: Tensor) -> Tensor:
    """``0.7 c_k + 0.3 mean of the batch's features of class k``, (K, D); a class that is not in the batch stays.

    The gradient flows into the batch's part, not into what was there before.
    """
    shares = one_hot(labels, len(centroids))
    before = centroids.detach()
    moved = KEPT * before + (1 - KEPT) * class_means(features, shares, before)
    return torch.where(shares.sum(0)[:, None] > 0, moved, before)


def similarities(features: Tensor, centroids: Tensor) -> Tensor:
    """Softmax over the classes of minus the squared distances of features (N, D) to centroids (K, D): (N, K)."""
    return (-squared_distances(features, centroids)).softmax(1)


def apart(centroids: Tensor) -> Tensor:
    """Cross-entropy of every centroid (K, D) with itself among all, at temperature 2: a scalar."""
    distances = squared_distances(centroids, centroids)
    return F.cross_entropy(-distances / TEMPERATURE, torch.arange(len(centroids), device=centroids.device))


def classified(logits: Tensor) -> Tensor:
    """Cross-entropy of the centroids' logits (K, K) with their classes, at temperature 2: a scalar."""
    return F.cross_entropy(logits / TEMPERATURE, torch.arange(len(logits), device=logits.device))


class DisClusterDa(Method):
    """Tang et al., "Unsupervised Domain Adaptation via Distilled Discriminative Clustering", Pattern Recognition 2022.

    ``CE(p_s, y) + 0.01 balance(p_t) + lambda [F(p_t) + F(s(f_t, c_t)) + CE(s(f_s, c_s), y) + sum over c_s and c_t of
    (CE of the classifier on the centroids + CE of the centroids among themselves, both at temperature 2)]``.
    F is the confidence-filtered entropy, s(f, c) the similarities to the centroids (as in the paper's code they are the
    logits of their cross-entropy too), c_s and c_t (K, D) the moving averages by label and by predicted label. Features
    f (N, D), probabilities p (N, K).
    """

    name = "disclusterda"
    source_centroids: Tensor
    target_centroids: Tensor

    def __init__(self, network: Network, source_images: int, target_images: int) -> None:
        super().__init__(network, source_images, target_images)
        for domain in ("source", "target"):
            self.register_buffer(f"{domain}_centroids", torch.zeros(self.classes, self.width))

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(self._losses),)

    def wants_survey(self, epoch: int) -> bool:
        return epoch == 0

    def survey(self, survey: Survey) -> None:
        """Begin with the means of all images, so that there is a centroid of every class from the first batch on."""
        means = class_means(survey.source_features, one_hot(survey.labels, self.classes), self.source_centroids)
        predicted = one_hot(survey.target_logits.argmax(1), self.classes)
        self.source_centroids.copy_(means)
        self.target_centroids.copy_(class_means(survey.target_features, predicted, means))

    def _losses(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        logits = self.network.head(target)
        of_source = moved_centroids(self.source_centroids, source, batch.labels)
        of_target = moved_centroids(self.target_centroids, target, logits.argmax(1))
        self.source_centroids.copy_(of_source.detach())
        self.target_centroids.copy_(of_target.detach())
        ramp = batch.ramp
        return {
            "source": F.cross_entropy(self.network.head(source), batch.labels),
            "balance": BALANCE * class_balance(logits.softmax(1)),
            "entropy": ramp * filtered_entropy(logits.softmax(1)),
            "target centroids": ramp * filtered_entropy(similarities(target, of_target)),
            "source centroids": ramp * F.cross_entropy(similarities(source, of_source), batch.labels),
            "classified": ramp * (classified(self.network.head(of_source)) + classified(self.network.head(of_target))),
            "apart": ramp * (apart(of_source) + apart(of_target)),
        }
