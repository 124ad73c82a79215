"""What a step of training minimises."""

from __future__ import annotations

from typing import Protocol

import attrs
import torch.nn.functional as F
from torch import Tensor, nn


@attrs.frozen
class Outcome:
    """Of a batch: the mean ``loss`` (scalar), and how many images were right (scalar), None where nothing is asked."""

    loss: Tensor
    correct: Tensor | None


class Objective(Protocol):
    """What the loop minimises over the weights of its network."""

    @property
    def counts(self) -> bool:
        """Whether there is an accuracy to tell of."""

    def __call__(self, network: nn.Module, images: Tensor, labels: Tensor) -> Outcome:
        """The outcome on a batch: images (N, 3, S, S), N / len(labels) views of each; labels (B,)."""

    def stepped(self, network: nn.Module, share: float) -> None:
        """Be told that a step has been taken, after a ``share`` of the run."""


@attrs.frozen
class CrossEntropy:
    """Cross-entropy of a classifier's logits with the labels, smoothed by ``label_smoothing``."""

    label_smoothing: float
    counts: bool = True

    def __call__(self, network: nn.Module, images: Tensor, labels: Tensor) -> Outcome:
        logits = network(images)
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=self.label_smoothing)
        return Outcome(loss, (logits.detach().argmax(1) == labels).sum())

    def stepped(self, network: nn.Module, share: float) -> None:
        """Nothing to do."""
