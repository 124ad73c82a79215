"""Grad-CAM (Selvaraju et al., ICCV 2017, Eq. 1 and 2): for networks whose head is no plain sum over places.

The last feature map's channels are weighted by the mean gradient of a class's logit; what speaks for the class is kept.
Tokens of a mixer count as places: there, and wherever the head sees the mean of all places, it is the class
activation map without its negative part.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor

from ...training.backbones import Classifier


def gradcam_maps(classifier: Classifier, images: Tensor) -> Tensor | None:
    """Maps of all classes (N, K, h, w) of images (N, 3, S, S) in 0..1; None where the network has no map of places."""
    backbone = cast(Any, classifier.backbone)
    if not (hasattr(backbone, "forward_features") and hasattr(backbone, "forward_head")):
        return None
    with torch.enable_grad():
        features = backbone.forward_features((images - classifier.mean) / classifier.std)
        if not isinstance(features, Tensor):
            return None
        features = features.detach().requires_grad_(True)
        places = _places(backbone, features)
        if places is None or min(places.shape[2:]) < 2:
            return None
        logits = classifier.head(classifier.bottleneck(backbone.forward_head(features)))
        maps = []
        for label in range(logits.shape[1]):
            (gradient,) = torch.autograd.grad(logits[:, label].sum(), features, retain_graph=True)
            weights = cast(Tensor, _places(backbone, gradient)).mean((2, 3), keepdim=True)
            maps.append((weights * places).sum(1).relu())
    return torch.stack(maps, 1).detach()


def _places(backbone: Any, features: Tensor) -> Tensor | None:
    """Features as (N, D, h, w): as they are, turned where channels come last, or tokens set in their grid."""
    channels = int(getattr(backbone, "num_features", 0))
    if features.ndim == 4:
        return features.permute(0, 3, 1, 2) if channels == features.shape[3] != features.shape[1] else features
    grid = getattr(getattr(backbone, "patch_embed", None), "grid_size", None) or getattr(backbone, "grid_size", None)
    grid = grid or getattr(getattr(backbone, "stem", None), "grid_size", None)
    if features.ndim != 3 or grid is None:
        return None
    height, width = (int(side) for side in grid)
    prefix = features.shape[1] - height * width
    if prefix < 0:
        return None
    return features[:, prefix:].transpose(1, 2).reshape(len(features), -1, height, width)
