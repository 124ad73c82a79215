"""SimCLR: an image's two views are told from all other images of the batch."""

from __future__ import annotations

from lightly.loss import NTXentLoss
from lightly.models.modules import SimCLRProjectionHead
from torch import Tensor

from ..backbones import Classifier
from .scheme import Scheme, is_parallel

TEMPERATURE = 0.1


class SimCLR(Scheme):
    """Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020.

    Normalised projections z (N, 128) of 2N views; the loss is the mean over all pairs (i, j) of views of one image of
    -log exp(z_i z_j / t) / sum_k exp(z_i z_k / t), k over all views but i (Eq. 1). It needs large batches.
    """

    def __init__(self, classifier: Classifier, label_weight: float) -> None:
        super().__init__(classifier, label_weight)
        self.projection = SimCLRProjectionHead(self.width, self.width, 128)
        self.contrast = NTXentLoss(TEMPERATURE, gather_distributed=is_parallel())

    def loss(self, views: tuple[Tensor, Tensor], features: tuple[Tensor, ...]) -> Tensor:
        first, second = (self.projection(each).float() for each in features)
        loss: Tensor = self.contrast(first, second)
        return loss
