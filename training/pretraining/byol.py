"""BYOL: what a slowly moving twin says of one view is predicted from the other; no image is told from others."""

from __future__ import annotations

import torch
from lightly.loss import NegativeCosineSimilarity
from lightly.models.modules import BYOLPredictionHead, BYOLProjectionHead
from lightly.models.utils import update_momentum
from torch import Tensor

from ..backbones import Classifier
from .scheme import Scheme, rising_momentum, twin

MOMENTUM = 0.99  # the paper's for 300 epochs; 0.996 for 1,000 (Appendix)


class BYOL(Scheme):
    """Grill et al., "Bootstrap Your Own Latent", NeurIPS 2020.

    Predictions q(z) of the network's projections z (N, 256), projections z' of its twin: the mean of
    -cos(q(z_1), z'_2) and -cos(q(z_2), z'_1), which is the paper's loss (Eq. 2) up to a factor and a constant.
    """

    def __init__(self, classifier: Classifier, label_weight: float) -> None:
        super().__init__(classifier, label_weight)
        self.projection = BYOLProjectionHead(self.width)
        self.prediction = BYOLPredictionHead()
        self.twin, self.twin_projection = twin(classifier), twin(self.projection)
        self.distance = NegativeCosineSimilarity()

    def loss(self, views: tuple[Tensor, Tensor], features: tuple[Tensor, ...]) -> Tensor:
        predictions = [self.prediction(self.projection(each)).float() for each in features]
        with torch.no_grad():
            targets = [self.twin_projection(self.twin.features(each)).float() for each in views]
        loss: Tensor = (self.distance(predictions[0], targets[1]) + self.distance(predictions[1], targets[0])) / 2
        return loss

    def moved(self, share: float) -> None:
        momentum = rising_momentum(MOMENTUM, share)
        update_momentum(self.classifier, self.twin, momentum)
        update_momentum(self.projection, self.twin_projection, momentum)
