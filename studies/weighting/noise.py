"""How much of a difference between two weightings of the same images is noise, and what fewer images alone cost.

A weighting that keeps a third of the images is worse off for having a third, whatever it keeps. Random thirds say by
how much, and how far chance alone moves them. With weights w of sum 1 and the effective size n = exp(-sum w ln w) the
value of a random thinning is taken for

    value(w) = a - b / n + noise,    variance of noise(w) - noise(v) = c^2 |w - v|^2,

the first order of a learning curve and of a head's dependence on its images (each has an influence of its own). ``b``
and ``c`` are fitted to thinnings by chance. To that comes the noise of which photos there are, from the values on
resampled photos.
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
THINNINGS = 8  # of each share


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


@attrs.frozen
class NoiseLaw:
    """What an image fewer costs and how much chance there is: ``b`` and ``c`` above."""

    cost: float
    spread: float

    def gain(self, one: Verdict, other: Verdict) -> Gain:
        """What ``one`` is worth over ``other``, were both of as many effective images."""
        if np.allclose(one.weights, other.weights, rtol=1e-6, atol=0.0):  # but for rounding the same
            return Gain(0.0, 0.0)
        differences = one.values - other.values
        by_images = self.spread**2 * float(np.square(one.weights - other.weights).sum())
        by_photos = float(differences[1:].var(ddof=1)) if len(differences) > 2 else 0.0
        mean = float(differences[0]) + self.cost * (1 / one.effective - 1 / other.effective)
        return Gain(mean, float(np.sqrt(by_images + by_photos)))


def judged(judge: Judge, weights: Floats) -> list[Verdict]:
    """The verdicts on weightings (P, N), normalised."""
    shares = weights / weights.sum(1, keepdims=True)
    return [Verdict(share, values) for share, values in zip(shares, judge(shares), strict=True)]


def noise_law(judge: Judge, reference: Floats, random: np.random.Generator) -> NoiseLaw:
    """The law, from thinnings of the ``reference`` weighting (N,) by chance."""
    kept = np.array([random.random(len(reference)) < share for share in SHARES for _ in range(THINNINGS)])
    whole, *thinned = judged(judge, np.concatenate([reference[None], reference * kept[~kept.all(1)]]))
    distances = np.array([1 / one.effective - 1 / whole.effective for one in thinned])
    losses = np.array([whole.values[0] - one.values[0] for one in thinned])
    # Least squares with the variance growing like the distance: the slope is the ratio of the sums.
    cost = float(losses.sum() / distances.sum())
    apart = np.array([np.square(one.weights - whole.weights).sum() for one in thinned])
    spread = float(np.sqrt(np.mean(np.square(losses - cost * distances) / apart)))
    return NoiseLaw(cost, spread)
