"""Where a classifier looks: class activation maps (Zhou et al., CVPR 2016, Eq. 2).

Where the features are the mean over all places of the last feature map F (N, D, h, w), a logit is the mean of
``sum_d weight[k, d] F[d, y, x]``, plus its bias: that sum is what each place says for class k. All classes' maps are
given, not the predicted one's alone: it costs one small matrix product, the caller may look at any class, and two
programs that round differently cannot disagree on which class that was.

A bottleneck (linear, batch norm, ReLU) between F and the logits is linear too, once it is known which of its units are
on for an image: the map of a class is then what each place adds to its logit through those units.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn

from .backbones import Bottleneck, Classifier

_TOLERANCE = 1e-5


class WithActivation(nn.Module):
    """Images (N, 3, S, S) to logits (N, K), probabilities (N, K) and activation (N, K, h, w)."""

    def __init__(self, classifier: Classifier, channels_last: bool) -> None:
        super().__init__()
        self.classifier = classifier
        self.channels_last = channels_last

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        backbone = cast(Any, self.classifier.backbone)
        features = backbone.forward_features((image - self.classifier.mean) / self.classifier.std)
        seen = self.classifier.bottleneck(backbone.forward_head(features))
        logits = self.classifier.head(seen)
        if self.channels_last:
            features = features.permute(0, 3, 1, 2)
        if isinstance(self.classifier.bottleneck, Bottleneck):
            features = _through_units(features, self.classifier.bottleneck, seen > 0)
        activation = nn.functional.conv2d(features, self.classifier.head.weight[:, :, None, None])
        return logits, logits.softmax(1), activation


def _through_units(features: Tensor, bottleneck: Bottleneck, on: Tensor) -> Tensor:
    """What each place (N, D, h, w) adds to the bottleneck's units (N, B, h, w) that are ``on`` (N, B)."""
    norm = bottleneck.norm
    scale = norm.weight / (cast(Tensor, norm.running_var) + norm.eps).sqrt()
    weight = scale[:, None] * bottleneck.linear.weight
    return nn.functional.conv2d(features, weight[:, :, None, None]) * on[:, :, None, None]


def with_activation(classifier: Classifier, image_px: int) -> WithActivation | None:
    """The classifier with its activation maps; None where its features are no mean of a feature map's places.

    Asked of the network itself, by a forward pass: pooling and what follows it are not alike in all of timm. Excluded
    are transformers on tokens, heads with a layer after the pooling (ConvNeXt, MobileNetV3), and maps of one place.
    """
    backbone = cast(Any, classifier.backbone)
    if not (hasattr(backbone, "forward_features") and hasattr(backbone, "forward_head")):
        return None
    image = torch.rand(2, 3, image_px, image_px, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        image = (image - classifier.mean) / classifier.std
        pooled, features = backbone(image), backbone.forward_features(image)
        if not (isinstance(features, Tensor) and features.ndim == 4):
            return None
        for channels_last, places in ((False, (2, 3)), (True, (1, 2))):
            mean = features.mean(places)
            height, width = (features.shape[place] for place in places)
            if height * width > 1 and mean.shape == pooled.shape and _alike(mean, pooled):
                return WithActivation(classifier, channels_last)
    return None


def _alike(mean: Tensor, pooled: Tensor) -> bool:
    return float((mean - pooled).abs().max()) <= _TOLERANCE * max(1.0, float(pooled.abs().max()))
