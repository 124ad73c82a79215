"""Learning rate over a run: linear warm-up, then cosine or linear decay to 0, or constant."""

from __future__ import annotations

import math

from .config import Schedule


def lr_factor(schedule: Schedule, step: int, total: int, warmup: int) -> float:
    """What the base learning rate is multiplied by at ``step`` (0-based) of ``total``."""
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
