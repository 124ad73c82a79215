"""How much of a difference between two weightings of the same images is noise, and what fewer images alone cost.

A weighting that keeps a third of the images is worse off for having a third, whatever it keeps. Random thirds say by
how much, and how far chance alone moves them. Weights that are merely uneven cost something too, and there is no one
count of images by which they cost as much as thinning does: it depends on the images and photos. So the images are
thinned by chance and weighted unevenly by chance, and the value of weights w of sum 1 is taken for

    value(w) = a - b / n(w) - b' sum w^2 + noise,    n(w) = exp(-sum w ln w),
    variance of noise(w) - noise(v) = c^2 |w - v|^2,

the first order of a learning curve, by either count, and of a head's dependence on its images (each has an influence
of its own). To that comes the noise of which photos there are, from the values on resampled photos.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from .reweighting import effective_size

Floats: TypeAlias = npt.NDArray[np.float64]

SHARES = (0.85, 0.7, 0.55, 0.42, 0.33)  # not less: further away the law is no law any more
DRAWS = 8  # of thinnings that leave each share of the images, and of uneven weights that do


class Judge(Protocol):
    """What weightings are worth."""

    def __call__(self, weights: Floats) -> Floats:
        """The values (P, 1 + B) of weightings (P, N): on the photos, and on B resamples of them (the same for all)."""


@attrs.frozen(eq=False, slots=False)
class Verdict:
    """One weighting, ``weights`` (N,) of sum 1, with its ``values`` (1 + B,)."""

    weights: Floats
    values: Floats

    @cached_property
    def effective(self) -> float:
        """The effective number of images."""
        return effective_size(self.weights)

    @cached_property
    def scarcity(self) -> Floats:
        """One over its number of images (2,)."""
        return scarcity(self.weights)


@attrs.frozen
class Gain:
    """By how much one weighting is worth more than another at an equal number of images, and the standard error."""

    mean: float
    error: float

    @property
    def ratio(self) -> float:
        """In standard errors."""
        return self.mean / self.error if self.error > 0 else 0.0

    def beyond(self, errors: float) -> float:
        """What is left of it so many standard errors lower."""
        return self.mean - errors * self.error


@attrs.frozen(eq=False)
class NoiseLaw:
    """What an image fewer costs, ``costs`` (2,) being ``b`` and ``b'`` above, and how much chance there is, ``c``."""

    costs: Floats
    spread: float

    def gain(self, one: Verdict, other: Verdict) -> Gain:
        """What ``one`` is worth over ``other``, were both of as many effective images."""
        if np.allclose(one.weights, other.weights, rtol=1e-6, atol=0.0):  # but for rounding the same
            return Gain(0.0, 0.0)
        differences = one.values - other.values
        by_images = self.spread**2 * float(np.square(one.weights - other.weights).sum())
        by_photos = float(differences[1:].var(ddof=1)) if len(differences) > 2 else 0.0
        mean = float(differences[0] + self.costs @ (one.scarcity - other.scarcity))
        return Gain(mean, float(np.sqrt(by_images + by_photos)))


def scarcity(weights: Floats) -> Floats:
    """One over the number of images (2,) that weights (N,) of sum 1 amount to: by their perplexity, by Kish's count."""
    return np.array([1 / effective_size(weights), np.square(weights).sum()])


def is_within(weights: Floats, reference: Floats, share: float) -> bool:
    """Whether weights (N,) of sum 1 keep as much of a ``reference`` (N,) as chance does that keeps ``share`` of it: of
    its perplexity, and of Kish's count what log-normal weights keep, the square. Further away the law was not seen."""
    kept = scarcity(reference) / scarcity(weights)
    return bool(kept[0] >= share and kept[1] >= share**2)


def judged(judge: Judge, weights: Floats) -> list[Verdict]:
    """The verdicts on weightings (P, N), normalised."""
    shares = weights / weights.sum(1, keepdims=True)
    return [Verdict(share, values) for share, values in zip(shares, judge(shares), strict=True)]


class Chance:
    """A ``reference`` weighting (N,) and what chance makes of it: K + 1 weightings of sum 1, ``shares`` (1 + K, N),
    of which any number of judges can be asked."""

    def __init__(self, reference: Floats, random: np.random.Generator) -> None:
        drawn = np.array(
            [draw(random, len(reference), share) for share in SHARES for draw in _KINDS for _ in range(DRAWS)]
        )
        changing = np.ptp(drawn[:, reference > 0], axis=1) > 0  # of a handful of images a thinning keeps all, or none
        weights = reference * np.concatenate([np.ones((1, len(reference))), drawn[changing]])
        self.shares: Floats = weights / weights.sum(1, keepdims=True)
        whole, *others = [scarcity(share) for share in self.shares]
        self._scarcer = np.array(others) - whole
        self._apart: Floats = np.square(self.shares[1:] - self.shares[0]).sum(1)

    def law(self, values: Floats) -> NoiseLaw:
        """The law behind the values (1 + K,) of ``shares``."""
        losses = values[0] - values[1:]
        costs = _costs(self._scarcer, losses, self._apart)
        return NoiseLaw(costs, float(np.sqrt(np.mean(np.square(losses - self._scarcer @ costs) / self._apart))))


def _thinned(random: np.random.Generator, count: int, share: float) -> Floats:
    return (random.random(count) < share).astype(np.float64)


def _uneven(random: np.random.Generator, count: int, share: float) -> Floats:
    """Log-normal weights, whose perplexity is exp(-sigma^2 / 2) of the count."""
    weights: Floats = np.exp(np.sqrt(-2 * np.log(share)) * random.normal(size=count))
    return weights


_KINDS = (_thinned, _uneven)


def _costs(scarcer: Floats, losses: Floats, apart: Floats) -> Floats:
    """Least squares for losses (K,) by scarcity (K, 2), their variance growing like ``apart`` (K,). Where the two costs
    have not the same sign, one count explains what the other one is to be paid back for: the better of them alone."""
    weighted = scarcer / np.sqrt(apart)[:, None]
    aim = losses / np.sqrt(apart)
    both = np.linalg.lstsq(weighted, aim, rcond=None)[0]
    if both.prod() >= 0:
        return both
    alone = np.diag(weighted.T @ aim / np.square(weighted).sum(0))
    left = np.square(aim[:, None] - weighted @ alone.T).sum(0)
    costs: Floats = alone[left.argmin()]
    return costs
