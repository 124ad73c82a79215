"""The paper's augmentations (Tang and Jia 2023, Sec. 4): none, weak and strong, as functions of an image and a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms import v2

from ..datasets.preprocessing import resize_and_crop, resize_shorter_side
from .config import Augmentation

Transform: TypeAlias = Callable[[Image.Image, int], Tensor]

_LARGEST_SEED = 2**63 - 1


def training_transform(augmentation: Augmentation, resize_px: int, crop_px: int) -> Transform:
    """An RGB image and a seed to a float tensor (3, crop_px, crop_px) in 0..1. The same seed gives the same tensor.

    none: resize, centre crop. weak: resize, random crop, flip. strong: random resized crop, flip, colour jitter
    (0.4, 0.4, 0.2, 0.1) with probability 0.8, grey with probability 0.2.
    """
    if augmentation == "none":
        return CentreCrop(resize_px, crop_px)
    if augmentation == "weak":
        return _Random(v2.Compose([v2.RandomCrop(crop_px), v2.RandomHorizontalFlip()]), resize_px)
    strong = [
        v2.RandomResizedCrop(crop_px, antialias=True),
        v2.RandomHorizontalFlip(),
        v2.RandomApply([v2.ColorJitter(0.4, 0.4, 0.2, 0.1)], p=0.8),
        v2.RandomGrayscale(p=0.2),
    ]
    return _Random(v2.Compose(strong), None)


@attrs.frozen
class CentreCrop:
    """The test transform: shorter side to ``resize_px``, central crop, as scoring does it. Uses no seed."""

    resize_px: int
    crop_px: int

    def __call__(self, image: Image.Image, seed: int) -> Tensor:
        return _to_tensor(resize_and_crop(image, self.resize_px, self.crop_px))


@attrs.frozen
class _Random:
    """Random steps after an optional resize. A class, not a closure: loader processes may have to pickle it."""

    steps: v2.Compose
    resize_px: int | None

    def __call__(self, image: Image.Image, seed: int) -> Tensor:
        if self.resize_px is not None:
            image = resize_shorter_side(image, self.resize_px)
        with torch.random.fork_rng(devices=[]):  # v2 draws from torch's global generator, which dropout needs unchanged
            torch.default_generator.manual_seed(
                seed
            )  # torch.manual_seed takes longer than all steps: it seeds GPUs too
            return _to_tensor(np.array(self.steps(image)))


@attrs.frozen
class TwoViews:
    """Two draws of a random transform, as a tensor (2, 3, S, S)."""

    transform: Transform

    def __call__(self, image: Image.Image, seed: int) -> Tensor:
        return torch.stack([self.transform(image, sample_seed(seed, 0, view)) for view in range(2)])


def sample_seed(seed: int, epoch: int, index: int) -> int:
    """A seed of its own for every sample of every epoch, whatever process loads it."""
    return int(np.random.SeedSequence([seed, epoch, index]).generate_state(1, np.uint64)[0]) & _LARGEST_SEED


def _to_tensor(pixels: npt.NDArray[Any]) -> Tensor:
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous().float().div_(255)
