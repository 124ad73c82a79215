"""Batches of both domains: images as they are loaded, or kept features of the frozen backbone."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Protocol

import attrs
import numpy as np
import torch
from torch import Tensor

from ..config import RunConfig
from ..inference import BATCH
from ..loading import Picture, Samples, batches, epoch_order, load
from ..transforms import CentreCrop, Transform
from .method import Batch
from .target import Target

_TARGET = 2**32  # added to the seed where the target's order and augmentation are drawn


@attrs.frozen
class Draw:
    """The images of a step, by number. The target's come with the pass they are of: it is gone through again and again
    while the source is gone through once."""

    step: int
    source: list[int]
    target: list[tuple[int, int]]


@attrs.frozen
class Order:
    """Which images each step takes: a function of the seed and the step. An epoch goes through the source once."""

    source_images: int
    target_images: int
    batch_size: int
    epochs: int
    seed: int

    @property
    def source_batch(self) -> int:
        """How many of the source a step takes."""
        return min(self.batch_size, self.source_images)

    @property
    def target_batch(self) -> int:
        """How many of the target a step takes."""
        return min(self.batch_size, self.target_images)

    @property
    def steps_per_epoch(self) -> int:
        """A smaller batch at the end of an epoch would upset batch norm: it is left out."""
        return self.source_images // self.source_batch

    @property
    def steps(self) -> int:
        """All of them."""
        return self.epochs * self.steps_per_epoch

    def epoch(self, step: int) -> int:
        """The one a step is of."""
        return step // self.steps_per_epoch

    def draws(self, first: int, stop: int) -> Iterator[Draw]:
        """Those of the steps ``first`` .. ``stop`` - 1."""
        for step in range(first, stop):
            place = step % self.steps_per_epoch * self.source_batch
            source = _permutation(self.source_images, self.seed, self.epoch(step))[place : place + self.source_batch]
            begin = step * self.target_batch
            places = (divmod(begin + number, self.target_images) for number in range(self.target_batch))
            target = [(turn, _permutation(self.target_images, self.seed + _TARGET, turn)[at]) for turn, at in places]
            yield Draw(step, list(source), target)


@functools.lru_cache(maxsize=4)
def _permutation(count: int, seed: int, number: int) -> tuple[int, ...]:
    return tuple(epoch_order(count, seed, number))


class Feed(Protocol):
    """What the loop takes its batches from."""

    @property
    def order(self) -> Order:
        """Which images each step takes."""

    def batches(self, first: int, stop: int, source_free: bool) -> Iterator[Batch]:
        """Those of the steps ``first`` .. ``stop`` - 1, on any device."""

    def source(self) -> Iterator[Tensor]:
        """All of the source's images, unvaried, in order."""

    def target(self) -> Iterator[Tensor]:
        """All of the target's images that are adapted to, unvaried, in order."""

    def test(self) -> Iterator[Tensor]:
        """All of the target's images that are not adapted to, unvaried, in order; none where all are."""


@attrs.frozen(eq=False)
class ImageFeed:
    """Images (B, 3, S, S), augmented for training."""

    order: Order
    samples: Samples
    aim: Target
    config: RunConfig
    transform: Transform
    pin: bool

    def batches(self, first: int, stop: int, source_free: bool) -> Iterator[Batch]:
        wanted = (self._pictures(draw, source_free) for draw in self.order.draws(first, stop))
        loaded = load(wanted, self.transform, workers=self.config.workers, pin=self.pin)
        for draw, (images, labels) in zip(self.order.draws(first, stop), loaded, strict=True):
            count = 0 if source_free else len(draw.source)
            yield _batch(self.order, draw, images[:count], labels[:count], images[count:])

    def _pictures(self, draw: Draw, source_free: bool) -> list[Picture]:
        seed, epoch = self.config.seed, self.order.epoch(draw.step)
        source, target = self.samples, self.aim.adapt.samples
        return [
            *(
                Picture(source.files[i], int(source.labels[i]), (seed, epoch, i))
                for i in ([] if source_free else draw.source)
            ),
            *(Picture(target.files[i], int(target.labels[i]), (seed + _TARGET, turn, i)) for turn, i in draw.target),
        ]

    def source(self) -> Iterator[Tensor]:
        return self._unvaried(self.samples)

    def target(self) -> Iterator[Tensor]:
        return self._unvaried(self.aim.adapt.samples)

    def test(self) -> Iterator[Tensor]:
        return self._unvaried(self.aim.test.samples) if self.aim.test else iter(())

    def _unvaried(self, samples: Samples) -> Iterator[Tensor]:
        plain = CentreCrop(self.config.resize_px, self.config.crop_px)
        loaded = batches(samples, range(len(samples)), BATCH, plain, workers=self.config.workers)
        return (images for images, _ in loaded)


@attrs.frozen(eq=False)
class FeatureFeed:
    """Features (B, D) of the frozen backbone. Of every image a view is drawn, out of ``views`` (V, N, D)."""

    order: Order
    source_views: Tensor
    labels: Tensor
    target_views: Tensor
    test_features: Tensor

    def batches(self, first: int, stop: int, source_free: bool) -> Iterator[Batch]:
        for draw in self.order.draws(first, stop):
            random = np.random.default_rng([self.order.seed, draw.step])
            source = [] if source_free else draw.source
            yield _batch(
                self.order,
                draw,
                self.source_views[_views(random, self.source_views, len(source)), source],
                self.labels[source],
                self.target_views[_views(random, self.target_views, len(draw.target)), [i for _, i in draw.target]],
            )

    def source(self) -> Iterator[Tensor]:
        return iter((self.source_views[0],))

    def target(self) -> Iterator[Tensor]:
        return iter((self.target_views[0],))

    def test(self) -> Iterator[Tensor]:
        return iter((self.test_features,) if len(self.test_features) else ())


def _views(random: np.random.Generator, views: Tensor, count: int) -> list[int]:
    drawn: list[int] = random.integers(len(views), size=count).tolist()
    return drawn


def _batch(order: Order, draw: Draw, source: Tensor, labels: Tensor, target: Tensor) -> Batch:
    return Batch(
        source=source,
        labels=labels,
        source_numbers=torch.tensor(draw.source[: len(source)], dtype=torch.long),
        target=target,
        target_numbers=torch.tensor([i for _, i in draw.target]),
        epoch=order.epoch(draw.step),
        progress=draw.step / order.steps,
    )
