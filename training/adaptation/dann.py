"""DANN: features that a domain discriminator cannot tell apart."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from .discriminator import Discriminator, domain_loss
from .gradient_reversal import reverse_gradient
from .method import Batch, Losses, Method, Network, Phase


class Dann(Method):
    """Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016, Eq. 13-15.

    ``CE(p_s, y) + CE(d(f_s), 0) + CE(d(f_t), 1)``, the gradient of the last two turned round and scaled by lambda
    before it reaches the features: the discriminator d learns to tell the domains apart, the features not to let it.
    Features f (N, D), d(f) (N, 2), p_s (N, K), labels y (N,).
    """

    name = "dann"

    def __init__(self, network: Network, source_images: int, target_images: int) -> None:
        super().__init__(network, source_images, target_images)
        self.discriminator = Discriminator(self.width)

    def phases(self) -> tuple[Phase, ...]:
        return (Phase(self._losses),)

    def _losses(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        domains = self.discriminator(reverse_gradient(torch.cat((source, target)), batch.ramp))
        return {
            "source": F.cross_entropy(self.network.head(source), batch.labels),
            "domain": domain_loss(domains[: len(source)], domains[len(source) :]),
        }
