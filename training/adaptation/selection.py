"""How well adapted a network is, by its predictions on the target alone: no label takes part. More is better."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from .information import entropy, marginal_entropy
from .log import AdaptationRow

SND_TEMPERATURE = 0.05
_MOST_IMAGES = 5000  # similarities are between all pairs
_ROWS = 500


def soft_neighbourhood_density(logits: Tensor) -> float:
    """Mean entropy, in nats, of how each image's neighbours share in its similarity; of logits (N, K).

    (Saito et al. 2021, Sec. 3.2.) Neighbours are by cosine of the probabilities, through a softmax at temperature 0.05
    over all images but the one itself: dense clusters give every image many near neighbours. At most 5000 images,
    evenly chosen. 0 where there is no neighbour.
    """
    if len(logits) < 2:
        return 0.0
    if len(logits) > _MOST_IMAGES:
        logits = logits[torch.linspace(0, len(logits) - 1, _MOST_IMAGES).round().long()]
    p = F.normalize(logits.softmax(1), dim=1)
    total = 0.0
    for start in range(0, len(p), _ROWS):
        similar = p[start : start + _ROWS] @ p.T / SND_TEMPERATURE
        rows = torch.arange(len(similar))
        similar[rows, rows + start] = -torch.inf
        total += float(entropy(similar.softmax(1)).sum())
    return total / len(p)


def information_maximisation(logits: Tensor) -> float:
    """``H(mean p) - mean H(p)``, in nats, of logits (N, K): each prediction sure, and all classes predicted.

    (Bridle et al. 1991; as a criterion of selection Musgrave et al. 2022, arXiv 2208.07360.)
    """
    p = logits.softmax(1)
    return float(marginal_entropy(p) - entropy(p).mean())


def best_epochs(rows: Sequence[AdaptationRow]) -> dict[str, AdaptationRow]:
    """The last epoch, and those that ``snd`` and ``im`` pick; of several that are best the first.

    ``oracle`` is the one that the target's labels would pick: told so that it is seen what choosing costs, never kept.
    """
    adapting = [row for row in rows if row.stage == rows[-1].stage]
    picked = {
        "last": adapting[-1],
        "snd": max(adapting, key=lambda row: row.snd),
        "im": max(adapting, key=lambda row: row.im),
    }
    if adapting[-1].top1 is not None:
        picked["oracle"] = max(adapting, key=lambda row: row.top1 or 0.0)
    return picked
