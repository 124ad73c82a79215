"""SRDC: the target's own clusters, found under the guidance of the source."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .clustering import class_means, kmeans, one_hot, squared_distances
from .method import Batch, Losses, Method, Network, Phase, Survey

AUXILIARY = 1.0  # beta from the second epoch on; 0 in the first, whose assignments are all K-means'


def assignment(p: Tensor, labels: Tensor, beta: float) -> Tensor:
    """The distribution to be matched (N, K): ``(1 - beta) one-hot(label) + beta normalised p / sqrt(sum_i p)``.

    (Tang et al. 2020, Eq. 3-4.) No gradient flows through it.
    """
    p = p.detach()
    auxiliary = p / p.sum(0, keepdim=True).sqrt().clamp(min=1e-12)
    return (1 - beta) * one_hot(labels, p.shape[1]) + beta * auxiliary / auxiliary.sum(1, keepdim=True)


def student_t(features: Tensor, centres: Tensor) -> Tensor:
    """Similarities ``1 / (1 + |f - c|^2)`` of features (N, D) to centres (K, D): (N, K)."""
    return 1 / (1 + squared_distances(features, centres))


def target_loss(logits: Tensor, labels: Tensor, beta: float) -> Tensor:
    """``-mean_i sum_k q_ik log p_ik`` with q the assignment: a scalar."""
    return -(assignment(logits.softmax(1), labels, beta) * logits.log_softmax(1)).sum(1).mean()


def weighted_cross_entropy(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """``mean_i w_i CE_i`` of logits (N, K), labels (N,) and weights (N,): a scalar."""
    return (weights * F.cross_entropy(logits, labels, reduction="none")).mean()


def source_weights(features: Tensor, labels: Tensor, centres: Tensor) -> Tensor:
    """``(1 + cos(f, c_y)) / 2``: how near a source image (N, D) is to the target's cluster of its class. (N,)."""
    return (1 + F.cosine_similarity(features, centres[labels])) / 2


class Srdc(Method):
    """Tang et al., "Unsupervised Domain Adaptation via Structurally Regularized Deep Clustering", CVPR 2020.

    Before every epoch K-means on the target's features, from the means by predicted class (in the first epoch by the
    source's classes), gives labels c (M,) and centres; w = (1 + cos(f_s, centre_y)) / 2 weighs the source.
    ``lambda [CE(p_t, q) + CE(s_t, q')] + mean w CE(p_s, y) + lambda mean w CE(s_s, y)``, where q, q' are the
    assignments of p_t and of s_t, and s is the softmax of Student-t similarities to centres that are learned from
    where K-means has left them. lambda counts as 1 in the first epoch, as in the paper's code. p, s, q (N, K).
    """

    name = "srdc"
    labels: Tensor
    weights: Tensor

    def __init__(self, network: Network, source_images: int, target_images: int) -> None:
        super().__init__(network, source_images, target_images)
        self.centres = nn.Parameter(torch.zeros(self.classes, self.width))
        self.register_buffer("labels", torch.zeros(target_images, dtype=torch.long))
        self.register_buffer("weights", torch.ones(source_images))

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(self._losses),)

    def wants_survey(self, epoch: int) -> bool:
        return True

    def survey(self, survey: Survey) -> None:
        """Cluster the target, weigh the source, and put the learned centres back onto the clusters'."""
        start = class_means(survey.source_features, one_hot(survey.labels, self.classes), self.centres.detach())
        if survey.epoch > 0:
            predicted = one_hot(survey.target_logits.argmax(1), self.classes)
            start = class_means(survey.target_features, predicted, start)
        labels, centres = kmeans(survey.target_features, start)
        self.labels.copy_(labels)
        self.weights.copy_(source_weights(survey.source_features, survey.labels, centres))
        with torch.no_grad():
            self.centres.copy_(centres)

    def _losses(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        labels, weights = self.labels[batch.target_numbers], self.weights[batch.source_numbers]
        strength, beta = (1.0, 0.0) if batch.epoch == 0 else (batch.ramp, AUXILIARY)
        return {
            "source": weighted_cross_entropy(self.network.head(source), batch.labels, weights),
            "source centres": strength * weighted_cross_entropy(student_t(source, self.centres), batch.labels, weights),
            "target": strength * target_loss(self.network.head(target), labels, beta),
            "target centres": strength * target_loss(student_t(target, self.centres), labels, beta),
        }
