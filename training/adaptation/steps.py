"""A training step: phase after phase, each moving its own part of the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from ..config import RunConfig
from ..devices import Precision
from .method import Batch, Method, Part, Phase


def make_optimizers(method: Method, config: RunConfig) -> dict[Part, torch.optim.SGD]:
    """An SGD with momentum for each of the two parts; biases and norms (one-dimensional) are not decayed.

    A group's ``share`` is what its learning rate is multiplied by: the backbone's is smaller than that of new layers.
    """
    assert config.adaptation is not None
    classifier = method.network.classifier
    features = [(list(classifier.bottleneck.parameters()), 1.0)]
    if not method.network.on_pooled:
        features.append((list(classifier.backbone.parameters()), config.adaptation.backbone_lr))
    heads = [([*classifier.head.parameters(), *method.parameters()], 1.0)]
    return {
        part: torch.optim.SGD(
            [
                {"params": chosen, "share": share, "weight_decay": config.weight_decay if decayed else 0.0}
                for parameters, share in groups
                for decayed in (True, False)
                if (chosen := [p for p in parameters if (p.ndim > 1) == decayed])
            ],
            lr=config.lr,
            momentum=config.momentum,
        )
        for part, groups in ((Part.FEATURES, features), (Part.HEADS, heads))
    }


def set_lr(optimizers: Mapping[Part, torch.optim.SGD], lr: float) -> None:
    """Give every group its share of the learning rate."""
    for optimizer in optimizers.values():
        for group in optimizer.param_groups:
            group["lr"] = lr * group["share"]


def take_step(
    phases: Sequence[Phase], optimizers: Mapping[Part, torch.optim.SGD], batch: Batch, precision: Precision
) -> dict[str, Tensor]:
    """Go through the phases of a step; returns the loss terms, each as it was in the first phase that has it."""
    terms: dict[str, Tensor] = {}
    for phase in phases:
        moved = [optimizers[part] for part in phase.moves]
        with precision.autocast():
            losses = phase.losses(batch)
        for optimizer in moved:
            optimizer.zero_grad(set_to_none=True)
        inputs = [p for optimizer in moved for group in optimizer.param_groups for p in group["params"]]
        precision.scaler.scale(torch.stack(list(losses.values())).sum()).backward(inputs=inputs)
        for optimizer in moved:
            precision.scaler.step(optimizer)
        precision.scaler.update()
        terms = {**{name: loss.detach() for name, loss in losses.items()}, **terms}
    return terms
