"""Weights that make images drawn by some designs count as if another design had drawn them.

Of an image x that one of several sources has drawn, n_s of the N images each, the weight for a target is

    w(x) = p(x) / sum_s (n_s / N) q_s(x)

with p and q_s the likelihoods of what was drawn in it: the balance heuristic (Veach and Guibas 1995, Sec. 3.3), which
is importance sampling from the mixture (Owen and Zhou 2000).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...datasets.records import Row
from ...design.design import Design
from ...design.document import overridden
from ...design.errors import RunError
from .likelihood import Floats, columns_of, log_likelihood_of
from .pool import Pool


def log_likelihood(design: Design, split: str, rows: Sequence[Row]) -> Floats:
    """The log likelihood (N,) of what was drawn in rows, under a split of a design."""
    return log_likelihood_of(overridden(design, design.split(split)), columns_of(design, rows), {})


def importance_weights(pool: Pool, design: Design) -> Floats:
    """Weights (N,) of mean 1 with which the pool's images count as images of the design, without any split's overrides.

    RunError where none of the pool's images could be one of the design's.
    """
    target = log_likelihood_of(design, pool.columns, pool.atoms)
    weights: Floats = np.exp(target - pool.log_mixture)
    total = float(weights.sum())
    if not total > 0:
        raise RunError(
            "none of the images could have been drawn by the design they are to stand for; render images of it"
        )
    return weights * (len(weights) / total)


def effective_size(weights: Floats) -> float:
    """How many images of equal weight a head learns about as much from: the perplexity of the weights (Martino, Elvira
    and Louzada 2017). Kish's (sum w)^2 / sum w^2 is right for means; what a head loses is measured (``noise``)."""
    shares = weights[weights > 0]
    if not len(shares):
        return 0.0
    shares = shares / shares.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))
