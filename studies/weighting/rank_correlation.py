"""How well a number puts designs into the order of another: Spearman's rank correlation, with a bootstrap interval."""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

_LEVELS = (2.5, 97.5)


@attrs.frozen
class Correlation:
    """Spearman's rho over ``designs`` with its 95 % interval."""

    rho: float
    low: float
    high: float
    designs: int

    @property
    def text(self) -> str:
        """For people: ``0.71 [0.48, 0.86]``."""
        return f"{self.rho:.2f} [{self.low:.2f}, {self.high:.2f}]"


def spearman(one: Floats, other: Floats) -> float:
    """The correlation of the ranks of two rows of numbers (P,), equal ones sharing the mean of their ranks; 0 where
    either is all equal."""
    ranks = [_ranks(one), _ranks(other)]
    if not all(np.ptp(rank) for rank in ranks):
        return 0.0
    return float(np.corrcoef(ranks)[0, 1])


def correlation(values: Floats, accuracies: Floats, seed: int = 0) -> Correlation:
    """Of values and accuracies (P, 1 + R): as they are, then on R resamples of the photos, the same for both.

    The interval is over photos and designs: each resample of the photos meets one of the designs.
    """
    random = np.random.default_rng([seed, 0x5A])
    designs = len(values)
    resampled = []
    for column in range(1, values.shape[1]):
        some = random.integers(designs, size=designs)
        resampled.append(spearman(values[some, column], accuracies[some, column]))
    low, high = np.percentile(resampled, _LEVELS)
    return Correlation(spearman(values[:, 0], accuracies[:, 0]), float(low), float(high), designs)


def _ranks(values: Floats) -> Floats:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[place]
