"""A classifier made to look only: batch norms are folded into the convolutions before them, and channels come last.

Its logits differ from the classifier's by rounding.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .backbones import Classifier

BATCH = 16  # larger ones leave the caches of a CPU: 45 ms an image instead of 29 (efficientnet_lite0, 224 px)
TOLERANCE = 1e-4  # of the largest feature: rounding stays a tenth of it, a norm that was folded wrongly does not

Pair: TypeAlias = tuple[nn.Conv2d, nn.BatchNorm2d]


def for_inference(classifier: Classifier, image_px: int, device: torch.device) -> Classifier:
    """A copy for images (N, 3, ``image_px``, ``image_px``) in evaluation mode on ``device``; without gradients."""
    model = _evaluating(classifier)
    image = torch.rand(1, 3, image_px, image_px, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode(), _pairs_noted(model.backbone) as pairs:
        wanted = model.pooled(image)
    if pairs:
        _fold(model.backbone, pairs)
        with torch.inference_mode():
            found = model.pooled(image)
        if not torch.allclose(found, wanted, rtol=0.0, atol=TOLERANCE * float(wanted.abs().max())):
            model = _evaluating(classifier)  # a convolution feeds more than its norm, or is not what it seems
    return model.requires_grad_(False).to(device)


def _evaluating(classifier: Classifier) -> Classifier:
    return copy.deepcopy(classifier).cpu().float().eval().to(memory_format=torch.channels_last)


@contextmanager
def _pairs_noted(backbone: nn.Module) -> Iterator[list[Pair]]:
    """Convolutions whose output went into a batch norm while the backbone looked at an image."""
    made: dict[int, tuple[nn.Conv2d, Tensor]] = {}
    pairs: list[Pair] = []

    def convolved(module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(module, nn.Conv2d)
        made[id(output)] = module, output  # the tensor is kept so that no other gets its id

    def normalised(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(module, nn.BatchNorm2d)
        if id(inputs[0]) in made:
            pairs.append((made[id(inputs[0])][0], module))

    hooks = [
        *(each.register_forward_hook(convolved) for each in backbone.modules() if isinstance(each, nn.Conv2d)),
        *(
            each.register_forward_pre_hook(normalised)
            for each in backbone.modules()
            if isinstance(each, nn.BatchNorm2d)
        ),
    ]
    try:
        yield pairs
    finally:
        for hook in hooks:
            hook.remove()


def _fold(backbone: nn.Module, pairs: list[Pair]) -> None:
    """Put every norm into its convolution; what it does beyond normalising (timm's have an activation) stays."""
    names = {id(module): name for name, module in backbone.named_modules()}
    for convolution, norm in pairs:
        fused = fuse_conv_bn_eval(convolution, norm).to(memory_format=torch.channels_last)
        _put(backbone, names[id(convolution)], fused)
        _put(backbone, names[id(norm)], getattr(norm, "act", nn.Identity()))


def _put(backbone: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, own = name.rpartition(".")
    setattr(backbone.get_submodule(parent), own, module)
