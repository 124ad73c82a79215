"""A finite prefix of a split: as many images of every class, and each prefix within the larger ones."""

from __future__ import annotations

import numpy as np

from ..datasets.pictures import Numbers
from ..design.errors import RunError


def balanced_prefix(labels: Numbers, limit: int) -> list[int]:
    """The numbers of ``limit`` samples with these labels (N,), in ascending order.

    The first of every class is taken, then the second of every class, and so on; classes that have no more leave their
    turn to the others. Raises ``RunError`` where there are fewer samples, or not one for every class.
    """
    if limit > len(labels):
        raise RunError(f"--limit {limit}: there are only {len(labels)} images")
    turns = np.zeros(len(labels), np.int64)
    for label in (classes := np.unique(labels)):
        own = np.flatnonzero(labels == label)
        turns[own] = np.arange(len(own))
    if limit < len(classes):
        raise RunError(f"--limit {limit}: there are {len(classes)} classes, each of which needs an image")
    chosen: list[int] = np.sort(np.lexsort((labels, turns))[:limit]).tolist()
    return chosen
