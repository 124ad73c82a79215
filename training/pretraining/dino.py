"""DINO: a network learns what its slowly moving twin says of the other view, as a distribution over prototypes."""

from __future__ import annotations

import warnings

import torch
from lightly.loss import DINOLoss
from lightly.models.modules import DINOProjectionHead
from lightly.models.utils import update_momentum
from torch import Tensor

from ..backbones import Classifier
from .scheme import Scheme, rising_momentum, twin

MOMENTUM = 0.996
PROTOTYPES = 4096  # 65,536 in the paper, for 1.28 million images


class DINO(Scheme):
    """Caron et al., "Emerging Properties in Self-Supervised Vision Transformers", ICCV 2021, with two views and no
    smaller crops beside.

    Cross-entropy -p' log p of the network's distribution p (temperature 0.1) with that of its twin on the other view
    p' (0.04), whose outputs (N, 4096) are centred by their moving average (Eqs. 2 to 4).
    """

    def __init__(self, classifier: Classifier, label_weight: float) -> None:
        super().__init__(classifier, label_weight)
        self.projection, self.twin_projection = _projection(self.width), _projection(self.width)
        self.twin_projection.load_state_dict(self.projection.state_dict())  # weight norm cannot be copied
        self.twin_projection.requires_grad_(False)
        self.twin = twin(classifier)
        self.agreement = DINOLoss(PROTOTYPES)

    def loss(self, views: tuple[Tensor, Tensor], features: tuple[Tensor, ...]) -> Tensor:
        said = [self.projection(each).float() for each in features]
        with torch.no_grad():
            taught = [self.twin_projection(self.twin.features(each)).float() for each in views]
        loss: Tensor = self.agreement(taught, said)
        return loss

    def moved(self, share: float) -> None:
        momentum = rising_momentum(MOMENTUM, share)
        update_momentum(self.classifier, self.twin, momentum)
        update_momentum(self.projection, self.twin_projection, momentum)


def _projection(width: int) -> DINOProjectionHead:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # lightly 1.6 uses a weight norm that torch would replace
        return DINOProjectionHead(width, output_dim=PROTOTYPES)
