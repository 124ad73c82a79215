"""MoCo: an image's view is told from images of many earlier batches, which a slowly moving twin has kept."""

from __future__ import annotations

from typing import Any

import torch
from lightly.loss import NTXentLoss
from lightly.models.modules import MoCoProjectionHead
from lightly.models.utils import update_momentum
from torch import Tensor

from ..backbones import Classifier
from .scheme import Scheme, is_parallel, rising_momentum, twin

TEMPERATURE = 0.2  # Chen et al. 2020, "Improved Baselines with Momentum Contrastive Learning", Table 2
MOMENTUM = 0.99


class MoCo(Scheme):
    """He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020; the head of MoCo v2.

    Queries q (N, 128) of the network, keys k (N, 128) of its twin: -log exp(q k+ / t) / sum exp(q k / t) over the key
    of the same image and a queue of ``queue`` keys of others (Eq. 1), both views in both parts. The twin's momentum
    rises to 1 as in MoCo v3 (Chen et al. 2021), so that short runs learn too.
    """

    def __init__(self, classifier: Classifier, label_weight: float, queue: int) -> None:
        super().__init__(classifier, label_weight)
        self.projection = MoCoProjectionHead(self.width, self.width, 128)
        self.twin, self.twin_projection = twin(classifier), twin(self.projection)
        self.contrast = NTXentLoss(TEMPERATURE, memory_bank_size=(queue, 128), gather_distributed=is_parallel())

    def loss(self, views: tuple[Tensor, Tensor], features: tuple[Tensor, ...]) -> Tensor:
        queries = [self.projection(each).float() for each in features]
        with torch.no_grad():
            keys = [self.twin_projection(self.twin.features(each)).float() for each in views]
        loss: Tensor = (self.contrast(queries[0], keys[1]) + self.contrast(queries[1], keys[0])) / 2
        return loss

    def moved(self, share: float) -> None:
        momentum = rising_momentum(MOMENTUM, share)
        update_momentum(self.classifier, self.twin, momentum)
        update_momentum(self.projection, self.twin_projection, momentum)

    def get_extra_state(self) -> dict[str, Tensor]:
        """The queue, which the library does not save."""
        return {"bank": self.contrast.memory_bank.bank, "place": self.contrast.memory_bank.bank_ptr}

    def set_extra_state(self, state: Any) -> None:
        self.contrast.memory_bank.bank.copy_(state["bank"])
        self.contrast.memory_bank.bank_ptr.copy_(state["place"])
