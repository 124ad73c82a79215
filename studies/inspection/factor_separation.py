"""Which factor's values separate hits from misses, and whether more than chance would.

A class that is hard is hard at every viewpoint: so what is compared is each image's hit less the accuracy of its class.
The spread of these between a parameter's bins is set against the spreads after shuffling the hits among the images of
each class: a permutation test, which assumes nothing but that these can be exchanged. As many parameters are tried at
once, p-values are adjusted by Holm (1979).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from .factor_accuracy import Flags, ValueAccuracy, ValueBin
from .measured import Labels

PERMUTATIONS = 5000
LEVEL = 0.05
_AT_ONCE = 50  # permutations of all images in memory at a time


@attrs.frozen(eq=False)
class Separation:
    """How a parameter separates hits from misses.

    ``spread`` is the standard deviation of the bins' accuracies (0..1), weighted by images, less what chance alone
    makes; ``p`` the share of permutations with as large a one, ``p_holm`` adjusted for all that were tried. ``worst``
    and ``best`` are the bins of least and greatest accuracy.
    """

    values: ValueAccuracy
    spread: float
    p: float
    p_holm: float
    worst: ValueBin
    best: ValueBin

    @property
    def is_clear(self) -> bool:
        """Beyond chance at 5 %, all that was tried considered."""
        return self.p_holm < LEVEL

    def to_json(self) -> dict[str, Any]:
        return {
            "column": self.values.column,
            "spread": self.spread,
            "p": self.p,
            "p_holm": self.p_holm,
            "worst": self.worst.to_json(),
            "best": self.best.to_json(),
        }


def separations(
    found: Sequence[ValueAccuracy], hits: Flags, truth: Labels, seed: int, permutations: int = PERMUTATIONS
) -> tuple[Separation, ...]:
    """What separates hits from misses, the most first, that which may be chance after the rest.

    Columns with a single bin are not tried.
    """
    tried = [each for each in found if len(each.bins) > 1]
    if not tried:
        return ()
    bins = _membership(tried)
    observed = _between(_residuals(hits, truth)[None], tried, bins)[:, 0]
    by_chance = np.concatenate(
        [_between(part, tried, bins) for part in _shuffled(hits, truth, seed, permutations)], axis=1
    )
    above = (by_chance >= observed[:, None] * (1 - 1e-5)).sum(1)
    p = (1 + above) / (1 + permutations)
    adjusted = holm(p)
    rows = [
        Separation(
            values=each,
            spread=float(np.sqrt(max(0.0, observed[number] - by_chance[number].mean()))),
            p=float(p[number]),
            p_holm=float(adjusted[number]),
            worst=min(each.bins, key=lambda one: one.accuracy),
            best=max(each.bins, key=lambda one: one.accuracy),
        )
        for number, each in enumerate(tried)
    ]
    return tuple(sorted(rows, key=lambda row: (not row.is_clear, -row.spread, row.p)))


def holm(p: Sequence[float] | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """p-values adjusted for their number, stepping down (Holm 1979)."""
    values = np.asarray(p, np.float64)
    order = np.argsort(values, kind="stable")
    adjusted = np.empty_like(values)
    stepped = np.maximum.accumulate(values[order] * (len(values) - np.arange(len(values))))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _residuals(hits: Flags, truth: Labels) -> npt.NDArray[np.float64]:
    """Each image's hit less the accuracy of its class (N,)."""
    counts = np.bincount(truth)
    shares = np.bincount(truth, hits.astype(np.float64)) / np.maximum(counts, 1)
    residuals: npt.NDArray[np.float64] = hits - shares[truth]
    return residuals


def _shuffled(hits: Flags, truth: Labels, seed: int, permutations: int) -> Iterator[npt.NDArray[np.float32]]:
    """Residuals with the hits shuffled within each class, some permutations (P, N) at a time."""
    random = np.random.default_rng([seed, 0x5E9])
    residuals = _residuals(hits, truth).astype(np.float32)
    members = [np.flatnonzero(truth == label) for label in np.unique(truth)]
    for start in range(0, permutations, _AT_ONCE):
        part = np.repeat(residuals[None], min(_AT_ONCE, permutations - start), axis=0)
        for inside in members:
            part[:, inside] = random.permuted(part[:, inside], axis=1)
        yield part


def _membership(tried: Sequence[ValueAccuracy]) -> npt.NDArray[np.float32]:
    """Which image is in which bin (N, B): 1 or 0, the bins of all columns beside each other."""
    return np.concatenate(
        [(each.member[:, None] == np.arange(len(each.bins))).astype(np.float32) for each in tried], axis=1
    )


def _between(
    residuals: npt.NDArray[Any], tried: Sequence[ValueAccuracy], bins: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """By column the variance of its bins' mean residuals, weighted by images (C, P), of residuals (P, N)."""
    sums = (residuals.astype(np.float32) @ bins).astype(np.float64)
    counts = bins.sum(0, dtype=np.float64)
    variances, start = [], 0
    for each in tried:
        part = slice(start, start + len(each.bins))
        start = part.stop
        means, weights = sums[:, part] / counts[part], counts[part] / counts[part].sum()
        variances.append(((means - (means @ weights)[:, None]) ** 2) @ weights)
    return np.array(variances)
