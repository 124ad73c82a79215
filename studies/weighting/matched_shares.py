"""What the renders that photos look like have in common: shares of the k nearest, against what is to be expected.

What is expected is not how often something was drawn: some renders are near to everything (hubs, Radovanović et al.
2010). It is how often other renders of the class, of other 3D models, have it among their own nearest. The bootstrap
draws photos and renders anew; a render drawn twice stands twice in every list.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from .compared import Compared, Flags, Floats, Indices, Subject

NEIGHBOURS = 10
DRAWS = 400
MOST_CONTROLS = 400
_REACH = 6 * NEIGHBOURS  # as many stand in a list, so that k of them are left whichever renders are drawn


@attrs.frozen(eq=False)
class Shares:
    """Of K categories: ``photos`` (K,) their shares among the nearest renders of photos, ``expected`` (K,) among those
    of renders, ``drawn`` (K,) among all renders; ``draws`` (B, K) and ``expected_draws`` (B, K) by bootstrap."""

    photos: Floats
    expected: Floats
    drawn: Floats
    draws: Floats
    expected_draws: Floats

    def interval(self, category: int) -> tuple[float, float]:
        """The 95 % interval of a category's share among photos."""
        return percentiles(self.draws[:, category])


def matched_shares(compared: Compared, subject: Subject, category: Indices, count: int) -> Shares:
    """Shares of ``count`` categories. ``category`` (N,) is each render's, -1 for renders that do not count.

    The subject needs photos and renders that count.
    """
    random = np.random.default_rng([compared.seed, 0xAD1])
    counted = np.zeros(len(category), bool)
    counted[subject.renders] = category[subject.renders] >= 0
    reached = _reached([compared.of_true_class[number] for number in subject.photos.tolist()], counted)
    controls = np.flatnonzero(counted)
    if len(controls) > MOST_CONTROLS:
        controls = np.sort(random.choice(controls, MOST_CONTROLS, replace=False))
    own = _reached([compared.of_other_models[number] for number in controls.tolist()], counted)
    once = np.ones(len(category))
    by_control = _by_query(own, category, count, once)
    draws, expected = np.zeros((DRAWS, count)), np.zeros((DRAWS, count))
    for number in range(DRAWS):
        renders = np.bincount(random.integers(len(category), size=len(category)), minlength=len(category)).astype(float)
        queries = random.integers(len(reached), size=len(reached))
        draws[number] = _by_query(reached[queries], category, count, renders).mean(0)
        expected[number] = by_control[random.integers(len(own), size=len(own))].mean(0)
    drawn = np.bincount(category[counted], minlength=count) / counted.sum()
    photos = _by_query(reached, category, count, once).mean(0)
    return Shares(photos, by_control.mean(0), drawn, draws, expected)


def percentiles(draws: Floats) -> tuple[float, float]:
    """The 95 % interval of bootstrap draws (percentile method)."""
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def _reached(lists: Sequence[Indices], counted: Flags) -> Indices:
    """The first of each list that count (Q, _REACH); -1 where there are no more."""
    found = np.full((len(lists), _REACH), -1, np.int64)
    for row, ordered in zip(found, lists, strict=True):
        kept = ordered[counted[ordered]][:_REACH]
        row[: len(kept)] = kept
    return found


def _by_query(reached: Indices, category: Indices, count: int, copies: Floats) -> Floats:
    """The share (Q, K) of every category among the NEIGHBOURS nearest of each query, renders standing ``copies`` (N,)
    times in the lists."""
    there = reached >= 0
    weight = np.where(there, copies[reached], 0.0)
    before = np.cumsum(weight, axis=1) - weight
    taken = np.clip(NEIGHBOURS - before, 0.0, weight)
    rows = np.repeat(np.arange(len(reached)), reached.shape[1])
    cells = rows * count + np.where(there, category[reached], 0).ravel()
    sums = np.bincount(cells, weights=taken.ravel(), minlength=len(reached) * count).reshape(len(reached), count)
    return np.asarray(sums / np.maximum(sums.sum(1, keepdims=True), 1e-12), np.float64)
