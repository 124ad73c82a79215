"""The domain discriminator: which of the two domains an image is of."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LARGEST_HIDDEN = 1024


class Discriminator(nn.Sequential):
    """Two hidden layers with ReLU and dropout (Ganin et al. 2016; Long et al. 2018): (N, D) to logits (N, 2).

    They are 1024 wide as in the papers, where D is 256 or more, else 4 D.
    No batch norm: it would see a domain at a time, or tell the domains apart by the statistics of a mixed batch.
    """

    def __init__(self, features: int) -> None:
        hidden = min(LARGEST_HIDDEN, 4 * features)
        super().__init__(
            nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, 2),
        )  # fmt: skip


def domain_loss(
    source: Tensor, target: Tensor, source_weights: Tensor | None = None, target_weights: Tensor | None = None
) -> Tensor:
    """``CE(source, 0) + CE(target, 1)`` of a discriminator's logits (N, 2) and (M, 2): a scalar.

    Each of the two is a mean over its images, by their weights (N,) and (M,) where these are given.
    """
    return _mean(_cross_entropy(source, 0), source_weights) + _mean(_cross_entropy(target, 1), target_weights)


def _cross_entropy(logits: Tensor, domain: int) -> Tensor:
    return F.cross_entropy(logits, torch.full_like(logits[:, 0], domain, dtype=torch.long), reduction="none")


def _mean(values: Tensor, weights: Tensor | None) -> Tensor:
    return values.mean() if weights is None else (weights * values).sum() / weights.sum()
