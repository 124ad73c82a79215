"""Which images are worth a look: surest hits, surest mistakes, and those whose true class was least expected."""

from __future__ import annotations

import attrs
import numpy as np

from .measured import Labels, Measured


@attrs.frozen(eq=False)
class Pick:
    """Images at ``positions`` (n,) of a domain, and what they have in common."""

    title: str
    positions: Labels


def picks(found: Measured, most: int) -> tuple[Pick, ...]:
    """At most ``most`` images of each kind, no image twice; kinds without an image are left out.

    Of the surest mistakes one a pair of true and predicted class comes first, so that one confusion does not fill them.
    """
    probabilities = found.probabilities
    sure, hits = probabilities.max(1), found.hits
    expected = probabilities[np.arange(len(found)), found.truth]
    wrong = _varied([n for n in np.argsort(-sure, kind="stable") if not hits[n]], found, most)
    worst = [n for n in np.argsort(expected, kind="stable") if not hits[n] and n not in wrong][:most]
    best = _varied([n for n in np.argsort(-sure, kind="stable") if hits[n]], found, most)
    named = (
        ("Surest of all, and right", best),
        ("Surest of all, and wrong", wrong),
        ("The true class least expected", worst),
    )
    return tuple(Pick(title, np.array(chosen, np.int64)) for title, chosen in named if chosen)


def _varied(order: list[np.intp], found: Measured, most: int) -> list[int]:
    """The first of every pair of classes, then the rest, in the order given."""
    seen: set[tuple[int, int]] = set()
    first: list[int] = []
    rest: list[int] = []
    for position in map(int, order):
        pair = int(found.truth[position]), int(found.predicted[position])
        (rest if pair in seen else first).append(position)
        seen.add(pair)
    return [*first, *rest][:most]
