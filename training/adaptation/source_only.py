"""No adaptation: the source alone."""

from __future__ import annotations

import torch.nn.functional as F

from .method import Batch, Losses, Method, Network, Phase


class SourceOnly(Method):
    """Cross-entropy on the source: ``CE(p_s, y)``. What the other methods are measured against.

    Features f_s (N, D), probabilities p_s (N, K), labels y (N,).
    """

    name = "none"

    def __init__(self, network: Network, source_images: int, target_images: int, label_smoothing: float = 0.0) -> None:
        super().__init__(network, source_images, target_images)
        self.label_smoothing = label_smoothing

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(self._losses),)

    def _losses(self, batch: Batch) -> Losses:
        logits = self.network.head(self.network.features(batch.source))
        return {"source": F.cross_entropy(logits, batch.labels, label_smoothing=self.label_smoothing)}
