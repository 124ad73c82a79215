"""MCD: two classifiers that disagree on the target where features are not yet the source's."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from .information import class_balance
from .method import EVERYTHING, Batch, Losses, Method, Network, Part, Phase

BALANCE = 0.01
FEATURE_STEPS = 4


def discrepancy(first: Tensor, second: Tensor) -> Tensor:
    """``mean |p1 - p2|`` over images and classes, of probabilities (N, K): a scalar (Saito et al. 2018, Eq. 9)."""
    return (first - second).abs().mean()


class Mcd(Method):
    """Saito et al., "Maximum Classifier Discrepancy for Unsupervised Domain Adaptation", CVPR 2018, Sec. 3.3.

    A, all weights: ``CE(p1_s, y) + CE(p2_s, y)``. B, the two classifiers: the same less ``mean |p1_t - p2_t|``.
    C, the features, 4 times: ``mean |p1_t - p2_t|``. To A and B each classifier adds 0.01 times its class balance on
    the target. Probabilities p (N, K). The adapted classifier is the mean of the two heads, and so are its logits.
    """

    name = "mcd"

    def __init__(self, network: Network, source_images: int, target_images: int) -> None:
        super().__init__(network, source_images, target_images)
        self.second = nn.Linear(self.width, self.classes)
        nn.init.xavier_normal_(self.second.weight)  # unlike the first's, or the two would never differ
        nn.init.zeros_(self.second.bias)

    def phases(self) -> tuple[Phase, ...]:
        return (
            Phase(self._classify, EVERYTHING),
            Phase(self._disagree, (Part.HEADS,)),
            *(Phase(self._agree, (Part.FEATURES,)) for _ in range(FEATURE_STEPS)),
        )

    def logits(self, features: Tensor) -> Tensor:
        return (self.network.head(features) + self.second(features)) / 2

    def adapted_head(self) -> tuple[Tensor, Tensor]:
        first, second = self.network.head, self.second
        return (first.weight + second.weight) / 2, (first.bias + second.bias) / 2

    def _classify(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        first, second = self._probabilities(target)
        return {
            "source": F.cross_entropy(self.network.head(source), batch.labels)
            + F.cross_entropy(self.second(source), batch.labels),
            "balance": BALANCE * (class_balance(first) + class_balance(second)),
        }

    def _disagree(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        first, second = self._probabilities(target)
        return {
            "source": F.cross_entropy(self.network.head(source), batch.labels)
            + F.cross_entropy(self.second(source), batch.labels),
            "disagreement": -discrepancy(first, second),
            "balance": BALANCE * (class_balance(first) + class_balance(second)),
        }

    def _agree(self, batch: Batch) -> Losses:
        _, target = self.both(batch)
        return {"discrepancy": discrepancy(*self._probabilities(target))}

    def _probabilities(self, features: Tensor) -> tuple[Tensor, Tensor]:
        return self.network.head(features).softmax(1), self.second(features).softmax(1)
