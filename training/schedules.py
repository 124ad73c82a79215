"""Learning rate over a run: linear warm-up, then cosine or linear decay to 0, constant, or the inverse decay."""

from __future__ import annotations

import math

from .config import Schedule


def lr_factor(schedule: Schedule, step: int, total: int, warmup: int) -> float:
    """What the base learning rate is multiplied by at ``step`` (0-based) of ``total``.

    ``inverse`` is that of domain adaptation, (1 + 10 p)^-0.75 with p from 0 to 1 (Ganin et al. 2016, Sec. 5.2.2).
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    progress = (step - warmup) / max(total - warmup, 1)
    match schedule:
        case "cosine":
            return 0.5 * (1 + math.cos(math.pi * progress))
        case "linear":
            return 1 - progress
        case "constant":
            return 1.0
        case "inverse":
            return (1 + 10 * progress) ** -0.75
