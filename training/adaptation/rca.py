"""RCA: a second head that knows classes of both domains apart, and features that confuse it."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from .information import class_balance, entropy
from .method import Batch, Losses, Method, Network, Part, Phase

BALANCE = 0.1


class Rca(Method):
    """Cicek and Soatto, "Unsupervised Domain Adaptation via Regularized Conditional Alignment", ICCV 2019, Sec. 3.

    A second head h tells 2 K classes, those of the source and, after them, those of the target.
    The heads minimise ``CE(p_s, y) + lambda [CE(h_s, y) + CE(h_t, K + y^)] + 0.1 balance(p_t)``, the features
    ``CE(p_s, y) + lambda [CE(h_s, K + y) + CE(h_t, y^)] + lambda mean H(p_t)``: they have the second head take each
    domain for the other, class by class. p (N, K), h (N, 2 K), labels y (N,), predicted ones y^ = argmax p_t (M,).
    """

    name = "rca"

    def __init__(self, network: Network, source_images: int, target_images: int) -> None:
        super().__init__(network, source_images, target_images)
        self.joint = nn.Linear(self.width, 2 * self.classes)
        nn.init.normal_(self.joint.weight, std=0.01)
        nn.init.zeros_(self.joint.bias)

    def phases(self) -> tuple[Phase, ...]:
        return Phase(self._tell_apart, (Part.HEADS,)), Phase(self._confuse, (Part.FEATURES,))

    def _tell_apart(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        logits = self.network.head(target)
        return {
            "source": F.cross_entropy(self.network.head(source), batch.labels),
            "joint": batch.ramp * self._joint(source, target, batch.labels, self.classes + logits.argmax(1)),
            "balance": BALANCE * class_balance(logits.softmax(1)),
        }

    def _confuse(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        logits = self.network.head(target)
        return {
            "source": F.cross_entropy(self.network.head(source), batch.labels),
            "joint": batch.ramp * self._joint(source, target, self.classes + batch.labels, logits.argmax(1)),
            "entropy": batch.ramp * entropy(logits.softmax(1)).mean(),
        }

    def _joint(self, source: Tensor, target: Tensor, source_labels: Tensor, target_labels: Tensor) -> Tensor:
        return F.cross_entropy(self.joint(source), source_labels) + F.cross_entropy(self.joint(target), target_labels)
