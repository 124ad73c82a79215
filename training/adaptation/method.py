"""What an adaptation method is: losses of a batch of both domains, and which part of the network each moves."""

from __future__ import annotations

import enum
import math
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, TypeAlias, cast

import attrs
import torch
from torch import Tensor, nn

from ..backbones import Classifier

Losses: TypeAlias = dict[str, Tensor]


class Part(enum.Enum):
    """The two parts that a method moves: what makes the features, and what reads them."""

    FEATURES = "features"
    HEADS = "heads"


EVERYTHING = (Part.FEATURES, Part.HEADS)


@attrs.frozen(eq=False)
class Network:
    """A classifier as a method sees it: features of what is put in, and a head on them.

    ``on_pooled``: what is put in are kept features of the frozen backbone (N, D'), not images (N, 3, S, S).
    """

    classifier: Classifier
    on_pooled: bool

    def features(self, inputs: Tensor) -> Tensor:
        """(N, D), D the width of the bottleneck where there is one."""
        pooled = inputs if self.on_pooled else self.classifier.pooled(inputs)
        return cast(Tensor, self.classifier.bottleneck(pooled))

    @property
    def head(self) -> nn.Linear:
        """Features (N, D) to logits (N, K)."""
        return self.classifier.head


@attrs.frozen(eq=False)
class Batch:
    """Of both domains: what is put in, the source's labels, and the numbers of all in their domains.

    ``progress`` goes from 0 to 1 in the course of adapting. For a method that is source-free the source is empty.
    """

    source: Tensor
    labels: Tensor
    source_numbers: Tensor
    target: Tensor
    target_numbers: Tensor
    epoch: int
    progress: float

    @property
    def ramp(self) -> float:
        """The paper's lambda, ``2 / (1 + exp(-10 progress)) - 1``: from 0 to 1 (Ganin et al. 2016, Sec. 5.2.2)."""
        return 2 / (1 + math.exp(-10 * self.progress)) - 1


@attrs.frozen(eq=False)
class Survey:
    """All images at the beginning of an epoch, unvaried, by the network as it then is: features and logits.

    ``source_features`` (N, D) with ``labels`` (N,) are empty for a method that is source-free.
    """

    source_features: Tensor
    labels: Tensor
    target_features: Tensor
    target_logits: Tensor
    epoch: int


@attrs.frozen
class Phase:
    """One step of the optimizers: the sum of the losses is minimised over ``moves``; nothing else gets a gradient."""

    losses: Callable[[Batch], Losses]
    moves: tuple[Part, ...] = EVERYTHING


class Method(nn.Module):
    """A method. Its own parameters (discriminators, further heads) are ``Part.HEADS``, beside the network's head.

    ``source_images`` and ``target_images`` are how many there are. What it knows between steps is in buffers, so that
    a checkpoint holds it.
    """

    name: ClassVar[str]
    source_free: ClassVar[bool] = False

    def __init__(self, network: Network, source_images: int, target_images: int) -> None:
        super().__init__()
        self.network = network
        self.classes = network.head.out_features
        self.width = network.head.in_features

    @abstractmethod
    def phases(self) -> tuple[Phase, ...]:
        """What a training step consists of, in order."""

    def wants_survey(self, epoch: int) -> bool:
        """Whether ``survey`` is to be called before this epoch."""
        return False

    def survey(self, survey: Survey) -> None:
        """See all images as the network now sees them."""
        raise NotImplementedError(f"{self.name} asks for no survey")

    def logits(self, features: Tensor) -> Tensor:
        """What the adapted classifier says of features (N, D): (N, K)."""
        return cast(Tensor, self.network.head(features))

    def adapted_head(self) -> tuple[Tensor, Tensor]:
        """Weight (K, D) and bias (K,) of one linear head that says what ``logits`` does."""
        return self.network.head.weight, self.network.head.bias

    def both(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Features of the source's and the target's images, seen as one batch: batch norm then treats the two alike in
        training, as it does afterwards."""
        features = self.network.features(torch.cat((batch.source, batch.target)))
        return features[: len(batch.source)], features[len(batch.source) :]
