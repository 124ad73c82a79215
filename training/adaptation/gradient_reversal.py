"""Gradient reversal (Ganin et al. 2016, Sec. 4.2): the identity, whose gradient is turned round and scaled."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor


class _Reversal(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, values: Tensor, scale: float) -> Tensor:
        context.scale = scale
        return values.view_as(values)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -context.scale * gradients[0], None


def reverse_gradient(values: Tensor, scale: float) -> Tensor:
    """The ``values``; a gradient g that comes back through them becomes ``-scale`` g."""
    return cast(Tensor, _Reversal.apply(values, scale))
