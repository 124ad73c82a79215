"""Entropies of predicted probabilities, and what is made of them. All in nats, over the last axis of p (N, K)."""

from __future__ import annotations

from torch import Tensor

SMALLEST = 1e-6  # added to a share before its logarithm is taken: a class may be predicted for no image of a batch


def entropy(p: Tensor) -> Tensor:
    """H of every row: (N, K) to (N,)."""
    return -(p * p.clamp(min=1e-12).log()).sum(-1)


def marginal_entropy(p: Tensor) -> Tensor:
    """H of the mean prediction, a scalar: log K where all classes are predicted equally often."""
    return entropy(p.mean(0))


def class_balance(p: Tensor) -> Tensor:
    """``-mean_k log(mean_i p_ik)``, a scalar: least where all classes are predicted equally often (Zou et al. 2018)."""
    return -(p.mean(0) + SMALLEST).log().mean()


def filtered_entropy(p: Tensor) -> Tensor:
    """``mean_i H(p_i) exp(-H(p_i))``, a scalar: confident rows count more (Tang et al. 2022, adaptive filtering)."""
    each = entropy(p)
    return (each * (-each).exp()).mean()


def certainty(p: Tensor) -> Tensor:
    """``1 + exp(-H)`` of every row: (N, K) to (N,), from 1 (no idea) to 2 (sure). No gradient flows through it."""
    return 1 + (-entropy(p.detach())).exp()
