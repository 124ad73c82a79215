"""SHOT: adapting without the source, by a classifier that stays as the source has left it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .clustering import class_means, one_hot
from .information import entropy, marginal_entropy
from .method import Batch, Losses, Method, Network, Part, Phase, Survey

PSEUDO_LABELS = 0.3
LABEL_SMOOTHING = 0.1  # of the source hypothesis
ROUNDS = 2


def pseudo_labels(features: Tensor, p: Tensor) -> Tensor:
    """The class (N,) whose weighted centroid is nearest by cosine to each of the features (N, D), given p (N, K).

    (Liang et al. 2020, Eq. 5-6.) First the centroids are weighted by p, then they are the means by label. A class that
    no feature has been given is none any more.
    """
    shares = p
    nowhere = torch.zeros(p.shape[1], features.shape[1], device=features.device)
    labels = p.argmax(1)
    for _ in range(ROUNDS):
        centroids = class_means(features, shares, nowhere)
        cosines = F.normalize(features, dim=1) @ F.normalize(centroids, dim=1).T
        labels = cosines.masked_fill(shares.sum(0) == 0, -torch.inf).argmax(1)
        shares = one_hot(labels, p.shape[1])
    return labels


class Shot(Method):
    """Liang et al., "Do We Really Need to Access the Source Data?", ICML 2020, Eq. 3-7.

    First the source hypothesis: cross-entropy with labels smoothed by 0.1 on the source. From then on the source is not
    seen, the head stays, and the features minimise ``mean H(p_t) - H(mean p_t) + 0.3 CE(p_t, y')`` with pseudo-labels
    y' (M,) by weighted centroids, found anew before every epoch. Features (M, D), probabilities p_t (M, K).
    """

    name = "shot"
    source_free = True
    labels: Tensor

    def __init__(self, network: Network, source_images: int, target_images: int) -> None:
        super().__init__(network, source_images, target_images)
        self.register_buffer("labels", torch.zeros(target_images, dtype=torch.long))

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(self._losses, (Part.FEATURES,)),)

    def wants_survey(self, epoch: int) -> bool:
        return True

    def survey(self, survey: Survey) -> None:
        """Find the pseudo-labels."""
        self.labels.copy_(pseudo_labels(survey.target_features, survey.target_logits.softmax(1)))

    def _losses(self, batch: Batch) -> Losses:
        logits = self.network.head(self.network.features(batch.target))
        p = logits.softmax(1)
        return {
            "entropy": entropy(p).mean(),
            "diversity": -marginal_entropy(p),
            "pseudo-labels": PSEUDO_LABELS * F.cross_entropy(logits, self.labels[batch.target_numbers]),
        }
