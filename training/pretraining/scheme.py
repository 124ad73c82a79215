"""What a scheme of self-supervision is: a classifier's backbone, and a loss of two views of each image."""

from __future__ import annotations

import copy
import math
from abc import abstractmethod
from typing import TypeVar

import attrs
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..backbones import Classifier
from ..objective import Outcome

Module = TypeVar("Module", bound=nn.Module)


class Scheme(nn.Module):
    """Trains the backbone of ``classifier``, and with a ``label_weight`` its head too.

    Everything that has to be there in order to go on is in the ``state_dict``.
    """

    def __init__(self, classifier: Classifier, label_weight: float) -> None:
        super().__init__()
        self.classifier = classifier
        self.label_weight = label_weight
        classifier.head.requires_grad_(label_weight > 0)

    @property
    def width(self) -> int:
        """D of the features (N, D)."""
        return self.classifier.head.in_features

    def forward(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Two views of each image (2N, 3, S, S), those of an image one after the other, and labels (N,).

        Returns the loss, and the number of images whose first view is taken for its class (0 without labels).
        """
        first, second = images.unflatten(0, (-1, 2)).unbind(1)
        features = self.classifier.features(torch.cat([first, second]))
        loss = self.loss((first, second), features.chunk(2))
        if not self.label_weight:
            return loss, torch.zeros_like(loss)
        logits = self.classifier.head(features).float()
        loss = loss + self.label_weight * F.cross_entropy(logits, labels.repeat(2))
        return loss, (logits[: len(labels)].argmax(1) == labels).sum()

    @abstractmethod
    def loss(self, views: tuple[Tensor, Tensor], features: tuple[Tensor, ...]) -> Tensor:
        """The loss (scalar) of both views (N, 3, S, S) and the features (N, D) of each."""

    def moved(self, share: float) -> None:
        """Be told that a step has been taken, after a ``share`` of the run."""


@attrs.frozen
class SelfSupervision:
    """The objective of a run that pre-trains by ``scheme``."""

    scheme: Scheme

    @property
    def counts(self) -> bool:
        return self.scheme.label_weight > 0

    def __call__(self, network: nn.Module, images: Tensor, labels: Tensor) -> Outcome:
        loss, correct = network(images, labels)
        return Outcome(loss, correct)

    def stepped(self, network: nn.Module, share: float) -> None:
        self.scheme.moved(share)


def twin(module: Module) -> Module:
    """A copy that no gradient moves, to follow the module by a moving average."""
    return copy.deepcopy(module).requires_grad_(False)


def rising_momentum(base: float, share: float) -> float:
    """From ``base`` to 1 by half a cosine (Grill et al. 2020, Sec. 3.3; DINO and MoCo v3 do the same)."""
    return 1 - (1 - base) * (math.cos(math.pi * share) + 1) / 2


def is_parallel() -> bool:
    """Whether other processes train beside this one: then the loss is one of all their images."""
    return torch.distributed.is_available() and torch.distributed.is_initialized()
