"""Linear heads on frozen features, one for every weighting of the same images, fitted all at once.

The loss is that of ``training.linear_head``, mean cross-entropy + strength / 2 x the squared weights, on features of
mean square 1 about their mean; centre and scale are those of all images, so that weightings are compared on one scale.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import torch

from ...training.linear_head import Problem, minimise

Floats: TypeAlias = npt.NDArray[np.float64]
Features: TypeAlias = npt.NDArray[np.floating[Any]]


@attrs.frozen(eq=False)
class Heads:
    """P heads on raw features: ``weight`` (P, D, K) and ``bias`` (P, K)."""

    weight: Floats
    bias: Floats

    def __len__(self) -> int:
        return len(self.bias)


def fit_weighted(
    features: Features, labels: npt.NDArray[np.int64], weights: Floats, classes: int, *, strength: float
) -> Heads:
    """Heads on ``features`` (N, D) with ``labels`` (N,), one for every row of ``weights`` (P, N) >= 0, of which
    only the shares count."""
    raw = torch.from_numpy(np.ascontiguousarray(features, np.float32))
    mean = raw.mean(0)
    scale = (raw - mean).square().mean().sqrt().clamp(min=1e-6)
    problem = Problem(((raw - mean) / scale)[None], torch.from_numpy(labels), classes)
    weight, bias = minimise(problem, torch.from_numpy(np.asarray(weights, np.float32)), strength, None)
    weight = weight / scale
    bias = bias - torch.einsum("d,pdk->pk", mean, weight)
    return Heads(weight.numpy().astype(np.float64), bias.numpy().astype(np.float64))


def probabilities(heads: Heads, features: Features) -> Floats:
    """What each head gives each class of images (M, D): (P, M, K)."""
    logits = np.einsum("md,pdk->pmk", features.astype(np.float64), heads.weight, optimize=True) + heads.bias[:, None]
    powers = np.exp(logits - logits.max(2, keepdims=True))
    shares: Floats = powers / powers.sum(2, keepdims=True)
    return shares
