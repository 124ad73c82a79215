"""What networks cost, roughly: for saying beforehand how long a study takes and how much disk."""

from __future__ import annotations

import attrs


@attrs.frozen
class Cost:
    """Billions of multiply-adds for one image of 224 px, and millions of parameters."""

    gmacs: float
    parameters: float


# timm's names; figures of its published results (gmacs, param_count at 224 px).
COSTS = {
    "efficientnet_lite0": Cost(0.4, 4.7),
    "mobilenetv3_small_100": Cost(0.06, 2.5),
    "resnet10t": Cost(1.1, 5.4),
    "resnet18": Cost(1.8, 11.7),
    "resnet50": Cost(4.1, 25.6),
    "resnet101": Cost(7.8, 44.5),
    "vit_tiny_patch16_224": Cost(1.1, 5.7),
    "vit_small_patch16_224": Cost(4.6, 22.1),
    "vit_base_patch16_224": Cost(17.6, 86.6),
    "mixer_s16_224": Cost(3.8, 18.5),
    "mixer_b16_224": Cost(12.6, 59.9),
}
UNKNOWN = Cost(4.0, 25.0)


def cost_of(backbone: str) -> Cost:
    """The cost of a backbone, of a middling one where it is not known."""
    return COSTS.get(backbone, UNKNOWN)
