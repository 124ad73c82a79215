"""MCC: predictions on the target that confuse no class with another."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from .information import certainty
from .method import Batch, Losses, Method, Phase

TEMPERATURE = 2.5


def class_confusion(logits: Tensor) -> Tensor:
    """The share of class confusion, a scalar, of a batch's logits (N, K) (Jin et al. 2020, Eq. 2-6).

    ``C = p' W p`` (K, K) with p = softmax(logits / 2.5) and W of weights ``1 + exp(-H(p))``, N in all; its rows are
    normalised, and what is beside the diagonal is averaged over the classes.
    """
    p = (logits / TEMPERATURE).softmax(1)
    weights = certainty(p)
    weights = weights * len(p) / weights.sum()
    confusion = (p * weights[:, None]).T @ p
    confusion = confusion / confusion.sum(1, keepdim=True)
    return (confusion.sum() - confusion.trace()) / p.shape[1]


class Mcc(Method):
    """Jin et al., "Minimum Class Confusion for Versatile Domain Adaptation", ECCV 2020.

    ``CE(p_s, y) + class confusion of the target's logits``, (M, K). No discriminator, no schedule.
    """

    name = "mcc"

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(self._losses),)

    def _losses(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        return {
            "source": F.cross_entropy(self.network.head(source), batch.labels),
            "confusion": class_confusion(self.network.head(target)),
        }
