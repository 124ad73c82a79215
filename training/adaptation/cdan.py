"""CDAN: a domain discriminator that sees features and predictions together."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .discriminator import Discriminator, domain_loss
from .gradient_reversal import reverse_gradient
from .information import certainty
from .method import Batch, Losses, Method, Network, Phase

LARGEST_PRODUCT = 4096  # of features by classes: beyond it the product is drawn at random
RANDOM_WIDTH = 1024


def multilinear(features: Tensor, p: Tensor) -> Tensor:
    """Every feature times every probability: (N, D) and (N, K) to (N, D K) (Long et al. 2018, Eq. 5)."""
    return (features[:, :, None] * p[:, None]).flatten(1)


def random_multilinear(features: Tensor, p: Tensor, of_features: Tensor, of_p: Tensor) -> Tensor:
    """``(f R_f) * (p R_p) / sqrt(d)`` with R_f (D, d) and R_p (K, d): (N, d) (Long et al. 2018, Eq. 6)."""
    return (features @ of_features) * (p @ of_p) / of_p.shape[1] ** 0.5


class Cdan(Method):
    """Long et al., "Conditional Adversarial Domain Adaptation", NeurIPS 2018, with entropy conditioning (CDAN+E).

    ``CE(p_s, y) + CE(d(f_s x p_s), 0) + CE(d(f_t x p_t), 1)``, where an image weighs ``1 + exp(-H(p))`` in the last
    two, whose gradient is turned round and scaled by lambda before it reaches the features (none reaches p).
    Features f (N, D), probabilities p (N, K), f x p their multilinear map (N, D K), at random (N, 1024) where that
    would be wider than 4096.
    """

    name = "cdan"
    of_features: Tensor
    of_p: Tensor

    def __init__(self, network: Network, source_images: int, target_images: int) -> None:
        super().__init__(network, source_images, target_images)
        product = self.width * self.classes
        self.random = product > LARGEST_PRODUCT
        if self.random:
            self.register_buffer("of_features", torch.randn(self.width, RANDOM_WIDTH))
            self.register_buffer("of_p", torch.randn(self.classes, RANDOM_WIDTH))
        self.discriminator = Discriminator(RANDOM_WIDTH if self.random else product)

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(self._losses),)

    def _losses(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        source_logits, target_logits = self.network.head(source), self.network.head(target)
        return {
            "source": F.cross_entropy(source_logits, batch.labels),
            "domain": self.conditional(source, target, source_logits, target_logits, batch.ramp),
        }

    def conditional(
        self, source: Tensor, target: Tensor, source_logits: Tensor, target_logits: Tensor, ramp: float
    ) -> Tensor:
        """The discriminator's loss, a scalar, of features (N, D), (M, D) and their logits (N, K), (M, K)."""
        features = reverse_gradient(torch.cat((source, target)), ramp)
        p = torch.cat((source_logits, target_logits)).detach().softmax(1)
        seen = random_multilinear(features, p, self.of_features, self.of_p) if self.random else multilinear(features, p)
        domains, weights, count = self.discriminator(seen), certainty(p), len(source)
        return domain_loss(domains[:count], domains[count:], weights[:count], weights[count:])
